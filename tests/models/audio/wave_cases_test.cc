// SPDX-License-Identifier: GPL-3.0-or-later
// WAV files as recorders, editors and crashes leave them.
#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/io/audio.h"
#include "models/audio/io/riff.h"
#include "models/audio/sources/source.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>

namespace timbrel::audio {
namespace {

constexpr int rate = 48000;

std::string number(uint64_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes.push_back(static_cast<char>(value >> 8 * i & 0xff));
    return bytes;
}

enum class Padding { yes, no };

std::string chunk(const std::string& name, const std::string& body, Padding padding = Padding::yes) {
    return name + number(body.size(), 4) + body + std::string(padding == Padding::yes ? body.size() % 2 : 0, '\0');
}

std::string format(int bits) {
    return chunk("fmt ", number(1, 2) + number(1, 2) + number(rate, 4) +
                             number(static_cast<uint64_t>(rate * bits / 8), 4) +
                             number(static_cast<uint64_t>(bits / 8), 2) + number(static_cast<uint64_t>(bits), 2));
}

std::string samples(const Audio& audio) {
    std::string bytes;
    for (const float sample : audio.left)
        bytes += number(static_cast<uint16_t>(static_cast<int16_t>(std::lround(32767 * sample))), 2);
    return bytes;
}

std::string riff(const std::string& chunks) { return "RIFF" + number(chunks.size() + 4, 4) + "WAVE" + chunks; }

std::string unity_note(uint32_t key) {
    return chunk("smpl", number(0, 8) + number(20833, 4) + number(key, 4) + number(0, 20));
}

struct Waves {
    std::string write(const std::string& name, const std::string& bytes) const {
        std::ofstream(folder / name, std::ios::binary) << bytes;
        return folder / name;
    }
    // Whether the file is read as the tone, to a step of 16 bits.
    bool holds_tone(const std::string& path) const {
        const Audio read = read_audio(path);
        if (read.frames() != tone.frames()) return false;
        for (size_t i = 0; i < tone.frames(); ++i)
            if (std::abs(read.left[i] - tone.left[i]) > 1e-4f || read.right[i] != read.left[i]) return false;
        return true;
    }
    TemporaryFolder folder;
    Audio tone = sine(220, 1); // A3
    std::string pcm = samples(tone);
};

size_t warnings_of(const Source& source, const std::string& part) {
    const auto warnings = source.warnings();
    return static_cast<size_t>(
        std::ranges::count_if(warnings, [&](const std::string& text) { return text.find(part) != std::string::npos; }));
}

} // namespace

BOOST_AUTO_TEST_SUITE(wave_cases)

BOOST_FIXTURE_TEST_CASE(what_a_crashed_recorder_left_is_read_and_reported, Waves) {
    const std::string riff_zero = "RIFF" + number(0, 4) + "WAVE" + format(16) + "data" + number(0, 4) + pcm;
    const std::string silence_first = "RIFF" + number(0, 4) + "WAVE" + format(16) + "data" + number(0, 4);
    const std::string rf64_zero = "RF64" + number(0xffffffff, 4) + "WAVE" + chunk("ds64", std::string(28, '\0')) +
                                  format(16) + "data" + number(0xffffffff, 4) + pcm;
    for (const std::string& bytes : {riff_zero, rf64_zero}) {
        const std::string path = write("A3.wav", bytes);
        BOOST_TEST(holds_tone(path));
        BOOST_TEST(read_audio_info(path).unfinished);
        const auto source = open_source(path);
        BOOST_TEST(std::abs(source->note(57, 100, 1, 0).pitch - 57) < 0.02);
        source->note(57, 100, 1, 0);
        BOOST_TEST(warnings_of(*source, "was not finished by its recorder") == 1u);
    }
    // Digital silence before the sound does not look like chunks.
    BOOST_TEST(read_audio(write("late.wav", silence_first + std::string(2000, '\0') + pcm)).frames() ==
               tone.frames() + 1000);
    // A file without sound stays one, also where chunks follow.
    for (const std::string& empty :
         {riff(format(16) + chunk("data", "")), riff(format(16) + chunk("data", "") + chunk("LIST", "INFO"))})
        BOOST_CHECK_EXCEPTION(read_audio(write("empty.wav", empty)), AudioError, [](const AudioError& error) {
            return std::string(error.what()).find("holds no samples") != std::string::npos;
        });
}

BOOST_FIXTURE_TEST_CASE(chunks_of_odd_size_may_lack_their_padding, Waves) {
    for (const char* const name : {"bext", "xtra"})
        for (const Padding padding : {Padding::yes, Padding::no}) {
            const std::string odd = chunk(name, std::string(603, 'a'), padding);
            BOOST_TEST(holds_tone(write("before.wav", riff(format(16) + odd + chunk("data", pcm)))), name);
            const std::string all =
                write("all.wav", riff(odd + format(16) + odd + unity_note(62) + chunk("data", pcm)));
            BOOST_TEST(holds_tone(all), name);
            BOOST_TEST(read_audio_info(all).unity_note == 62);
            BOOST_TEST(read_riff_chunks(all).unpadded == (padding == Padding::no));
        }
    const auto source = open_source(folder / "before.wav");
    source->note(57, 100, 1, 0);
    BOOST_TEST(warnings_of(*source, "finished") == 0u);
}

BOOST_FIXTURE_TEST_CASE(bw64_is_read, Waves) {
    const std::string sizes = number(0, 8) + number(pcm.size(), 8) + number(tone.frames(), 8) + number(0, 4);
    const std::string bytes = "BW64" + number(0xffffffff, 4) + "WAVE" + chunk("ds64", sizes) + format(16) +
                              unity_note(57) + "data" + number(0xffffffff, 4) + pcm;
    const std::string path = write("bw64.wav", bytes);
    BOOST_TEST(holds_tone(path));
    BOOST_TEST(read_audio_info(path).unity_note == 57);
    BOOST_TEST(!read_audio_info(path).unfinished);
    // Cut in half, it is as long as what is there, and that is reported.
    std::filesystem::resize_file(path, bytes.size() - pcm.size() / 2);
    BOOST_TEST(read_audio(path).frames() == tone.frames() / 2);
    const auto source = open_source(path);
    source->note(57, 100, 1, 0);
    BOOST_TEST(warnings_of(*source, "is cut short: 0.5 of 1.0 s are there") == 1u);
}

BOOST_FIXTURE_TEST_CASE(few_bits_are_no_clipping, Waves) {
    for (const double hertz : {41.0, 55.0, 220.0, 880.0})
        for (const bool clipped : {false, true}) {
            std::string bytes;
            for (const float sample : sine(hertz, 1, rate, clipped ? 0.6 : 0.316).left)
                bytes.push_back(static_cast<char>(128 + std::lround(127 * std::clamp(sample, -0.4f, 0.4f))));
            const auto source = open_source(write("tone.wav", riff(format(8) + chunk("data", bytes))));
            source->note(57, 100, 1, 0);
            BOOST_TEST(warnings_of(*source, "is clipped") == (clipped ? 1u : 0u), hertz << " Hz");
        }
    // Nor is the flat crest of a low note in any number of bits.
    write_audio(folder / "low.wav", sine(30, 1), 32);
    const auto low = open_source(folder / "low.wav");
    low->note(23, 100, 1, 0);
    BOOST_TEST(warnings_of(*low, "is clipped") == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_label_that_the_sound_contradicts_loses, Waves) {
    for (const uint32_t key : {0u, 60u, 127u}) {
        const auto source = open_source(write("tone.wav", riff(format(16) + unity_note(key) + chunk("data", pcm))));
        const Recording note = source->note(57, 100, 1, 0);
        BOOST_TEST(note.exact);
        BOOST_TEST(std::abs(note.pitch - 57) < 0.02);
        BOOST_TEST(warnings_of(*source, " and sounds like A3, which is taken") == 1u);
    }
    // Tools that know no note write 60 or 0: the ear wins by octaves, too.
    for (const uint32_t key : {0u, 60u})
        for (const double hertz : {65.406, 130.813, 523.251, 1046.502}) {
            const std::string path =
                write("tone.wav", riff(format(16) + unity_note(key) + chunk("data", samples(sine(hertz, 1)))));
            const int pitch = static_cast<int>(std::lround(hertz_to_note(hertz)));
            const auto source = open_source(path);
            const Recording note = source->note(pitch, 100, 1, 0);
            BOOST_TEST(note.exact, hertz << " Hz labelled " << key);
            BOOST_TEST(std::abs(note.pitch - pitch) < 0.02);
            BOOST_TEST(warnings_of(*source, ", which is taken") == 1u);
        }
    // Other labels stay there, because pitch detection errs by octaves.
    const auto source = open_source(write("tone.wav", riff(format(16) + unity_note(45) + chunk("data", pcm))));
    BOOST_TEST(source->note(45, 100, 1, 0).pitch == 45);
    BOOST_TEST(warnings_of(*source, "(another octave)") == 1u);
}

// Middle C is a label where the headers of other files have other notes.
BOOST_FIXTURE_TEST_CASE(middle_c_is_a_label_among_others, Waves) {
    const auto labelled = [&](const std::string& name, uint32_t key, double hertz) {
        write(name, riff(format(16) + unity_note(key) + chunk("data", samples(sine(hertz, 1)))));
    };
    labelled("low.wav", 60, 130.813);
    labelled("high.wav", 64, 329.628);
    auto source = open_source(folder.path().string());
    BOOST_TEST(source->note(60, 100, 1, 0).exact);
    BOOST_TEST(warnings_of(*source, "which is taken") == 0u);
    labelled("high.wav", 60, 329.628);
    source = open_source(folder.path().string());
    for (const int pitch : {48, 64}) BOOST_TEST(source->note(pitch, 100, 1, 0).exact);
    BOOST_TEST(warnings_of(*source, "which is taken") == 2u);
}

// A sound without a certain pitch is no reason to play it on note 0.
BOOST_FIXTURE_TEST_CASE(note_0_of_a_header_is_no_label, Waves) {
    Audio noisy = sine(220, 1, rate, 0.2);
    uint32_t state = 1;
    for (float& sample : noisy.left) {
        state = state * 1664525 + 1013904223;
        sample += (static_cast<float>(state >> 8) / 8388608.0f - 1) * 0.1f;
    }
    noisy.right = noisy.left;
    BOOST_REQUIRE(!detect_pitch(noisy)->certain());
    write("noisy.wav", riff(format(16) + unity_note(0) + chunk("data", samples(noisy))));
    BOOST_TEST(std::abs(open_source(folder / "noisy.wav")->note(57, 100, 1, 0).pitch - 57) < 0.1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
