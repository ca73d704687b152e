// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/landscape/embedding.h"

#include "common/units.h"
#include "models/audio/sources/recording_check.h"
#include "models/audio/sources/transposition.h"
#include "models/morph/corner_note.h"
#include "models/tensor/audio_tensor.h"

#include <algorithm>
#include <array>

namespace timbrel::models {
namespace {

constexpr std::array pitches{48, 60, 72};
constexpr int velocity = 100;
constexpr double hold = 2, release = .3; // seconds
constexpr auto frames = int64_t(hold * frames_per_second);

// The mean latent [numbers] of a note while its key is held. Its levels are not normalised as between the corners of a
// plane: how a sound swells or dies away is part of it.
Tensor mean_latent(const audio::Recording& recording, double f0, const NoteModel& model, torch::Device device) {
    const auto note =
        make_corner_note(to_stereo_tensor(recording.audio), note_to_hertz(recording.pitch), f0, frames, device);
    const auto features = extract_features(note.spectrum);
    const auto levels = features.db.slice(1, 0, frames).to(device);
    const auto padded = torch::constant_pad_nd(levels, {0, frames - levels.size(1)}, feature_floor);
    return model.encode(padded.unsqueeze(0), features.mask.to(device).unsqueeze(0), {f0, double(velocity)})[0].mean(1);
}

} // namespace

std::vector<audio::Recording> compared_notes(audio::Source& source) {
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
    std::vector<Tensor> latents;
    for (size_t p = 0; p < notes.size(); ++p)
        latents.push_back(mean_latent(notes[p], note_to_hertz(pitches[p]), model, device));
    return torch::stack(latents).mean(0).to(torch::kCPU);
}

} // namespace timbrel::models
