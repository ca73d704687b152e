#include "models/morph/spectral_tilt.h"

#include "models/audio/analysis/loudness_weight.h"
#include "models/tensor/soft_limit.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr double heard_from = .1, heard_seconds = 3; // of a held note
constexpr int rounds = 5;
constexpr double largest_step = .5; // of a round, dB per ERB
constexpr double steepest = .8;     // dB per ERB: crossfades do not follow much more
constexpr double pivot = 600;       // Hz
constexpr double reach = 6;         // ERB from the pivot, where the tilt levels off: neither hiss nor rumble is raised
constexpr double slack = .15;       // ERB

double erb_number(double hz) { return 21.4 * std::log10(1 + .00437 * hz); }

Tensor power_of(const Tensor& db) { return torch::pow(10, db / 10); }

Tensor levers(const std::vector<double>& hz) {
    std::vector<double> l;
    for (double f : hz) l.push_back(reach * std::tanh((erb_number(f) - erb_number(pivot)) / reach));
    return tensor_of(l);
}

Tensor loud(const Tensor& power) { return torch::pow(power, audio::stevens); }

// How much each frame counts while the note is held, the loop over and over and dying away: [places, frames].
Tensor times_played(int64_t frames, const LoopPlace& loop, const Tensor& decay) {
    const auto options = decay.options();
    const auto fading = [&](int64_t from, int64_t to) {
        const auto t = torch::arange(from, to, options).clamp_min(0) / frames_per_second;
        return power_of(-audio::stevens * torch::outer(decay, t));
    };
    auto times = fading(-loop.start, frames - loop.start);
    times.slice(1, 0, int64_t(heard_from * frames_per_second)).zero_();
    const int64_t length = loop.end - loop.start, held = int64_t(heard_seconds * frames_per_second) - loop.start;
    if (length <= 0) return times;
    times.slice(1, loop.end).zero_();
    for (int64_t from = length; from < held; from += length) {
        const int64_t count = std::min(length, held - from);
        times.slice(1, loop.start, loop.start + count) += fading(from, from + count);
    }
    return times;
}

// How much of the power at each of `hz` reaches the ear's filters at the bands' centres, rounded exponentials one ERB
// wide (Patterson et al., JASA 1982): [hz, noise_bands].
Tensor filtered(const std::vector<double>& hz) {
    std::vector<float> share;
    for (const double f : hz)
        for (const double centre : noise_centres()) {
            const double pg = 4 * std::abs(f - centre) / (24.7 * (1 + .00437 * centre));
            share.push_back(float((1 + pg) * std::exp(-pg)));
        }
    return tensor_of(share).view({int64_t(hz.size()), noise_bands});
}

} // namespace

Brightness::Brightness(const std::vector<double>& hz, LoopPlace loop, torch::Device device)
    : loop_(loop), from_slots_((filtered(hz) / 2).to(device)),
      from_bands_((filtered(noise_centres()) * tensor_of(noise_widths()).unsqueeze(1)).to(device)),
      slot_lever_(levers(hz).to(device)), band_lever_(levers(noise_centres()).to(device)) {
    std::vector<double> erb, weight;
    for (double f : noise_centres()) {
        erb.push_back(erb_number(f));
        weight.push_back(audio::loudness_weight(f));
    }
    erb_ = tensor_of(erb).to(device);
    loudness_ = tensor_of(weight).to(device);
}

Brightness::Bands Brightness::bands(const Tensor& level, const Tensor& noise, const Tensor& loudness,
                                    const Tensor& decay) const {
    const auto power =
        torch::matmul(power_of(level).mean(2), from_slots_) + torch::matmul(power_of(noise).mean(2), from_bands_);
    return {power, loud(power), loud(power_of(loudness)) * times_played(loudness.size(1), loop_, decay)};
}

Tensor Brightness::spectrum(const Bands& b, const Tensor& tilt) const {
    const auto gain = power_of(torch::outer(tilt, band_lever_));
    const auto found = torch::matmul(b.power, (gain * loudness_).unsqueeze(2)).squeeze(2) + 1e-14;
    const auto sum = torch::matmul((b.weight / loud(found)).unsqueeze(1), b.loudness).squeeze(1) * loud(gain);
    return sum / sum.sum(1, true);
}

Tensor Brightness::of(const Tensor& level, const Tensor& noise, const Tensor& loudness, const Tensor& decay) const {
    return torch::mv(spectrum(bands(level, noise, loudness, decay), torch::zeros_like(decay)), erb_);
}

void Brightness::straighten(Tensor& level, Tensor& noise, const Tensor& loudness, const Tensor& decay,
                            const Tensor& shares, const Tensor& corners) const {
    const auto b = bands(level, noise, loudness, decay);
    auto tilt = torch::zeros_like(decay);
    auto s = spectrum(b, tilt);
    const auto wanted = nearly_straight(torch::mv(s, erb_), shares, corners, 1, slack);
    for (int round = 0; round < rounds; ++round, s = spectrum(b, tilt)) {
        const auto now = torch::mv(s, erb_);
        const auto rise = (torch::mv(s, erb_ * band_lever_) - now * torch::mv(s, band_lever_)) *
                          (audio::stevens * std::log(10.) / 10);
        tilt += ((wanted - now) / rise.clamp_min(.2)).clamp(-largest_step, largest_step);
    }
    const auto by_place = no_more_than(tilt, steepest).view({-1, 1, 1, 1});
    level += by_place * slot_lever_;
    noise += by_place * band_lever_;
}

} // namespace timbrel::models
