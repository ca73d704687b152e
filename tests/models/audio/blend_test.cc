// SPDX-License-Identifier: GPL-3.0-or-later
// Blends of speech, chords and drums.
#include "models/audio/analysis/decibels.h"
#include "models/audio/analysis/nearest_layering.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/audio/blend/blend_files.h"
#include "models/audio/pictures/canvas.h"
#include "models/audio/sources/source.h"
#include "tests/models/audio/png_image.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>
#include <ebur128.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <map>
#include <random>

namespace timbrel::audio {
namespace {

constexpr char font[] = "/usr/share/sounds/sf2/FluidR3_GM.sf2";

void add(Audio& to, const Audio& note, double seconds, float gain) {
    const size_t start = static_cast<size_t>(seconds * to.rate);
    for (size_t i = 0; i < note.frames() && start + i < to.frames(); ++i) {
        to.left[start + i] += gain * note.left[i];
        to.right[start + i] += gain * note.right[i];
    }
}

Audio silence(double seconds, double rate = source_rate) {
    const size_t frames = static_cast<size_t>(seconds * rate);
    return {rate, std::vector<float>(frames), std::vector<float>(frames)};
}

Audio chords(double seconds) {
    const auto pad = open_soundfont(font, 0, 89);
    Audio sound = silence(seconds);
    for (double start = 0; start < seconds; start += 2)
        for (const int pitch : std::fmod(start, 4) < 1 ? std::vector{45, 57, 60, 64} : std::vector{41, 57, 60, 65})
            add(sound, pad->note(pitch, 90, 1.9, 0.5).audio, start, 0.4f);
    return sound;
}

Audio drums(double seconds) {
    const auto kit = open_soundfont(font, 128, 0);
    const Audio kick = kit->note(36, 110, 0.2, 0.5).audio, snare = kit->note(38, 100, 0.2, 0.5).audio,
                hat = kit->note(42, 80, 0.1, 0.2).audio;
    Audio sound = silence(seconds);
    for (int beat = 0; beat * 0.25 < seconds; ++beat) {
        add(sound, hat, beat * 0.25, 0.5f);
        if (beat % 4 == 2) add(sound, snare, beat * 0.25, 0.6f);
        if (beat % 8 == 0 || beat % 8 == 3) add(sound, kick, beat * 0.25, 0.6f);
    }
    return sound;
}

double lufs(const Audio& audio) {
    std::vector<float> stereo;
    for (size_t i = 0; i < audio.frames(); ++i) stereo.insert(stereo.end(), {audio.left[i], audio.right[i]});
    ebur128_state* meter = ebur128_init(2, static_cast<unsigned long>(audio.rate), EBUR128_MODE_I);
    ebur128_add_frames_float(meter, stereo.data(), audio.frames());
    double loudness = 0;
    ebur128_loudness_global(meter, &loudness);
    ebur128_destroy(&meter);
    return loudness;
}

// Scaled to -23 LUFS.
Audio normalised_loudness(Audio audio) {
    const float gain = static_cast<float>(std::pow(10, (-23 - lufs(audio)) / 20));
    for (auto* channel : {&audio.left, &audio.right})
        for (float& sample : *channel) sample *= gain;
    return audio;
}

// Input files that all tests share, made once.
struct BlendFiles {
    BlendFiles() {
        const std::string words = "the rain came down on the old stone bridge";
        const std::string speech_file = folder / "espeak.wav";
        BOOST_REQUIRE(std::system(("espeak-ng -w " + speech_file + " '" + words + "'").c_str()) == 0);
        write_audio(folder / "speech.wav", normalised_loudness(read_audio(speech_file)), 32);
        write_audio(folder / "pad.wav", normalised_loudness(chords(4)), 32);
        write_audio(folder / "drums.wav", normalised_loudness(drums(4)), 32);
    }

    Audio blend(const std::string& first, const std::string& second, const BlendSettings& settings) {
        const std::string out = folder / "blend.wav";
        blend_files({folder / first + ".wav", folder / second + ".wav", out, "", settings});
        return read_audio(out);
    }
    Audio read_sound(const std::string& name) { return resampled(read_audio(folder / name + ".wav"), 48000); }

