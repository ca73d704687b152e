// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/truth/truth_methods.h"

#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/evaluation/decoded_note.h"
#include "models/evaluation/truth/mean_transport.h"
#include "models/evaluation/truth/triples.h"
#include "models/morph/corner_note.h"
#include "models/morph/plane_note.h"
#include "models/synthesis/loop_playback.h"
#include "models/tensor/audio_tensor.h"

#include <cmath>

namespace timbrel::models {
namespace {

constexpr auto hops = int64_t(truth_seconds * frames_per_second);
constexpr double max_mistuning = .7;  // semitones, of a recording from its key
constexpr double min_confidence = .5; // of the detected pitch

// Hz: what A and B have on the mean, or that of the key where it cannot be detected.
double tuning(const TripleSounds& sounds, int pitch) {
    double sum = 0;
    for (const auto* sound : {&sounds.a, &sounds.b}) {
        const auto found = audio::detect_pitch(to_audio(*sound));
        const bool tuned =
            found && found->confidence > min_confidence && std::abs(found->pitch - pitch) < max_mistuning;
        sum += tuned ? found->pitch : pitch;
    }
    return note_to_hertz(sum / 2);
}

// The first truth_seconds of x [2, frames], padded with silence.
Tensor compared_part(const Tensor& x) {
    const auto frames = int64_t(truth_seconds * model_rate);
    const auto part = x.to(torch::kCPU).slice(1, 0, frames);
    return torch::constant_pad_nd(part, {0, frames - part.size(1)});
}

class Renderer {
  public:
    Renderer(const NoteModelPtr& network, double f0, double velocity, torch::Device device)
        : network_(network), f0_(f0), velocity_(velocity), device_(device) {}

    CornerNote corner(const Tensor& sound) const { return make_corner_note(sound, f0_, f0_, hops, device_); }

    // Each position as a voice plays a held key.
    std::vector<Tensor> plane(const std::vector<CornerNote>& notes, double network_amount,
                              const Tensor& weights) const {
        std::vector<std::vector<CornerNote>> corners{notes};
        align_free_partials(corners);
        const auto plan = plan_oscillators(corners, f0_, hops);
        const auto r =
            PlaneNote(network_, corners[0], {f0_, velocity_, network_amount, 0}, plan, device_).render(weights);
        std::vector<Tensor> sounds;
        for (int64_t i = 0; i < weights.size(0); ++i)
            sounds.push_back(
                compared_part(unroll_loop(r.sound[i].to(torch::kCPU), plan.loop, r.decay[size_t(i)], truth_seconds)));
        return sounds;
    }

    Tensor decoded(const std::vector<NoteSpectrum>& notes, const std::vector<double>& weights) {
        return spectrum(decoded_mean(*network_, notes, weights, velocity_));
    }

    static Tensor spectrum(const NoteSpectrum& note) { return compared_part(synthesise(note)); }

  private:
    NoteModelPtr network_;
    double f0_, velocity_;
    torch::Device device_;
};

} // namespace

std::vector<std::vector<Tensor>> rendered_methods(const NoteModelPtr& network, const TripleSounds& sounds, int pitch,
                                                  double velocity, const std::vector<double>& positions,
                                                  torch::Device device) {
    Renderer render(network, tuning(sounds, pitch), velocity, device);
    const std::vector corners{render.corner(sounds.a), render.corner(sounds.b)};
    const auto t = to_tensor(positions);
    const auto weights = torch::stack({1 - t, t}, 1);
    const auto means = render.plane(corners, 0, weights), planes = render.plane(corners, 1, weights);
    const std::vector spectra{corners[0].spectrum, corners[1].spectrum};
    std::vector<std::vector<Tensor>> rendered;
    for (size_t i = 0; i < positions.size(); ++i) {
        const double position = positions[i];
        const auto truth = render.corner(sounds.truth[i]);
        rendered.push_back({
            means[i],
            (1 - position) * compared_part(sounds.a) + position * compared_part(sounds.b),
            Renderer::spectrum(transported(spectra[0], spectra[1], position)),
            render.decoded(spectra, {1 - position, position}),
            planes[i],
            render.decoded({truth.spectrum}, {1}),
            render.plane({truth}, 0, torch::ones({1, 1})).front(),
        });
    }
    return rendered;
}

} // namespace timbrel::models
