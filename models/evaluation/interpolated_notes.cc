// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/interpolated_notes.h"

#include "common/units.h"
#include "models/analysis/analysis.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/evaluation/spaces/timbre_descriptor.h"
#include "models/morph/corner_note.h"
#include "models/morph/plane_note.h"
#include "models/spectral/loudness.h"
#include "models/synthesis/loop_playback.h"
#include "models/training/training_notes.h"

#include <cmath>

namespace timbrel::models {
namespace {

constexpr double target_loudness = -20; // dB (BS.1770 weighting) of each note at its loudest
constexpr int64_t hops = 375;           // of a rendered note, its loop included

// Applies an exponential release from descriptor_hold on, 60 dB in `release` seconds.
Tensor with_release(const Tensor& sound, double release) {
    const auto time = torch::arange(sound.size(1), torch::kFloat) / double(model_rate);
    return sound * torch::pow(10, (time - descriptor_hold).clamp_min(0) * (-60 / release / 20));
}

} // namespace

std::optional<RecordedNote> record_note(audio::Source& source, int pitch, torch::Device device) {
    const auto sound = render_note(source, {pitch, evaluation_velocity}, descriptor_hold, descriptor_release);
    if (sound.abs().max().item<float>() < audible_peak()) return {};
    auto corner = make_corner_note(sound, note_to_hertz(pitch), note_to_hertz(pitch), hops, device);
    const double gain = db_to_amplitude(target_loudness - loudness_track(corner.spectrum).max().item<double>());
    apply_gain(corner, gain);
    corner.release = release_time(corner.spectrum, descriptor_hold);
    auto spectrum = analyse(sound * gain, note_to_hertz(pitch), device).spectrum;
    return RecordedNote{std::move(corner), sound * gain, std::move(spectrum)};
}

std::vector<NoteSpectrum> interpolated_notes(const NoteModelPtr& network, const RecordedNote& a, const RecordedNote& b,
                                             int pitch, double network_amount, const Tensor& weights,
                                             torch::Device device) {
    const double f0 = note_to_hertz(pitch);
    std::vector<std::vector<CornerNote>> corners{{a.corner, b.corner}};
    align_free_partials(corners);
    const auto plan = plan_oscillators(corners, f0, hops);
    const NoteSetting setting{f0, double(evaluation_velocity), network_amount, 0};
    const auto rendering = PlaneNote(network, corners[0], setting, plan, device).render(weights);
    std::vector<NoteSpectrum> notes;
    for (int64_t i = 0; i < weights.size(0); ++i) {
        const auto sustained = unroll_loop(rendering.sound[i].to(torch::kCPU), plan.loop, rendering.decay[size_t(i)],
                                           descriptor_hold + descriptor_release);
        notes.push_back(analyse(with_release(sustained, rendering.release[size_t(i)]), f0, device).spectrum);
    }
    return notes;
}

NoteSpectrum layered_note(const RecordedNote& a, const RecordedNote& b, int pitch, torch::Device device) {
    return analyse((a.sound + b.sound) / 2, note_to_hertz(pitch), device).spectrum;
}

} // namespace timbrel::models
