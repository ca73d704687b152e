// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/morph/codec_model.h"

#include "common/error.h"
#include "models/morph/corner_note.h"
#include "models/spectral/loudness.h"
#include "models/synthesis/additive_synthesis.h"
#include "models/torchscript/sound_codec.h"

#include <algorithm>
#include <cstdio>

namespace timbrel::models {
namespace {

constexpr double peak = .5; // of the sounds that the encoder gets

// Levels [feature_count, frames] as sound [2, frames · hop], equal in both channels.
Tensor rendered(const Tensor& levels, double f0) {
    const Features centred{{}, {}, 1, torch::ones({2, pan_bands})};
    const auto spectrum = features_to_spectrum(levels.to(torch::kCPU), centred, harmonic_table(f0), f0);
    const auto mono = synthesise(spectrum).mean(0, true);
    const auto scaled = mono * (peak / std::max(mono.abs().max().item<double>(), 1e-9));
    return torch::constant_pad_nd(scaled, {0, hop}).expand({2, -1}).contiguous();
}

// The levels [feature_count, frames] of sound [2, frames · hop], even as normalise_level makes them.
Tensor analysed(const Tensor& sound, double f0, torch::Device device) {
    const auto spectrum = make_corner_note(sound, f0, f0, 0, device).spectrum;
    const auto levels = extract_features(spectrum).db;
    return normalise_level(levels, normalising_gain(loudness_track(spectrum)));
}

// Writes latents [rows, columns] one after the other into [rows', frames], as many rows as they need, so that they have
// the frames that the plane expects. Weighted means stay what they are.
Tensor packed(const Tensor& latents, int64_t frames) {
    const auto flat = latents.reshape({-1});
    const int64_t rows = (flat.size(0) + frames - 1) / frames;
    return torch::constant_pad_nd(flat, {0, rows * frames - flat.size(0)}).view({rows, frames});
}

Tensor unpacked(const Tensor& latents, int64_t rows, int64_t columns) {
    return latents.reshape({-1}).slice(0, 0, rows * columns).view({rows, columns});
}

} // namespace

CodecModel::CodecModel(const std::string& file) : codec_(std::make_unique<SoundCodec>(file)) {
    if (codec_->latent_kind() == LatentKind::discrete)
        throw Error(file +
                    ": its latents are discrete, so there is nothing between them; as a source it can be used: nn:" +
                    file + "<SOURCE");
    if (!codec_->rate_known())
        std::fprintf(stderr, "timbrel-bake: %s does not say its sample rate: 48 kHz assumed\n", file.c_str());
}

CodecModel::~CodecModel() = default;

Tensor CodecModel::encode(const Tensor& levels, const Tensor&, const NoteConditions& conditions) const {
    const torch::NoGradGuard no_grad;
    std::vector<Tensor> latents;
    for (int64_t i = 0; i < levels.size(0); ++i)
        latents.push_back(packed(codec_->encode(rendered(levels[i], conditions.f0)), levels.size(2)));
    return torch::stack(latents).to(levels.device());
}

Tensor CodecModel::decode(const Tensor& latents, const NoteConditions& conditions) const {
    const torch::NoGradGuard no_grad;
    const int64_t samples = latents.size(2) * hop;
    std::vector<Tensor> levels;
    for (int64_t i = 0; i < latents.size(0); ++i) {
        const auto own = unpacked(latents[i].to(torch::kCPU), codec_->latent_rows(), codec_->latent_frames(samples));
        levels.push_back(analysed(codec_->decode(own, samples), conditions.f0, latents.device()));
    }
    return torch::stack(levels).to(latents.device());
}

Tensor CodecModel::moved(const Tensor&, const Tensor&, const Tensor&, const Tensor&, const NoteConditions&) const {
    return {};
}

} // namespace timbrel::models
