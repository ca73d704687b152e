// SPDX-License-Identifier: GPL-3.0-or-later
// What is done to recordings before they become notes: loops of files, and offsets.
#include "models/audio/sources/recording_check.h"
#include "models/audio/sources/source.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>

namespace timbrel::audio {
namespace {

std::string number(uint32_t value) {
    std::string bytes;
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(value >> shift & 255));
    return bytes;
}

// Writes files with a loop, by its first and last frame.
struct Loops {
    void write(const std::string& name, const Audio& audio, uint32_t first, uint32_t last) const {
        write_audio(folder / name, audio, 16);
        std::string bytes = read_bytes(folder / name) + "smpl";
        for (const uint32_t value : {60u, 0u, 0u, 20833u, 43u, 0u, 0u, 0u, 1u, 0u, 0u, 0u, first, last, 0u, 0u})
            bytes += number(value);
        bytes.replace(4, 4, number(static_cast<uint32_t>(bytes.size() - 8)));
        std::ofstream(folder / name, std::ios::binary) << bytes;
    }
    TemporaryFolder folder;
};

} // namespace

BOOST_AUTO_TEST_SUITE(recordings)

// What follows the loop does not matter for a held note: a decay, a release, or next to nothing.
BOOST_FIXTURE_TEST_CASE(a_stored_loop_rules_over_what_follows_it, Loops) {
    for (const double fall : {20.0, 120.0}) // dB per second after the loop
        for (const double seconds : {0.605, 0.8, 4.0})
            for (const double before : {0.0, 90.0}) { // and before it: the loop may be quiet
                Audio note = sine(100, seconds);
                for (size_t i = 0; i < note.frames(); ++i) {
                    const double t = static_cast<double>(i) / 48000;
                    const double level_db = -before * std::min(t, 0.6) - fall * std::max(0.0, t - 0.8);
                    note.left[i] *= static_cast<float>(std::pow(10, level_db / 20));
                }
                for (size_t i = 28800; i < std::min<size_t>(note.frames(), 38400); ++i)
                    note.left[i] = note.left[i - 480];
                note.right = note.left;
                const bool late = seconds > 0.8;
                const uint32_t first = late ? 28800 : 24000, last = late ? 38399 : 28799;
                write("loop.wav", note, first, last);
                const Recording held = open_source(folder / "loop.wav")->note(43, 100, 8, 0.5);
                BOOST_TEST(held.hold == 8);
                const auto level = [&](double from) {
                    double squares = 1e-12;
                    for (size_t i = 0; i < 4800; ++i)
                        squares += std::pow(held.audio.left[static_cast<size_t>(from * 48000) + i], 2);
                    return 10 * std::log10(squares);
                };
                const double loop_level = level(static_cast<double>(last) / 48000 - 0.1);
                for (const double at : {1.0, 3.0, 7.8})
                    BOOST_TEST(std::abs(level(at) - loop_level) < (late ? 0.5 : 5),
                               fall << " dB/s, " << seconds << " s, at " << at << " s: " << level(at) - loop_level);
                if (seconds == 4) // the release is what follows the loop
                    BOOST_TEST(held.audio.seconds() == 8 + 3.2, boost::test_tools::tolerance(0.02));
            }
}

BOOST_FIXTURE_TEST_CASE(a_loop_over_a_whole_recording_that_dies_away_is_none, Loops) {
    Audio pluck = sine(100, 2);
    for (size_t i = 0; i < pluck.frames(); ++i)
        pluck.left[i] *= static_cast<float>(std::exp(-2.5 * static_cast<double>(i) / 48000));
    pluck.right = pluck.left;
    write("whole.wav", pluck, 0, static_cast<uint32_t>(pluck.frames()) - 1);
    const Audio decayed = open_source(folder / "whole.wav")->note(43, 100, 4, 0.5).audio;
    const auto loudest = [&](double from, double to) {
        const auto at = [&](double t) { return decayed.left.begin() + static_cast<std::ptrdiff_t>(t * 48000); };
        return *std::max_element(at(from), at(to));
    };
    BOOST_TEST(loudest(2.1, 3) < 0.1 * loudest(0, 0.1));
}

