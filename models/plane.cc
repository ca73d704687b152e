#include "models/plane.h"

#include <algorithm>
#include <cmath>

namespace timbrel {
namespace {

constexpr double range = 90; // dB below a corner's loudest partial that still count

Tensor decibels(const Tensor& amplitude) { return 20 * torch::log10(amplitude + 1e-12); }
Tensor linear(const Tensor& db) { return torch::pow(10, db / 20); }

Tensor weighted(const Tensor& shares, const Tensor& x) {
    auto sizes = x.sizes().vec();
    sizes[0] = shares.size(0);
    return torch::mm(shares, x.reshape({x.size(0), -1})).view(sizes);
}

// dB per second of each column of x [..., frames], frames at `frames_per_second`.
Tensor slope(const Tensor& x) {
    const auto n = x.size(-1);
    const auto t = (torch::arange(n, x.options()) - double(n - 1) / 2) / frames_per_second;
    return (x * t).sum(-1) / t.square().sum();
}

} // namespace

PlaneNote::PlaneNote(Autoencoder network, const std::vector<CornerNote>& corners, const NoteSetting& setting,
                     const OscillatorPlan& plan, torch::Device device)
    : setting_(setting), device_(device), network_(std::move(network)), loop_(plan.loop),
      excitation_(make_excitation(plan.hz, plan.loop.end, plan.loop, setting.seed, device)), slot_(plan.slot),
      map_(corners.front().spectrum.partials, setting.f0, device) {
    const torch::NoGradGuard no_grad;
    const int64_t frames = loop_.end + 1;
    std::vector<Tensor> level, noise, x, mask;
    std::vector<double> f0(corners.size(), setting.f0), velocity(corners.size(), setting.velocity), correlation,
        release;
    const auto fitted = [frames](const Tensor& t) { // silence after a recording's end
        return torch::constant_pad_nd(t.slice(0, 0, frames), {0, 0, 0, 0, 0, std::max<int64_t>(0, frames - t.size(0))});
    };
    std::vector<double> references;
    for (const auto& c : corners) {
        const auto& s = c.spectrum;
        const auto f = features_of(s);
        const double loudest = 10 * std::log10(f.reference);
        level.push_back(decibels(fitted(s.partial)).clamp_min(loudest - range));
        const auto widths = 10 * torch::log10(tensor_of(noise_widths()).to(s.noise.device()));
        noise.push_back((decibels(fitted(s.noise)) + widths).clamp_min(loudest - range - 10) - widths);
        x.push_back(torch::constant_pad_nd(f.db.slice(1, 0, frames), {0, std::max<int64_t>(0, frames - f.db.size(1))},
                                           feature_floor));
        mask.push_back(f.mask);
        correlation.push_back(s.noise_correlation);
        release.push_back(c.release);
    }
    level_ = torch::stack(level).to(device);
    noise_ = torch::stack(noise).to(device);
    correlation_ = tensor_of(correlation).to(device);
    release_ = tensor_of(release).to(device);
    const auto c = conditions(tensor_of(f0), tensor_of(velocity)).to(device);
    embedding_ = network_->encode(to_network(torch::stack(x).to(device)), torch::stack(mask).to(device), c);
    decoded_ = from_network(network_->decode(embedding_, c)).clamp_min(feature_floor + 10);

    share_slots(plan);
    decay_ = torch::zeros({int64_t(corners.size())}, level_.options());
    if (loop_.end > loop_.start) {
        const auto falling = -slope(loudness(level_, noise_).slice(1, loop_.start, loop_.end));
        decay_ = torch::where(falling > .5, falling, torch::zeros_like(falling));
        flatten_loop(level_, noise_);
    }
    loudness_ = loudness(level_, noise_);
}

// From the loop's start on every partial and band keeps its level; how fast the whole fades there is the voice's to do.
void PlaneNote::flatten_loop(Tensor& level, Tensor& noise) const {
    const auto flatten = [&](Tensor& x) {
        const auto part = x.slice(1, loop_.start);
        const auto s = slope(x.slice(1, loop_.start, loop_.end).permute({0, 2, 3, 1})).clamp(-120, 20).unsqueeze(1);
        const auto t = (torch::arange(part.size(1), x.options()) / frames_per_second).view({1, -1, 1, 1});
        part.sub_(s * t);
    };
    flatten(level);
    flatten(noise);
}

// The last quarter of the loop becomes what came before its start, so that the end meets the start.
Tensor PlaneNote::closed(const Tensor& level) const {
    const int64_t length = loop_.end - loop_.start, fade = std::min(length / 4, loop_.start);
    if (length <= 0) return level;
    auto y = level.clone();
    const auto w = ((torch::arange(fade, level.options()) + 1) / double(fade + 1)).view({1, -1, 1, 1});
    const auto end = level.slice(1, loop_.end - fade, loop_.end),
               before = level.slice(1, loop_.start - fade, loop_.start);
    y.slice(1, loop_.end - fade, loop_.end).copy_((1 - w) * end + w * before);
    y.slice(1, loop_.end, loop_.end + 1).copy_(level.slice(1, loop_.start, loop_.start + 1));
    return y;
}

Tensor PlaneNote::loudness(const Tensor& level, const Tensor& noise) const {
    std::vector<double> hz;
    for (int n = 0; n < level.size(3) - half_slots; ++n) hz.push_back((n + 1) * setting_.f0);
    for (int k = 0; k < half_slots; ++k) hz.push_back((k + .5) * setting_.f0);
    return loudness_of(linear(level), linear(noise), hz);
}

// How much each corner wants of each oscillator, and which oscillators stand in the same slot.
void PlaneNote::share_slots(const OscillatorPlan& plan) {
    const auto own = linear(level_).mean({1, 2});
    const auto slots = torch::tensor(plan.slot).to(device_);
    const auto member = torch::from_blob(const_cast<float*>(plan.member.data()),
                                         {int64_t(plan.hz.size()), level_.size(0)}, torch::kFloat);
    strength_ = own.index_select(1, slots) * member.t().to(device_);
    together_ = (slots.unsqueeze(0) == slots.unsqueeze(1)).to(torch::kFloat);
}

// [places, oscillators]: 1 where a slot has one oscillator; else they share its power.
Tensor PlaneNote::oscillator_shares(const Tensor& shares) const {
    const auto amount = torch::mm(shares, strength_);
    const auto total = torch::mm(amount.square(), together_).sqrt();
    const auto alone = (together_.sum(0) < 1.5).unsqueeze(0);
    return torch::where(alone | (total <= 0), torch::ones_like(amount), amount / total.clamp_min(1e-20));
}

Rendering PlaneNote::render(const Tensor& places) const {
    const torch::NoGradGuard no_grad;
    const auto shares = places.to(device_);
    auto level = weighted(shares, level_), noise = weighted(shares, noise_);
    if (setting_.imagine != 0) {
        const auto count = shares.size(0);
        const auto c =
            conditions(torch::full({count}, setting_.f0), torch::full({count}, setting_.velocity)).to(device_);
        const auto between =
            from_network(network_->decode(weighted(shares, embedding_), c)).clamp_min(feature_floor + 10);
        const auto imagined = (between - weighted(shares, decoded_)) * setting_.imagine;
        level += map_.partials(imagined).unsqueeze(2);
        noise += (map_.noise(imagined) - map_.noise(torch::zeros_like(imagined))).unsqueeze(2);
    }
    const auto gain =
        (weighted(shares, loudness_) - loudness(level, noise)).clamp(-40, 40).view({level.size(0), -1, 1, 1});
    level = closed(level + gain);
    noise = closed(noise + gain);

    const auto amplitude = linear(level).index_select(3, torch::tensor(slot_).to(device_)) *
                           oscillator_shares(shares).view({shares.size(0), 1, 1, -1});
    Rendering r;
    r.sound = synthesise(excitation_, amplitude, linear(noise), torch::mv(shares, correlation_));
    const auto decay = torch::mv(shares, decay_).to(torch::kCPU);
    const auto release = torch::exp(torch::mv(shares, torch::log(release_))).to(torch::kCPU);
    for (int64_t i = 0; i < shares.size(0); ++i) {
        r.decay.push_back(decay[i].item<float>());
        r.release.push_back(release[i].item<float>());
    }
    return r;
}

NoteSpectrum transposed(const NoteSpectrum& s, double f0) {
    if (std::abs(std::log2(f0 / s.f0)) < 1 / 24.) { // less than a semitone: only the fundamental moves
        auto same = s;
        same.f0 = f0;
        const int wanted = slots_of(f0), have = s.partials.slots();
        if (wanted == have) return same;
    }
    NoteSpectrum t = s;
    t.f0 = f0;
    t.partials = harmonic_table(f0);
    const int have = s.partials.slots(), want = t.partials.slots();
    for (int n = 0; n < std::min(have, want); ++n) t.partials.ratio[n] = s.partials.ratio[n];
    std::vector<double> from, to;
    for (int n = 0; n < have; ++n) from.push_back((n + 1) * s.f0);
    for (int n = 0; n < want; ++n) to.push_back((n + 1) * f0);
    const auto spread = interpolation_matrix(from, to).to(s.partial.device());
    const auto level = torch::matmul(decibels(s.partial.slice(2, 0, have)), spread);
    t.partial = torch::cat({linear(level), s.partial.slice(2, have)}, 2);
    for (int k = 0; k < half_slots; ++k) {
        t.partials.ratio[want + k] = s.partials.ratio[have + k];
        t.partials.active[want + k] = s.partials.active[have + k];
    }
    return t;
}

Tensor loudness_of(const Tensor& partial, const Tensor& noise, const std::vector<double>& hz) {
    // Magnitudes of the two filters, as functions of frequency: a shelf of 4 dB from 1.7 kHz and a high-pass at 38 Hz.
    const auto weight = [](double f) {
        const double shelf = 1 + 1.51 * std::pow(f / 1682, 2) / (1 + std::pow(f / 1682, 2));
        const double high = std::pow(f / 38, 4) / std::pow(1 + std::pow(f / 38, 2), 2);
        return shelf * high;
    };
    std::vector<double> tone, band;
    for (double f : hz) tone.push_back(weight(f) / 2);
    for (int b = 0; b < noise_bands; ++b) band.push_back(weight(noise_centres()[b]) * noise_widths()[b]);
    const auto power = torch::matmul(partial.square().mean(-2), tensor_of(tone).to(partial.device())) +
                       torch::matmul(noise.square().mean(-2), tensor_of(band).to(noise.device()));
    return 10 * torch::log10(power + 1e-14);
}

double release_of(const NoteSpectrum& s, double hold) {
    std::vector<double> hz;
    for (double r : s.partials.ratio) hz.push_back(r * s.f0);
    const auto level = loudness_of(s.partial, s.noise, hz).to(torch::kCPU).contiguous();
    const float* l = level.data_ptr<float>();
    const int64_t end = level.size(0) - 2, off = std::min(int64_t(hold * frames_per_second), end - 1);
    // The analysis window blurs the key's release by a few frames; begin behind them, and follow the fall for 30 dB.
    const int64_t from = std::min(off + 4, end - 1);
    int64_t to = from + 1;
    while (to < end && l[to] > l[from] - 30 && l[to] > -110) ++to;
    const double fallen = l[from] - l[to], seconds = double(to - from) / frames_per_second;
    if (fallen < 1) return 10;
    return std::clamp(60 / fallen * seconds, .05, 10.);
}

} // namespace timbrel