    TemporaryFolder folder;
};

BlendFiles& blend_test_files() {
    static BlendFiles files;
    return files;
}

// The first `frames` of a sound.
Audio truncated(Audio audio, size_t frames) {
    audio.left.resize(frames);
    audio.right.resize(frames);
    return audio;
}

// The mean correlation of the band levels of two sounds over time.
double band_correlation(const Audio& sound, const Audio& other) {
    const BandPower a = band_power(sound), b = band_power(other);
    const auto track = [](const BandPower& power, size_t band) {
        const float least = 1e-5f * *std::ranges::max_element(power.values);
        std::vector<double> levels;
        for (size_t frame = 0; frame < power.frames; ++frame)
            levels.push_back(decibels(std::max(power.row(frame)[band], least)));
        double mean = 0, squares = 1e-9;
        for (double level : levels) mean += level / static_cast<double>(levels.size());
        for (double& level : levels) squares += (level - mean) * (level - mean), level -= mean;
        for (double& level : levels) level /= std::sqrt(squares);
        return levels;
    };
    double sum = 0;
    size_t count = 0;
    for (size_t band = 10; band < 60; ++band, ++count) { // 300 Hz to 8 kHz
        const std::vector<double> x = track(a, band), y = track(b, band);
        for (size_t i = 0; i < std::min(x.size(), y.size()); ++i) sum += x[i] * y[i];
    }
    return sum / static_cast<double>(count);
}

float largest_difference(const Audio& a, const Audio& b) {
    float largest = 0;
    for (size_t i = 0; i < a.frames(); ++i)
        largest = std::max({largest, std::abs(a.left[i] - b.left[i]), std::abs(a.right[i] - b.right[i])});
    return largest;
}

const std::vector<std::pair<std::string, std::string>> pairs{{"speech", "pad"}, {"drums", "pad"}, {"speech", "drums"}};

} // namespace

BOOST_AUTO_TEST_SUITE(blends)

BOOST_AUTO_TEST_CASE(both_ends_equal_the_inputs) {
    for (const auto& [first, second] : pairs) {
        BOOST_TEST_CONTEXT(first << " and " << second) {
            for (const double layer : {0.0, 0.5}) {
                const Audio a = blend_test_files().read_sound(first),
                            at_a = blend_test_files().blend(first, second, {0, 0, layer});
                const Audio b = blend_test_files().read_sound(second),
                            at_b = blend_test_files().blend(first, second, {1, 1, layer});
                BOOST_TEST(distances(a, truncated(at_a, a.frames())).elsd < 0.01);
                BOOST_TEST(distances(b, truncated(at_b, b.frames())).elsd < 0.01);
                BOOST_TEST(largest_difference(b, at_b) < 1e-5f);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_middle_is_not_a_layering_and_has_a_loudness_between) {
    for (const auto& [first, second] : pairs) {
        BOOST_TEST_CONTEXT(first << " and " << second) {
            Audio a = blend_test_files().read_sound(first), b = blend_test_files().read_sound(second);
            const size_t frames = std::min(a.frames(), b.frames());
            a = truncated(a, frames), b = truncated(b, frames);
            const Audio middle = truncated(blend_test_files().blend(first, second, {}), frames);
            const BandPower corners[2] = {band_power(a), band_power(b)};
            const double distance = nearest_layering(band_power(middle), corners).distance;
            BOOST_TEST_MESSAGE(first << " and " << second << ": layer distance " << distance << " dB, " << lufs(a)
                                     << " | " << lufs(middle) << " | " << lufs(b) << " LUFS");
            BOOST_TEST(distance > 4);
            BOOST_TEST(lufs(middle) > std::min(lufs(a), lufs(b)) - 1);
            BOOST_TEST(lufs(middle) < std::max(lufs(a), lufs(b)) + 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(loudness_along_the_blend_is_monotone) {
    double last = -1000;
    Audio soft = blend_test_files().read_sound("drums");
    for (auto* channel : {&soft.left, &soft.right})
        for (float& sample : *channel) sample *= 0.25f;
    write_audio(blend_test_files().folder / "soft.wav", soft, 32);
    for (const double at : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        const double now = lufs(blend_test_files().blend("soft", "pad", {at, at}));
        BOOST_TEST_MESSAGE("at " << at << ": " << now << " LUFS");
        BOOST_TEST(now > last - 0.5);
        last = now;
    }
}

BOOST_AUTO_TEST_CASE(the_middle_of_speech_and_pad_keeps_speech_bands_and_a_layer_adds_to_them) {
    const Audio speech = blend_test_files().read_sound("speech"),
                pad = truncated(blend_test_files().read_sound("pad"), speech.frames());
    const Audio middle = truncated(blend_test_files().blend("speech", "pad", {}), speech.frames());
    const Audio layered = truncated(blend_test_files().blend("speech", "pad", {0.5, 0.5, 0.3}), speech.frames());
    Audio mix = speech;
    add(mix, pad, 0, 1);
    BOOST_TEST_MESSAGE("the speech's bands in the pad " << band_correlation(pad, speech) << ", in a mix "
                                                        << band_correlation(mix, speech) << ", in the blend "
                                                        << band_correlation(middle, speech) << ", with a layer "
                                                        << band_correlation(layered, speech));
    BOOST_TEST(band_correlation(pad, speech) < 0.3);
    BOOST_TEST(band_correlation(middle, speech) > 0.75);
    BOOST_TEST(band_correlation(middle, speech) > band_correlation(mix, speech));
    BOOST_TEST(band_correlation(layered, speech) > band_correlation(middle, speech) + 0.01);
    // The pad's chord remains audible: half way the pad has the larger part of the fine structure.
    const auto chord_prominence = [](const Audio& audio) {
        const FrameTable power = power_spectra(audio.left, 16384, 4096);
        double chord = 0, background = 0;
        for (size_t frame = 2; frame < 18; ++frame)
            for (const double hertz : {261.6, 329.6}) {
                const size_t bin = static_cast<size_t>(std::lround(hertz * 16384 / 48000));
                for (int k = -1; k <= 1; ++k)
                    chord += static_cast<double>(power.row(frame)[bin + static_cast<size_t>(k + 1) - 1]);
                for (const size_t at : {bin - 6, bin + 6}) background += static_cast<double>(power.row(frame)[at]);
            }
        return 10 * std::log10(chord / background);
    };
    BOOST_TEST_MESSAGE("partials of the chord over the bins around them: pad "
                       << chord_prominence(pad) << " dB, blend " << chord_prominence(middle) << " dB, speech "
                       << chord_prominence(speech) << " dB");
    BOOST_TEST(chord_prominence(middle) > chord_prominence(speech) + 9);
}

BOOST_AUTO_TEST_CASE(a_moving_blend_has_no_clicks) {
    // Both inputs are smooth, so the blend must be smooth: a step would show in the third difference.
    const auto steady = [](double hertz) {
        Audio sound = silence(3);
        for (int n = 1; n < 12; ++n) add(sound, sine(hertz * n, 3, 48000, 0.2 / n), 0, 1);
        return sound;
    };
    BlendFiles& files = blend_test_files();
    write_audio(files.folder / "low.wav", steady(110), 32);
    write_audio(files.folder / "high.wav", steady(277.2), 32);
    const auto largest_jerk = [](const Audio& audio) {
        float largest = 0;
        for (size_t i = 4800; i + 4803 < audio.frames(); ++i)
            largest = std::max(
                largest, std::abs(audio.left[i + 3] - 3 * audio.left[i + 2] + 3 * audio.left[i + 1] - audio.left[i]));
        return largest;
    };
    const float quiet = std::max(largest_jerk(files.read_sound("low")), largest_jerk(files.read_sound("high")));
    BOOST_TEST(largest_jerk(files.blend("low", "high", {0, 1})) < 1.5f * quiet);
    BOOST_TEST(largest_jerk(files.blend("high", "low", {0, 1, 0.5})) < 1.5f * quiet);
    const Audio moving = files.blend("low", "high", {0, 1});
    BOOST_TEST(largest_difference(truncated(moving, 480), files.read_sound("low")) < 0.02f);
}

BOOST_AUTO_TEST_CASE(lengths_and_rates_may_differ) {
    BlendFiles& files = blend_test_files();
    Audio high = chords(1);
    high = resampled(high, 96000);
    write_audio(files.folder / "96k.wav", high, 32);
    const Audio blend = files.blend("speech", "96k", {0, 0});
    BOOST_TEST(blend.rate == 96000);
    BOOST_TEST(std::abs(blend.seconds() - read_audio(files.folder / "speech.wav").seconds()) < 2 / 96000.0);
    // After the chord's end the speech remains: unchanged at its own end of the path, silent at the other.
    const Audio speech = files.read_sound("speech"), back = resampled(blend, 48000);
    BOOST_TEST(distances(speech, truncated(back, speech.frames())).elsd < 0.1);
    const Audio gone = resampled(files.blend("speech", "96k", {1, 1}), 48000);
    float after = 0;
    for (size_t i = 48000 * 21 / 10; i < gone.frames(); ++i) after = std::max(after, std::abs(gone.left[i]));
    BOOST_TEST(after < 1e-4f);

    write_audio(files.folder / "44k.wav", resampled(chords(1), 44100), 32);
    BOOST_TEST(files.blend("44k", "44k", {}).rate == 44100);
    const Audio same = read_audio(files.folder / "44k.wav");
    BOOST_TEST(largest_difference(same, files.blend("44k", "44k", {0, 0})) < 1e-5f);
}

BOOST_AUTO_TEST_CASE(silence_and_a_single_sample_can_be_blended) {
    BlendFiles& files = blend_test_files();
    write_audio(files.folder / "nothing.wav", silence(0.5), 32);
    write_audio(files.folder / "sample.wav", {48000, {0.5f}, {0.5f}}, 32);
    for (const char* other : {"nothing", "sample"}) {
        const Audio blend = files.blend(other, "drums", {});
        BOOST_TEST(blend.frames() == files.read_sound("drums").frames());
        for (const float sample : blend.left) BOOST_REQUIRE(std::abs(sample) < 2);
    }
    BOOST_TEST(files.blend("sample", "nothing", {}).frames() == 24000u);
}

BOOST_AUTO_TEST_CASE(memory_does_not_grow_with_length) {
    BlendFiles& files = blend_test_files();
    const auto peak_memory = [&](double seconds) { // KiB
        const std::string path = files.folder / "long.wav";
        AudioWriter writer(path, 48000, 16);
        const Audio second = chords(1);
        for (double at = 0; at < seconds; ++at) writer.write(second.left, second.right);
        writer.finish();
        const pid_t child = fork();
        if (child == 0) {
            blend_files({path, path, files.folder / "long-blend.wav", "", {0, 1}});
            _exit(0);
        }
        int status = 0;
        rusage usage{};
        BOOST_REQUIRE(wait4(child, &status, 0, &usage) == child);
        BOOST_REQUIRE(status == 0);
        return usage.ru_maxrss;
    };
    const long short_memory = peak_memory(5), long_memory = peak_memory(60); // 60 s of stereo are 23 MB as floats
    BOOST_TEST_MESSAGE(short_memory << " and " << long_memory << " KiB");
    BOOST_TEST(long_memory < short_memory + 4096);
}

BOOST_AUTO_TEST_CASE(the_picture_shows_both_inputs_and_the_blend) {
    BlendFiles& files = blend_test_files();
    const std::string picture = files.folder / "blend.png";
    blend_files({files.folder / "speech.wav", files.folder / "pad.wav", files.folder / "talk.wav", picture, {}});
    const PngImage png(picture);
    BOOST_TEST(png.width() > 2 * png.height());
}

BOOST_AUTO_TEST_CASE(failures_leave_no_file) {
    BlendFiles& files = blend_test_files();
    const std::string out = files.folder / "none.wav";
    const std::vector<float> bad{0.1f, 0.1f, NAN, 0.1f};
    write_channels(files.folder / "bad.wav", 48000, 2, bad);
    BOOST_CHECK_THROW(blend_files({files.folder / "bad.wav", files.folder / "pad.wav", out, "", {}}), AudioError);
    BOOST_CHECK_THROW(blend_files({files.folder / "missing.wav", files.folder / "pad.wav", out, "", {}}), AudioError);
    BOOST_CHECK_THROW(
        blend_files({files.folder / "pad.wav", files.folder / "pad.wav", files.folder / "no/out.wav", "", {}}), Error);
    BOOST_CHECK_THROW(
        blend_files({files.folder / "pad.wav", files.folder / "pad.wav", out, files.folder / "a.jpg", {}}),
        PictureError);
    BOOST_TEST(!std::filesystem::exists(out));
    BOOST_TEST(!std::filesystem::exists(out + ".part"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
