// SPDX-License-Identifier: GPL-3.0-or-later
// A bank as a sampled instrument. Thread: control. All functions throw Error when a file cannot be written.
#pragma once

#include "host/export/cell_blend.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace timbrel::host {

struct InstrumentPlan {
    std::string name;           // file name without extension
    std::vector<double> xs, ys; // sampled positions, ascending from 0 to 1, or a single one
    uint32_t rate;              // frames per second of the samples
    size_t first_layer = 0;     // index into the bank's velocities; softer layers are left out

    std::span<const uint8_t> velocities(const engine::Bank& bank) const {
        return bank.velocities().subspan(first_layer);
    }
    PlanePosition position() const { return {xs[0], ys[0]}; } // of an instrument with a single one
};

// Name of the text file with the sources and licences of the bank's sounds, in the instrument's folder.
inline std::string sources_file(const std::string& bank_name) { return bank_name + "-sources.txt"; }

// One sample file and its mapping.
struct Zone {
    std::string file; // relative to the instrument's folder
    int pitch, low_key, high_key;
    size_t layer;    // index into the plan's velocities
    double gain;     // dB; undoes the normalisation of the file
    NoteSound sound; // `stereo` is empty
};

struct InstrumentCell {
    size_t column, row; // indices into the plan's xs and ys
    std::vector<Zone> zones;
};

// Writes the samples of all positions below the folder, as 16-bit FLAC normalised to full scale, and returns their
// mapping. Each combination of bank, positions and rate has its own subfolder, so exports do not overwrite each other.
std::vector<InstrumentCell> write_samples(const engine::Bank& bank, const InstrumentPlan& plan,
                                          const std::string& folder);

// Lowest and highest velocity of a layer where layers switch half-way between their velocities.
std::pair<int, int> velocity_range(std::span<const uint8_t> velocities, size_t layer);

// Lowest and highest key that play a stored pitch: each key plays the nearest pitch, of two the higher.
std::pair<int, int> key_range(const engine::Bank& bank, size_t pitch_index);

// Controllers 16 and 17 crossfade the positions, as they move X and Y of the instrument.
void write_sfz(const engine::Bank& bank, const InstrumentPlan& plan, const std::string& folder);

// An XY pad crossfades the positions.
void write_decent_sampler(const engine::Bank& bank, const InstrumentPlan& plan, const std::string& folder);

// The loudest peak that the instrument can store, at least 1: dividing by it keeps the levels of notes to each other.
float loudest_peak(const engine::Bank& bank);

// The first position only: 24-bit WAV files with `smpl` loops; the file names contain note and velocity.
void write_wav_folder(const engine::Bank& bank, const InstrumentPlan& plan, const std::string& folder);

// The first position only, for Bitwig Studio and Studio One: a ZIP archive of such files and their mapping. Velocity
// layers switch half-way between their velocities, because the format says nothing of the law of its fades.
void write_multisample(const engine::Bank& bank, const InstrumentPlan& plan, const std::string& folder);

// The first position only: a SoundFont 2 with one preset. Velocity layers crossfade.
void write_soundfont(const engine::Bank& bank, const InstrumentPlan& plan, const std::string& folder);

} // namespace timbrel::host
