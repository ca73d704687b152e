// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/landscape/hearing.h"

#include "common/units.h"
#include "models/audio/sources/recording_check.h"
#include "models/audio/sources/transposition.h"
#include "models/morph/corner_note.h"
#include "models/spectral/loudness.h"
#include "models/tensor/audio_tensor.h"

#include <algorithm>
#include <array>

namespace timbrel::models {
namespace {

constexpr std::array pitches{48, 60, 72};
constexpr int velocity = 100;
constexpr double hold = 2, release = .3; // seconds
// Seconds at which the spans begin, and at which the last one ends.
constexpr std::array spans{0., .08, .25, .7, 2.};

int64_t frames_of(double seconds) { return int64_t(seconds * frames_per_second); }

// The latents [numbers, frames] of a note, padded with silence to the end of the spans.
Tensor latents(const audio::Recording& recording, double f0, const NoteModel& model, torch::Device device) {
    const int64_t frames = frames_of(spans.back());
    const auto note =
        make_corner_note(to_stereo_tensor(recording.audio), note_to_hertz(recording.pitch), f0, frames, device);
    const auto features = extract_features(note.spectrum);
    const auto gain = normalising_gain(loudness_track(note.spectrum).to(device));
    const auto levels = normalise_level(features.db.to(device), gain).slice(1, 0, frames);
    const auto padded = torch::constant_pad_nd(levels, {0, frames - levels.size(1)}, feature_floor);
    return model.encode(padded.unsqueeze(0), features.mask.to(device).unsqueeze(0), {f0, double(velocity)})[0];
}

} // namespace

std::vector<audio::Recording> heard_notes(audio::Source& source) {
    std::vector<audio::Recording> notes;
    for (const int pitch : pitches) notes.push_back(audio::note_at_key(source, pitch, velocity, hold, release));
    return notes;
}

bool is_silent(const std::vector<audio::Recording>& notes) {
    return std::ranges::all_of(
        notes, [](const audio::Recording& note) { return audio::check_recording(note.audio).silent(); });
}

Tensor note_embedding(const std::vector<audio::Recording>& notes, const NoteModel& model, torch::Device device) {
    const torch::NoGradGuard no_grad;
    std::vector<Tensor> parts;
    for (size_t p = 0; p < notes.size(); ++p) {
        const auto z = latents(notes[p], note_to_hertz(pitches[p]), model, device);
        for (size_t s = 0; s + 1 < spans.size(); ++s)
            parts.push_back(z.slice(1, frames_of(spans[s]), frames_of(spans[s + 1])).mean(1));
    }
    return torch::cat(parts).to(torch::kCPU) / std::sqrt(double(parts.size()));
}

} // namespace timbrel::models
