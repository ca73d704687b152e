// SPDX-License-Identifier: GPL-3.0-or-later
// Checks recordings for defects and removes silence and offset, before a bank is made of them. Thread: control, worker;
// every call is independent.
#pragma once

#include "models/audio/io/audio.h"

#include <cmath>
#include <string>
#include <vector>

namespace timbrel::audio {

struct RecordingCheck {
    double peak = 0;             // largest absolute sample; full scale is 1
    double noise_floor_db = 0;   // level in dBFS of the quietest 50 ms
    double dc_offset = 0;        // mean of the samples, of the channel where it is larger
    double clipped_fraction = 0; // fraction of samples in clipped runs of three or more; of the worse channel
    bool silent() const { return peak < 1e-5; }
    bool has_dc_offset() const { return std::abs(dc_offset) > 0.005 || std::abs(dc_offset) > 0.02 * peak; }
};

RecordingCheck check_recording(const Audio& audio);

// One phrase per defect, to follow the file's name; empty if there is none.
std::vector<std::string> describe_problems(const RecordingCheck& check);

// Frames of near silence before the note begins, less 5 ms that are kept for its onset. 0 for a silent recording.
size_t leading_silence(const Audio& audio);

// Removes the first `frames`.
void trim_start(Audio& audio, size_t frames);

// Removes a constant or slowly drifting offset by a second-order high-pass at 5 Hz. The filter starts as if the
// offset of the start had lasted forever, and is causal, so that nothing sounds before the onset. Does nothing if
// `check` of the same recording shows an offset below 0.3 % of the peak.
void remove_dc_offset(Audio& audio, const RecordingCheck& check);

} // namespace timbrel::audio