// Includes an offset that decays with the note, as some synthesisers produce.
BOOST_AUTO_TEST_CASE(a_constant_offset_is_removed_from_the_note) {
    const Audio note = sine(55, 3);
    Audio shifted = note;
    for (size_t i = 0; i < note.frames(); ++i) {
        shifted.left[i] += static_cast<float>(0.2 * std::exp(-static_cast<double>(i) / 48000));
        shifted.right[i] += 0.2f;
    }
    remove_dc_offset(shifted, check_recording(shifted));
    BOOST_TEST(std::abs(shifted.left[0]) < 2e-3);
    const size_t block = 48000 / 5; // eleven periods
    for (size_t at = block; at + block <= note.frames(); at += block)
        for (const auto* channel : {&shifted.left, &shifted.right}) {
            double sum = 0, power = 0;
            for (size_t i = at; i < at + block; ++i) {
                sum += (*channel)[i];
                power += (*channel)[i] * (*channel)[i];
            }
            BOOST_TEST(std::abs(sum / block) < 0.01);
            BOOST_TEST(std::abs(10 * std::log10(power / block / 0.125)) < 0.1);
        }
}

// Also from a file that begins in the middle of a wave, without a thump in its place.
BOOST_AUTO_TEST_CASE(a_file_that_begins_far_from_zero_begins_without_a_thump) {
    for (const double hertz : {27.5, 110.0, 440.0})
        for (const double start : {0.5, -0.5})
            for (const double offset : {0.05, -0.1}) {
                Audio cut{48000, std::vector<float>(48000), {}};
                for (size_t i = 0; i < cut.left.size(); ++i)
                    cut.left[i] = static_cast<float>(
                        offset + start * std::cos(2 * std::numbers::pi * hertz * static_cast<double>(i) / 48000));
                cut.right = cut.left;
                remove_dc_offset(cut, check_recording(cut));
                const size_t period = static_cast<size_t>(std::lround(48000 / hertz));
                double worst = 0;
                for (size_t at = 0; at + period <= cut.frames(); at += period) {
                    double sum = 0;
                    for (size_t i = at; i < at + period; ++i) sum += cut.left[i];
                    worst = std::max(worst, std::abs(sum / static_cast<double>(period)));
                }
                BOOST_TEST(worst < 0.02, hertz << " Hz from " << start << ", offset " << offset << ": " << worst);
            }
    // A file whose sound begins later stays silent until then.
    Audio late = sine(110, 1);
    for (size_t i = 0; i < late.frames(); ++i) late.left[i] = i < 2400 ? 0.1f : late.left[i] + 0.1f;
    late.right = late.left;
    remove_dc_offset(late, check_recording(late));
    for (size_t i = 0; i < 2400; ++i) BOOST_REQUIRE(std::abs(late.left[i]) < 1e-4f);
}

BOOST_AUTO_TEST_CASE(short_samples_are_padded_and_the_shortest_refused) {
    const TemporaryFolder folder;
    for (const double seconds : {0.002, 0.005, 0.015}) {
        const Audio click = sine(1000, seconds);
        write_audio(folder / "click_C4.wav", click);
        const Audio padded = open_source(folder / "click_C4.wav")->note(60, 100, 2, 0.5).audio;
        BOOST_TEST(padded.frames() >= 4800u);
        double deviation = 0;
        for (size_t i = 0; i < padded.frames(); ++i)
            deviation =
                std::max<double>(deviation, std::abs(padded.left[i] - (i < click.frames() ? click.left[i] : 0.0f)));
        BOOST_TEST(deviation < 1e-3, seconds << " s");
    }
    write_audio(folder / "ten_C4.wav", sine(1000, 10.0 / 48000));
    BOOST_CHECK_EXCEPTION(
        open_source(folder / "ten_C4.wav")->note(60, 100, 2, 0.5), AudioError,
        [](const AudioError& error) { return std::string(error.what()).find("too short") != std::string::npos; });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
