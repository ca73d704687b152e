// A bank as an instrument made of samples: SFZ, Decent Sampler, or a folder of WAV files. Off the audio thread; throw
// Error when the disk refuses.
#pragma once

#include "host/export/cell_blend.h"

#include <string>
#include <vector>

namespace timbrel::host {

struct InstrumentPlan {
    std::string name;           // of the file
    std::vector<double> xs, ys; // places that are sampled, ascending from 0 to 1; or one of each
    uint32_t rate;              // frames per second of the samples
};

// Tells whose sounds an exported bank is made of; it lies beside the instrument, in the same folder.
inline std::string sources_file(const std::string& bank_name) { return bank_name + "-sources.txt"; }

// One sample file as a player needs it.
struct Zone {
    std::string file; // relative to the instrument's folder
    int pitch, low_key, high_key;
    size_t layer;    // of the bank's velocities
    double gain;     // dB, of what was scaled to full range
    NoteSound sound; // without its samples
};

struct InstrumentCell {
    size_t column, row; // in the plan's xs and ys
    std::vector<Zone> zones;
};

// Writes every cell's samples below the folder, FLAC of 16 bits at full range as the bank has them, and tells of them.
// They lie in a folder of their own for each bank, plan and rate, so that no export takes another's samples away.
std::vector<InstrumentCell> write_samples(const engine::Bank& bank, const InstrumentPlan& plan,
                                          const std::string& folder);

// The keys that play a stored pitch, as in the instrument: the nearest, and of two the higher.
std::pair<int, int> keys_of(const engine::Bank& bank, size_t pitch_index);

// Controllers 16 and 17 crossfade the places, as they move the instrument.
void write_sfz(const engine::Bank& bank, const InstrumentPlan& plan, const std::string& folder);

// An XY pad crossfades the places.
void write_decent_sampler(const engine::Bank& bank, const InstrumentPlan& plan, const std::string& folder);

// The first place only: 24-bit WAV files with `smpl` loops, their notes and velocities in their names.
void write_wav_folder(const engine::Bank& bank, const InstrumentPlan& plan, const std::string& folder);

} // namespace timbrel::host
