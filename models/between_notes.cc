#include "models/between_notes.h"

#include "models/analysis.h"
#include "models/corner.h"
#include "models/descriptor.h"
#include "models/loudness.h"
#include "models/plane.h"
#include "models/played.h"
#include "models/sound/detect_pitch.h"
#include "models/takes.h"

#include <cmath>

namespace timbrel {
namespace {

constexpr double loudness = -20; // dB (BS.1770 weighting) of each note at its loudest
constexpr int64_t hops = 375;    // of a rendered note, its loop included

Tensor released(const Tensor& sound, double release) {
    const auto time = torch::arange(sound.size(1), torch::kFloat) / double(model_rate);
    return sound * torch::pow(10, (time - described_hold).clamp_min(0) * (-60 / release / 20));
}

} // namespace

std::optional<RealNote> hear(Source& source, int pitch, torch::Device device) {
    const auto sound = sound_of(source, {pitch, judged_velocity}, described_hold, described_release);
    if (sound.abs().max().item<float>() < audible_peak) return {};
    auto corner = corner_of(sound, hertz_of(pitch), hertz_of(pitch), hops, device);
    const double gain = std::pow(10, (loudness - loudness_of(corner.spectrum).max().item<double>()) / 20);
    amplify(corner, gain);
    corner.release = release_of(corner.spectrum, described_hold);
    auto spectrum = analyse(sound * gain, hertz_of(pitch), device).spectrum;
    return RealNote{std::move(corner), sound * gain, std::move(spectrum)};
}

std::vector<NoteSpectrum> notes_between(const Autoencoder& network, const RealNote& a, const RealNote& b, int pitch,
                                        double imagine, const Tensor& shares, torch::Device device) {
    const double f0 = hertz_of(pitch);
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
    return analyse((a.sound + b.sound) / 2, hertz_of(pitch), device).spectrum;
}

} // namespace timbrel
