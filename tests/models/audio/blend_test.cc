// Blends of what the command was made for: speech, chords, drums.
#include "models/audio/analysis/decibels.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/audio/blend/blend_files.h"
#include "models/audio/pictures/canvas.h"
#include "models/audio/sources/source.h"
#include "tests/models/audio/png.h"
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

// As loud as a song is on average.
Audio evened(Audio audio) {
    const float gain = static_cast<float>(std::pow(10, (-23 - lufs(audio)) / 20));
    for (auto* channel : {&audio.left, &audio.right})
        for (float& sample : *channel) sample *= gain;
    return audio;
}

// Files that all tests share, made once.
struct Studio {
    Studio() {
        const std::string words = "the rain came down on the old stone bridge";
        const std::string spoken = scratch / "espeak.wav";
        BOOST_REQUIRE(std::system(("espeak-ng -w " + spoken + " '" + words + "'").c_str()) == 0);
        write_audio(scratch / "speech.wav", evened(read_audio(spoken)), 32);
        write_audio(scratch / "pad.wav", evened(chords(4)), 32);
        write_audio(scratch / "drums.wav", evened(drums(4)), 32);
    }

    Audio blended(const std::string& first, const std::string& second, const BlendWay& way) {
        const std::string out = scratch / "blend.wav";
        blend_files({scratch / first + ".wav", scratch / second + ".wav", out, "", way});
        return read_audio(out);
    }
    Audio heard(const std::string& name) { return resampled(read_audio(scratch / name + ".wav"), 48000); }

    Scratch scratch;
};

Studio& studio() {
    static Studio made;
    return made;
}

// The beginning, as long as the shorter one.
Audio fitted(Audio audio, size_t frames) {
    audio.left.resize(frames);
    audio.right.resize(frames);
    return audio;
}

// How closely the levels of a sound's bands rise and fall with those of another: mean correlation, 1 at most.
double following(const Audio& sound, const Audio& other) {
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

// A voice of 110 Hz: pulses through resonances.
Audio vowel(const std::vector<double>& formants) {
    Audio sound = silence(0.5);
    for (size_t i = 0; i < sound.frames(); i += 436) sound.left[i] = 1;
    for (const double hertz : formants) {
        const double radius = std::exp(-std::numbers::pi * 80 / sound.rate);
        const double turn = 2 * radius * std::cos(2 * std::numbers::pi * hertz / sound.rate);
        double before = 0, last = 0;
        for (float& sample : sound.left) {
            const double now =
                (1 - turn + radius * radius) * static_cast<double>(sample) + turn * last - radius * radius * before;
            before = last;
            last = now;
            sample = static_cast<float>(now);
        }
    }
    sound.right = sound.left;
    return sound;
}

// The envelope in the middle of a sound.
Envelope envelope_of(const Audio& sound) {
    const FrameShape shape(sound.rate);
    FrameAnalysis analysis(shape);
    for (size_t at = 0; at < sound.frames() / 2; at += shape.hop)
        analysis.push(std::span(sound.left).subspan(at, shape.hop), std::span(sound.right).subspan(at, shape.hop));
    return analysis.levels();
}

const std::vector<std::pair<std::string, std::string>> pairs{{"speech", "pad"}, {"drums", "pad"}, {"speech", "drums"}};

} // namespace

BOOST_AUTO_TEST_SUITE(blends)

