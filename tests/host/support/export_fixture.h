// SPDX-License-Identifier: GPL-3.0-or-later
// A test fixture: a small bank, its export and its rendering, and readers of binary files. Thread: the test's.
#pragma once

#include "models/audio/analysis/spectral_distance.h"
#include "tests/host/support/process.h"
#include "tests/host/support/songs.h"
#include "tests/host/support/sound_file.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstring>
#include <numbers>
#include <string>
#include <vector>

namespace timbrel::test {

// A bank of 3 × 3 cells: a tone with an attack and a steady loop. The third partial grows to the east, the second to
// the north; cells further south decay.
struct ExportFixture {
    ExportFixture() {
        SyntheticBank tones;
        tones.columns = tones.rows = 3;
        tones.pitches = {45, 57, 69};
        tones.velocities = {50, 110};
        tones.shape = {72000, 24000, 72000};
        tones.sound = [](const SamplePosition& at) {
            const double hertz = 440.0 * std::exp2((at.pitch - 69) / 12.0);
            const double angle = 2.0 * std::numbers::pi * hertz * at.frame / 48000.0;
            const double attack = at.frame < 24000 ? 1 + std::exp(-1.0 * at.frame / 3000) : 1;
            return 0.1 * at.velocity / 110.0 * attack *
                   (std::cos(angle) + 0.5 * at.column * std::cos(3 * angle) + 0.5 * (2 - at.row) * std::cos(2 * angle));
        };
        tones.right_gain = 0.5;
        tones.decay = [](uint32_t, uint32_t row) { return 6.0f * static_cast<float>(row); };
        tones.metadata["corners"] = {{{"name", "a"}, {"x", 0}, {"y", 0}, {"source", {{"licence", "CC0"}}}},
                                     {{"name", "Low_tone"}, {"x", 0}, {"y", 1}, {"source", {{"licence", "CC0"}}}},
                                     {{"name", "bright"}, {"x", 1}, {"y", 1}, {"source", {{"licence", "CC0"}}}},
                                     {{"name", "_"}, {"x", 1}, {"y", 0}, {"source", {{"licence", "CC0"}}}}};
        tones.write(bank);
    }

    void export_bank(std::vector<std::string> options) const {
        options.insert(options.begin(), {TIMBREL, "export", bank, "-o", out});
        const Outcome outcome = run(options);
        BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
        BOOST_TEST(outcome.err == "");
    }

    timbrel::audio::Audio rendered(int key, int velocity, double x, double y) const {
        write_song(song, {{0, 1500, key, velocity}});
        const Outcome outcome = run({TIMBREL, "render", bank, song, "-o", folder.file("r.wav"), "--float", "--x",
                                     std::to_string(x), "--y", std::to_string(y)});
        BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
        const SoundFile sound(folder.file("r.wav"));
        return {48000, sound.left, sound.right};
    }

    TemporaryFolder folder;
    std::string bank = folder.file("tones.timbrel"), song = folder.file("song.mid"), out = folder.file("out");
};

template<class T>
T number_at(const std::string& bytes, size_t at) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

// The content of a RIFF chunk; empty if there is none.
inline std::string chunk(const std::string& file, const std::string& name) {
    for (size_t at = 12; at + 8 <= file.size();) {
        const auto size = number_at<uint32_t>(file, at + 4);
        if (file.compare(at, 4, name) == 0) return file.substr(at + 8, size);
        at += 8 + size + (size & 1);
    }
    return {};
}

} // namespace timbrel::test
