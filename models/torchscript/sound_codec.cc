// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/torchscript/sound_codec.h"

#include "models/tensor/audio_tensor.h"
#include "models/torchscript/sphere.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr double quiet_seconds = 1, answer_seconds = 2; // around the bursts that measure the delay
constexpr double burst_seconds = .002;
constexpr std::array burst_offsets{0., .25, .5, .75}; // of a frame of latents: a decoder repeats its frames' grid

// At another rate: [2, samples] → [2, samples'].
Tensor resampled(const Tensor& sound, double from, double to) {
    if (from == to) return sound;
    auto audio = to_audio(sound);
    audio.rate = from;
    return to_stereo_tensor(audio::resampled(audio, to));
}

// [2, samples], cut or continued with silence.
Tensor fitted(const Tensor& sound, int64_t samples) {
    return torch::constant_pad_nd(sound.slice(1, 0, samples), {0, std::max<int64_t>(0, samples - sound.size(1))});
}

// The sample before which half the energy of x [samples] lies; −1 where there is none.
int64_t middle(const Tensor& x) {
    const auto energy = x.to(torch::kDouble).square().cumsum(0);
    const double all = energy[-1].item<double>();
    return all > 0 ? (energy < all / 2).sum().item<int64_t>() : -1;
}

} // namespace

SoundCodec::SoundCodec(const std::string& file)
    : process_(file), rate_known_(process_.shape().rate > 0), rate_(rate_known_ ? process_.shape().rate : model_rate),
      delay_(measure_delay()) {}

// By what a short burst changes in the decoded silence: the middle of its energy. The median of several bursts. Less
// than a frame of latents is no delay: so far a decoder may smear a burst.
int64_t SoundCodec::measure_delay() {
    const auto& shape = process_.shape();
    const auto blocks = [&](double seconds) { return int64_t(std::ceil(seconds * rate_ / double(shape.ratio))); };
    const int64_t start = blocks(quiet_seconds) * shape.ratio, samples = start + blocks(answer_seconds) * shape.ratio;
    const auto decoded = [&](const Tensor& sound) { return process_.decode(process_.encode(sound))[0]; };
    const auto silence = torch::zeros({shape.in_channels, samples});
    const auto quiet = decoded(silence);
    std::vector<int64_t> delays;
    for (const double offset : burst_offsets) {
        const auto from = start + int64_t(offset * double(shape.ratio)), to = from + int64_t(burst_seconds * rate_);
        auto sound = silence.clone();
        sound.slice(1, from, to) = .5; // a step up and down: low and high frequencies
        const int64_t found = middle(decoded(sound) - quiet);
        if (found >= 0) delays.push_back(found - middle(sound[0]));
    }
    if (delays.empty()) return 0; // decodes silence and bursts to the same
    std::ranges::sort(delays);
    const int64_t delay = delays[delays.size() / 2];
    return delay < shape.ratio ? 0 : delay;
}

int64_t SoundCodec::model_samples(int64_t samples) const {
    return int64_t(std::ceil(double(samples) * rate_ / model_rate));
}

int64_t SoundCodec::latent_rows() const {
    return process_.shape().numbers + (latent_kind() == LatentKind::spherical ? 1 : 0);
}

int64_t SoundCodec::latent_frames(int64_t samples) const {
    const int64_t ratio = process_.shape().ratio;
    return (model_samples(samples) + delay_ + ratio - 1) / ratio;
}

Tensor SoundCodec::encode(const Tensor& sound) {
    const auto& shape = process_.shape();
    const auto input = resampled(sound, model_rate, rate_).slice(0, 0, shape.in_channels);
    const auto latents = process_.encode(fitted(input, latent_frames(sound.size(1)) * shape.ratio));
    return shape.kind == LatentKind::spherical ? angles_to_point(latents) : latents;
}

Tensor SoundCodec::decode(const Tensor& latents, int64_t samples) {
    const auto sound = process_.decode(latent_kind() == LatentKind::spherical ? point_to_angles(latents) : latents);
    const auto stereo = sound.slice(1, delay_, delay_ + model_samples(samples)).expand({2, -1}).contiguous();
    return fitted(resampled(stereo, rate_, model_rate), samples);
}

Tensor SoundCodec::pass(const Tensor& sound) {
    const int64_t samples = sound.size(1);
    const auto both = decode(encode(sound), samples);
    if (process_.shape().in_channels == 2 || torch::equal(sound[0], sound[1])) return both;
    return torch::stack({both[0], decode(encode(sound.flip(0)), samples)[0]});
}

} // namespace timbrel::models