BOOST_AUTO_TEST_CASE(both_ends_are_the_inputs) {
    for (const auto& [first, second] : pairs) {
        BOOST_TEST_CONTEXT(first << " and " << second) {
            for (const double layer : {0.0, 0.5}) {
                const Audio a = studio().heard(first), at_a = studio().blended(first, second, {0, 0, layer});
                const Audio b = studio().heard(second), at_b = studio().blended(first, second, {1, 1, layer});
                BOOST_TEST(distances(a, fitted(at_a, a.frames())).elsd < 0.01);
                BOOST_TEST(distances(b, fitted(at_b, b.frames())).elsd < 0.01);
                BOOST_TEST(largest_difference(b, at_b) < 1e-5f);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_middle_is_no_layering_and_as_loud_as_something_between) {
    for (const auto& [first, second] : pairs) {
        BOOST_TEST_CONTEXT(first << " and " << second) {
            Audio a = studio().heard(first), b = studio().heard(second);
            const size_t frames = std::min(a.frames(), b.frames());
            a = fitted(a, frames), b = fitted(b, frames);
            const Audio middle = fitted(studio().blended(first, second, {}), frames);
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

BOOST_AUTO_TEST_CASE(loudness_goes_from_one_end_to_the_other_without_turning_back) {
    double last = -1000;
    Audio soft = studio().heard("drums");
    for (auto* channel : {&soft.left, &soft.right})
        for (float& sample : *channel) sample *= 0.25f;
    write_audio(studio().scratch / "soft.wav", soft, 32);
    for (const double at : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        const double now = lufs(studio().blended("soft", "pad", {at, at}));
        BOOST_TEST_MESSAGE("at " << at << ": " << now << " LUFS");
        BOOST_TEST(now > last - 0.5);
        last = now;
    }
}

BOOST_AUTO_TEST_CASE(half_way_the_pad_talks_and_a_layer_makes_it_clearer) {
    const Audio speech = studio().heard("speech"), pad = fitted(studio().heard("pad"), speech.frames());
    const Audio middle = fitted(studio().blended("speech", "pad", {}), speech.frames());
    const Audio layered = fitted(studio().blended("speech", "pad", {0.5, 0.5, 0.3}), speech.frames());
    Audio mix = speech;
    add(mix, pad, 0, 1);
    BOOST_TEST_MESSAGE("the speech's bands in the pad "
                       << following(pad, speech) << ", in a mix " << following(mix, speech) << ", in the blend "
                       << following(middle, speech) << ", with a layer " << following(layered, speech));
    BOOST_TEST(following(pad, speech) < 0.3);
    BOOST_TEST(following(middle, speech) > 0.75);
    BOOST_TEST(following(middle, speech) > following(mix, speech));
    BOOST_TEST(following(layered, speech) > following(middle, speech) + 0.01);
    // The pad's own chord sounds, though: half way it has the larger part of the fine structure.
    const auto partial = [](const Audio& audio) {
        const FrameTable power = power_spectra(audio.left, 16384, 4096);
        double chord = 0, beside = 0;
        for (size_t frame = 2; frame < 18; ++frame)
            for (const double hertz : {261.6, 329.6}) {
                const size_t bin = static_cast<size_t>(std::lround(hertz * 16384 / 48000));
                for (int k = -1; k <= 1; ++k)
                    chord += static_cast<double>(power.row(frame)[bin + static_cast<size_t>(k + 1) - 1]);
                for (const size_t at : {bin - 6, bin + 6}) beside += static_cast<double>(power.row(frame)[at]);
            }
        return 10 * std::log10(chord / beside);
    };
    BOOST_TEST_MESSAGE("partials of the chord over what is beside them: pad "
                       << partial(pad) << " dB, blend " << partial(middle) << " dB, speech " << partial(speech)
                       << " dB");
    BOOST_TEST(partial(middle) > partial(speech) + 9);
}

BOOST_AUTO_TEST_CASE(a_moving_blend_has_no_clicks) {
    // Where neither sound has anything sudden, nothing sudden may appear: a step's third difference would stand out.
    const auto steady = [](double hertz) {
        Audio sound = silence(3);
        for (int n = 1; n < 12; ++n) add(sound, sine(hertz * n, 3, 48000, 0.2 / n), 0, 1);
        return sound;
    };
    Studio& s = studio();
    write_audio(s.scratch / "low.wav", steady(110), 32);
    write_audio(s.scratch / "high.wav", steady(277.2), 32);
    const auto jolt = [](const Audio& audio) {
        float largest = 0;
        for (size_t i = 4800; i + 4803 < audio.frames(); ++i)
            largest = std::max(
                largest, std::abs(audio.left[i + 3] - 3 * audio.left[i + 2] + 3 * audio.left[i + 1] - audio.left[i]));
        return largest;
    };
    const float quiet = std::max(jolt(s.heard("low")), jolt(s.heard("high")));
    BOOST_TEST(jolt(s.blended("low", "high", {0, 1})) < 1.5f * quiet);
    BOOST_TEST(jolt(s.blended("high", "low", {0, 1, 0.5})) < 1.5f * quiet);
    const Audio moving = s.blended("low", "high", {0, 1});
    BOOST_TEST(largest_difference(fitted(moving, 480), s.heard("low")) < 0.02f);
}

BOOST_AUTO_TEST_CASE(peaks_move_instead_of_fading) {
    const auto peak_at = [](double band) {
        Envelope envelope;
        for (size_t i = 0; i < envelope_bands; ++i)
            envelope[i] = std::max(-60.0, -0.5 * std::pow(static_cast<double>(i) - band, 2));
        return envelope;
    };
    const Envelope low = peak_at(30), high = peak_at(60);
    for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        const Envelope between = envelope_between(low, high, share);
        const auto top = std::ranges::max_element(between) - between.begin();
        BOOST_TEST(std::abs(static_cast<double>(top) - (30 + 30 * share)) <= 1);
        BOOST_TEST(between[static_cast<size_t>(top)] > -2);
    }
    for (size_t i = 0; i < envelope_bands; ++i) {
        BOOST_TEST(std::abs(envelope_between(low, high, 0)[i] - low[i]) < 1e-9);
        BOOST_TEST(std::abs(envelope_between(low, high, 1)[i] - high[i]) < 1e-9);
        BOOST_TEST(std::abs(envelope_between(low, low, 0.3)[i] - low[i]) < 1e-9);
    }
}

BOOST_AUTO_TEST_CASE(between_two_vowels_lies_a_vowel) {
    const Envelope a = envelope_of(vowel({700, 1100, 2500})), i = envelope_of(vowel({300, 2300, 3000})),
                   middle = envelope_of(vowel({460, 1590, 2740})), between = envelope_between(a, i, 0.5);
    const auto off = [&](auto level) {
        const double top = *std::ranges::max_element(middle);
        double squares = 0;
        for (size_t band = 0; band < envelope_bands; ++band)
            squares += std::pow(std::max(level(band), top - 60) - std::max(middle[band], top - 60), 2);
        return std::sqrt(squares / envelope_bands);
    };
    const double moved = off([&](size_t band) { return between[band]; });
    const double averaged = off([&](size_t band) { return (a[band] + i[band]) / 2; });
    BOOST_TEST_MESSAGE("from the true vowel: moved " << moved << " dB, averaged " << averaged << " dB");
    BOOST_TEST(moved < 0.75 * averaged);
}

BOOST_AUTO_TEST_CASE(lengths_and_rates_may_differ) {
    Studio& s = studio();
    Audio high = chords(1);
    high = resampled(high, 96000);
    write_audio(s.scratch / "96k.wav", high, 32);
    const Audio blend = s.blended("speech", "96k", {0, 0});
    BOOST_TEST(blend.rate == 96000);
    BOOST_TEST(std::abs(blend.seconds() - read_audio(s.scratch / "speech.wav").seconds()) < 2 / 96000.0);
    // Past the chord's end nothing is left of it to blend with, and at its own end a sound is whole.
    const Audio speech = s.heard("speech"), back = resampled(blend, 48000);
    BOOST_TEST(distances(speech, fitted(back, speech.frames())).elsd < 0.1);
    const Audio gone = resampled(s.blended("speech", "96k", {1, 1}), 48000);
    float after = 0;
    for (size_t i = 48000 * 21 / 10; i < gone.frames(); ++i) after = std::max(after, std::abs(gone.left[i]));
    BOOST_TEST(after < 1e-4f);

    write_audio(s.scratch / "44k.wav", resampled(chords(1), 44100), 32);
    BOOST_TEST(s.blended("44k", "44k", {}).rate == 44100);
    const Audio same = read_audio(s.scratch / "44k.wav");
    BOOST_TEST(largest_difference(same, s.blended("44k", "44k", {0, 0})) < 1e-5f);
}

BOOST_AUTO_TEST_CASE(silence_and_a_single_sample_are_safe) {
    Studio& s = studio();
    write_audio(s.scratch / "nothing.wav", silence(0.5), 32);
    write_audio(s.scratch / "sample.wav", {48000, {0.5f}, {0.5f}}, 32);
    for (const char* other : {"nothing", "sample"}) {
        const Audio blend = s.blended(other, "drums", {});
        BOOST_TEST(blend.frames() == s.heard("drums").frames());
        for (const float sample : blend.left) BOOST_REQUIRE(std::abs(sample) < 2);
    }
    BOOST_TEST(s.blended("sample", "nothing", {}).frames() == 24000u);
}

BOOST_AUTO_TEST_CASE(memory_does_not_grow_with_length) {
    Studio& s = studio();
    const auto most = [&](double seconds) { // KiB
        const std::string path = s.scratch / "long.wav";
        AudioWriter writer(path, 48000, 16);
        const Audio second = chords(1);
        for (double at = 0; at < seconds; ++at) writer.write(second.left, second.right);
        writer.finish();
        const pid_t child = fork();
        if (child == 0) {
            blend_files({path, path, s.scratch / "long-blend.wav", "", {0, 1}});
            _exit(0);
        }
        int status = 0;
        rusage usage{};
        BOOST_REQUIRE(wait4(child, &status, 0, &usage) == child);
        BOOST_REQUIRE(status == 0);
        return usage.ru_maxrss;
    };
    const long little = most(5), much = most(60); // 60 s of stereo are 23 MB as floats
    BOOST_TEST_MESSAGE(little << " and " << much << " KiB");
    BOOST_TEST(much < little + 4096);
}

BOOST_AUTO_TEST_CASE(the_picture_shows_both_and_their_blend) {
    Studio& s = studio();
    const std::string picture = s.scratch / "blend.png";
    blend_files({s.scratch / "speech.wav", s.scratch / "pad.wav", s.scratch / "talk.wav", picture, {}});
    const Png png(picture);
    BOOST_TEST(png.width() > 2 * png.height());
}

BOOST_AUTO_TEST_CASE(failures_leave_no_file) {
    Studio& s = studio();
    const std::string out = s.scratch / "none.wav";
    const std::vector<float> bad{0.1f, 0.1f, NAN, 0.1f};
    write_channels(s.scratch / "bad.wav", 48000, 2, bad);
    BOOST_CHECK_THROW(blend_files({s.scratch / "bad.wav", s.scratch / "pad.wav", out, "", {}}), AudioError);
    BOOST_CHECK_THROW(blend_files({s.scratch / "missing.wav", s.scratch / "pad.wav", out, "", {}}), AudioError);
    BOOST_CHECK_THROW(blend_files({s.scratch / "pad.wav", s.scratch / "pad.wav", s.scratch / "no/out.wav", "", {}}),
                      AudioError);
    BOOST_CHECK_THROW(blend_files({s.scratch / "pad.wav", s.scratch / "pad.wav", out, s.scratch / "a.jpg", {}}),
                      PictureError);
    BOOST_TEST(!std::filesystem::exists(out));
    BOOST_TEST(!std::filesystem::exists(out + ".part"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
