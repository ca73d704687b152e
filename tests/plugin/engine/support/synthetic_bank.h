// SPDX-License-Identifier: GPL-3.0-or-later
// Banks of computed sounds for tests, written with BankWriter into temporary folders. Thread: control.
#pragma once

#include "plugin/engine/bank/bank.h"
#include "plugin/engine/bank/bank_pitch_tracks.h"
#include "plugin/engine/bank/bank_writer.h"
#include "tests/common/temporary_folder.h"

#include <cmath>
#include <filesystem>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace timbrel::test {

struct SamplePosition {
    uint8_t pitch, velocity;
    uint32_t column, row, frame;
};

struct SyntheticBank {
    uint32_t rate = 48000;
    uint16_t columns = 1, rows = 1;
    std::vector<uint8_t> pitches{69};
    std::vector<uint8_t> velocities{100};
    engine::NoteShape shape{48000, 4800, 43200};
    // Left sample, from -1 to 1; the right one is `right_gain` times that.
    std::function<double(const SamplePosition&)> sound;
    double right_gain = 1.0;
    nlohmann::json metadata{{"name", "synthetic"}};
    engine::PitchTrackList tracks{240, 0.1};
    std::function<float(uint32_t column, uint32_t row)> decay = [](uint32_t, uint32_t) { return 0.0f; };
    std::function<float(uint32_t column, uint32_t row)> release = [](uint32_t, uint32_t) { return 0.2f; };

    engine::BankPlan plan() const {
        return {rate, columns, rows, pitches, velocities, std::vector<engine::NoteShape>(pitches.size(), shape)};
    }

    void write(const std::string& path) const {
        nlohmann::json described = metadata;
        if (!tracks.empty() && !described.contains("pitch_tracks")) described["pitch_tracks"] = tracks.description();
        engine::BankWriter writer(path, plan(), described, tracks.bytes());
        std::vector<float> stereo(size_t{shape.frames} * 2);
        for (uint32_t p = 0; p < pitches.size(); ++p)
            for (uint32_t v = 0; v < velocities.size(); ++v)
                for (uint32_t cell = 0; cell < uint32_t{columns} * rows; ++cell) {
                    const uint32_t column = cell % columns, row = cell / columns;
                    for (uint32_t n = 0; n < shape.frames; ++n) {
                        const double sample = sound({pitches[p], velocities[v], column, row, n});
                        stereo[2 * n] = static_cast<float>(sample);
                        stereo[2 * n + 1] = static_cast<float>(sample * right_gain);
                    }
                    writer.put(p, v, cell, stereo, decay(column, row), release(column, row));
                }
        writer.finish();
    }

    std::shared_ptr<const engine::Bank> open() const {
        const TemporaryFolder folder;
        write(folder.file("bank.timbrel"));
        return engine::Bank::open(folder.file("bank.timbrel")); // remains open after the file is deleted
    }
};

inline double sine(double hertz, uint32_t frame, double rate = 48000.0) {
    return std::sin(2.0 * std::numbers::pi * hertz * frame / rate);
}

// 1 kHz at A4. The amplitude encodes the position: 0.1 + 0.2 X + 0.2 Y.
inline std::shared_ptr<const engine::Bank> position_level_bank() {
    static const auto opened = [] {
        SyntheticBank bank;
        bank.shape = {9600, 0, 9600};
        bank.columns = bank.rows = 2;
        bank.sound = [](const SamplePosition& at) {
            return (0.1 + 0.2 * at.column + 0.2 * (1 - at.row)) * sine(1000, at.frame);
        };
        bank.release = [](uint32_t, uint32_t) { return 0.02f; };
        return bank.open();
    }();
    return opened;
}

// For benchmarks: a plane of 7 × 7 cells, two velocity layers, a note every four semitones.
inline SyntheticBank benchmark_bank() {
    SyntheticBank bank;
    bank.columns = bank.rows = 7;
    bank.pitches = {36, 40, 44, 48, 52, 56, 60, 64, 68, 72, 76, 80, 84};
    bank.velocities = {50, 110};
    bank.shape = {24000, 4800, 24000};
    bank.sound = [](const SamplePosition& at) {
        return ((at.frame * 7919 + at.column * 31 + at.row * 17) % 1000) / 1e5;
    };
    bank.decay = [](uint32_t column, uint32_t) { return static_cast<float>(column); };
    return bank;
}

} // namespace timbrel::test
