#include "models/evaluation/interpolated_notes.h"

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

constexpr double loudness = -20; // dB (BS.1770 weighting) of each note at its loudest
constexpr int64_t hops = 375;    // of a rendered note, its loop included

Tensor released(const Tensor& sound, double release) {
    const auto time = torch::arange(sound.size(1), torch::kFloat) / double(model_rate);
    return sound * torch::pow(10, (time - described_hold).clamp_min(0) * (-60 / release / 20));
}

} // namespace

std::optional<RealNote> hear(audio::Source& source, int pitch, torch::Device device) {
    const auto sound = sound_of(source, {pitch, judged_velocity}, described_hold, described_release);
    if (sound.abs().max().item<float>() < audible_peak) return {};
    auto corner = corner_of(sound, audio::hertz_of(pitch), audio::hertz_of(pitch), hops, device);
    const double gain = std::pow(10, (loudness - loudness_of(corner.spectrum).max().item<double>()) / 20);
    amplify(corner, gain);
    corner.release = release_of(corner.spectrum, described_hold);
    auto spectrum = analyse(sound * gain, audio::hertz_of(pitch), device).spectrum;
    return RealNote{std::move(corner), sound * gain, std::move(spectrum)};
}

std::vector<NoteSpectrum> notes_between(const Autoencoder& network, const RealNote& a, const RealNote& b, int pitch,
                                        double imagine, const Tensor& shares, torch::Device device) {
    const double f0 = audio::hertz_of(pitch);
    const std::vector corners{a.corner, b.corner};
    const auto plan = plan_oscillators({corners}, f0, hops);
    const NoteSetting setting{f0, double(judged_velocity), imagine, 0};
    const auto rendering = PlaneNote(network, corners, setting, plan, device).render(shares);
    std::vector<NoteSpectrum> notes;
    for (int64_t i = 0; i < shares.size(0); ++i) {
        const auto held = played(rendering.sound[i].to(torch::kCPU), plan.loop, rendering.decay[size_t(i)],
                                 described_hold + described_release);
        notes.push_back(analyse(released(held, rendering.release[size_t(i)]), f0, device).spectrum);
    }
    return notes;
}

NoteSpectrum layer_of(const RealNote& a, const RealNote& b, int pitch, torch::Device device) {
    return analyse((a.sound + b.sound) / 2, audio::hertz_of(pitch), device).spectrum;
}

} // namespace timbrel::models
