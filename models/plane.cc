#include "models/plane.h"

#include "models/blocks.h"
#include "models/residual.h"

#include <algorithm>
#include <cmath>

namespace timbrel {
namespace {

constexpr double range = 90; // dB below a corner's loudest partial that still count

constexpr double largest_idea = 3; // dB by which it may change what lies between the corners
constexpr int held_frames = 20;    // over which a struck sound's level at the loop's start is taken

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

// dB of the loudest 0.4 s (the momentary loudness of EBU Tech 3341) of tracks [places, frames] in dB.
Tensor loudest(const Tensor& track) {
    const auto window = std::min(track.size(1), int64_t(.4 * frames_per_second));
    const auto power = torch::avg_pool1d(torch::pow(10, track / 10).unsqueeze(1), {window}, {1});
    return 10 * torch::log10(power.amax(2));
}

// Times of frames `from` to `to`, for [places, frames, 2, slots].
Tensor seconds_from(int64_t from, int64_t to, const torch::TensorOptions& options) {
    return (torch::arange(from, to, options) / frames_per_second).view({1, -1, 1, 1});
}

} // namespace

PlaneNote::PlaneNote(Autoencoder network, const std::vector<CornerNote>& corners, const NoteSetting& setting,
                     const OscillatorPlan& plan, torch::Device device)
    : setting_(setting), device_(device), network_(std::move(network)), loop_(plan.loop), slot_(plan.slot),
      map_(corners.front().spectrum.partials, setting.f0, device) {
    const torch::NoGradGuard no_grad;
    const int64_t frames = loop_.end + 1;
    std::vector<Tensor> level, noise, x, mask;
    std::vector<double> f0(corners.size(), setting.f0), velocity(corners.size(), setting.velocity), release;
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
        release.push_back(c.release);
    }
    level_ = torch::stack(level).to(device);
    noise_ = torch::stack(noise).to(device);
    excitation_ = make_excitation(plan.hz, excitations(corners), loop_, setting.seed, device);
    release_ = tensor_of(release).to(device);
    const auto track = loudness(level_, noise_);
    const auto even = raised(torch::stack(x).to(device), rise_of(track));
    const auto c = conditions(tensor_of(f0), tensor_of(velocity)).to(device);
    embedding_ = network_->encode(to_network(even), torch::stack(mask).to(device), c);
    decoded_ = from_network(network_->decode(embedding_, c)).clamp_min(feature_floor + 10);

    share_slots(plan);
    std::vector<double> decay;
    for (int64_t k = 0; k < track.size(0); ++k)
        decay.push_back(decay_of(track[k].to(torch::kCPU), loop_.start, loop_.end));
    decay_ = tensor_of(decay).to(device);
    level_slope_ = flatten_loop(level_);
    noise_slope_ = flatten_loop(noise_);
    loudness_ = loudness(level_, noise_);
}

// Of a sound that dies away every partial and band keeps its level from the loop's start on; how fast the whole fades
// is the voice's to do. What moves about that level is kept, but not where a sound dies so fast that little of it is
// left. Returns what was taken out, in dB per second.
Tensor PlaneNote::flatten_loop(Tensor& x) const {
    auto part = x.slice(1, loop_.start);
    const auto dying = ((decay_ - 1) / 3).clamp(0, 1).view({-1, 1, 1, 1});
    const auto steep =
        slope(x.slice(1, loop_.start, loop_.end).permute({0, 2, 3, 1})).clamp(-200, 20).unsqueeze(1) * dying;
    part.sub_(steep * seconds_from(0, part.size(1), x.options()));
    const auto struck = ((decay_ - 15) / 15).clamp(0, 1).view({-1, 1, 1, 1});
    const auto level = part.slice(1, 0, std::min<int64_t>(held_frames, part.size(1))).mean(1, true);
    part.add_(struck * (level - part));
    return steep;
}

// The last quarter of the loop becomes what came before its start, as if it had been as flat, so that the end meets the
// start.
Tensor PlaneNote::closed(const Tensor& x, const Tensor& steep) const {
    const int64_t length = loop_.end - loop_.start, fade = std::min(length / 4, loop_.start);
    auto y = x.clone();
    const auto w = (torch::hann_window(2 * fade + 2, false, x.options()).slice(0, 1, fade + 1)).view({1, -1, 1, 1});
    const auto before = x.slice(1, loop_.start - fade, loop_.start) - steep * seconds_from(-fade, 0, x.options());
    const auto end = x.slice(1, loop_.end - fade, loop_.end);
    y.slice(1, loop_.end - fade, loop_.end).copy_((1 - w) * end + w * before);
    y.slice(1, loop_.end, loop_.end + 1).copy_(x.slice(1, loop_.start, loop_.start + 1));
    return y;
}

Tensor PlaneNote::loudness(const Tensor& level, const Tensor& noise) const {
    std::vector<double> hz;
    for (int n = 0; n < level.size(3) - half_slots; ++n) hz.push_back((n + 1) * setting_.f0);
    for (int k = 0; k < half_slots; ++k) hz.push_back((k + .5) * setting_.f0);
    return loudness_of(linear(level), linear(noise), hz);
}

// Each corner's residual made white; white noise where it has none.
std::vector<Tensor> PlaneNote::excitations(const std::vector<CornerNote>& corners) const {
    std::vector<Tensor> noises;
    for (size_t c = 0; c < corners.size(); ++c) {
        const auto& [spectrum, residual, release] = corners[c];
        const auto white = noise_spectra(
            white_noise((loop_.end + 2) * hop, setting_.seed * corners.size() + c, spectrum.noise_correlation)
                .to(device_));
        noises.push_back(residual.defined() ? whitened(residual.to(device_), linear(noise_[int64_t(c)]), white)
                                            : white);
    }
    return noises;
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
        const auto difference = between - weighted(shares, decoded_);
        const auto imagined = torch::tanh(difference / largest_idea) * (largest_idea * setting_.imagine);
        level += map_.partials(imagined).unsqueeze(2);
        noise += (map_.noise(imagined) - map_.noise(torch::zeros_like(imagined))).unsqueeze(2);
    }
    // What swells and what dies away are loud at different times; half way between them nothing would be, so the whole
    // is raised to what lies between their loudest moments.
    const auto track = weighted(shares, loudness_);
    const auto raise = torch::mm(shares, loudest(loudness_)) - loudest(track);
    const auto gain = ((track - loudness(level, noise)).clamp(-40, 40) + raise).view({level.size(0), -1, 1, 1});
    level = closed(level + gain, weighted(shares, level_slope_));
    noise = closed(noise + gain, weighted(shares, noise_slope_));

    const auto amplitude = linear(level).index_select(3, torch::tensor(slot_).to(device_)) *
                           oscillator_shares(shares).view({shares.size(0), 1, 1, -1});
    Rendering r;
    // Independent noises add up in power.
    const auto mix = shares / shares.square().sum(1, true).sqrt();
    r.sound = synthesise(excitation_, amplitude, linear(noise), mix);
    const auto decay = torch::mv(shares, decay_).to(torch::kCPU);
    const auto release = torch::exp(torch::mv(shares, torch::log(release_))).to(torch::kCPU);
    for (int64_t i = 0; i < shares.size(0); ++i) {
        r.decay.push_back(decay[i].item<float>());
        r.release.push_back(release[i].item<float>());
    }
    return r;
}

} // namespace timbrel
