#include "models/morph/plane_note.h"

#include "models/analysis/residual.h"
#include "models/spectral/overlap_add.h"
#include "models/tensor/weighted_mix.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr double range = 100;       // dB below a corner's loudest partial that still count
constexpr double silencing = 20;    // dB above that, from which on a partial falls half as far again
constexpr double quietest = 60;     // dB under its loudest moments, where a sound's loudness counts as gone
constexpr double raised_range = 12; // dB under a place's loudest moments, from which on it is not raised with them
constexpr double early = .4;        // seconds, from which on raising fades out until the loop
constexpr double masked = 80;       // dB under a corner's loudest partial, where nothing of a band of noise is heard,
constexpr double unmasking = 10;    // dB above that, from where on all is
constexpr double steepest = 3;      // dB a hop, as partials fall and rise
constexpr int64_t gap_from = 20;    // hops after the start, so that attacks stay as they are
constexpr double grain_power = 1.5; // of a corner's share: its share of the noises' amplitudes

Tensor decibels(const Tensor& amplitude) { return 20 * torch::log10(amplitude + 1e-12); }
Tensor noise_widths_db(torch::Device device) { return 10 * torch::log10(tensor_of(noise_widths()).to(device)); }
Tensor linear(const Tensor& db) { return torch::pow(10, db / 20); }

// Hundreds of partials at the floor would add up to a hiss. Gently, for levels that leap from cell to cell are what
// crossfades follow least.
Tensor silenced(const Tensor& level, const Tensor& floor) {
    const auto gate = floor + silencing;
    return torch::minimum(level, level + .5 * (level - gate));
}

// Levels [corners, frames, 2, slots] that fall and rise no faster than `steepest`: where two tones in a partial beat,
// its level is nothing for a moment, which the recording's residual makes a smooth turn of phase. Half way between that
// and a neighbour, in dB, it would be a gap, heard as a burst all around.
Tensor without_gaps(const Tensor& level) {
    const auto frames = level.size(1);
    auto filled = level.clone();
    for (int64_t k = gap_from; k < frames; ++k)
        filled.select(1, k).copy_(torch::maximum(filled.select(1, k), filled.select(1, k - 1) - steepest));
    for (int64_t k = frames - 2; k >= gap_from; --k)
        filled.select(1, k).copy_(torch::maximum(filled.select(1, k), filled.select(1, k + 1) - steepest));
    return filled;
}

// Gains [places, frames] that follow a sound's rise and fall, not each frame's chance: what a single strong partial
// does would move all others the opposite way, and a sound whose bands all move together is none that instruments make.
Tensor steadied(const Tensor& gain) {
    const auto frames = gain.size(1);
    const auto over = [&](int64_t width) {
        const int64_t side = std::min(width / 2, frames - 1);
        return torch::avg_pool1d(torch::replication_pad1d(gain.unsqueeze(1), {side, side}), 2 * side + 1, 1).squeeze(1);
    };
    const auto time = torch::arange(frames, gain.options());
    const auto from = [&](double start, double end) { return ((time - start) / (end - start)).clamp(0, 1); };
    const auto soon = from(12, 36), late = from(36, 96);
    return (1 - soon) * gain + soon * (1 - late) * over(15) + soon * late * over(65);
}

} // namespace

PlaneNote::PlaneNote(Autoencoder network, const std::vector<CornerNote>& corners, const NoteSetting& setting,
                     const OscillatorPlan& plan, torch::Device device)
    : setting_(setting), device_(device), loop_(plan.loop), slot_(plan.slot),
      map_(corners.front().spectrum.partials, setting.f0, device) {
    const torch::NoGradGuard no_grad;
    const int64_t frames = loop_.end + 1;
    std::vector<Tensor> level, noise, x, mask;
    std::vector<double> release, floor;
    const auto fitted = [frames](const Tensor& t) { // silence after a recording's end
        return torch::constant_pad_nd(t.slice(0, 0, frames), {0, 0, 0, 0, 0, std::max<int64_t>(0, frames - t.size(0))});
    };
    for (const auto& c : corners) {
        const auto& s = c.spectrum;
        const auto f = features_of(s);
        floor.push_back(10 * std::log10(f.reference) - range);
        level.push_back(decibels(fitted(s.partial)).clamp_min(floor.back()));
        const auto widths = noise_widths_db(s.noise.device());
        noise.push_back((decibels(fitted(s.noise)) + widths).clamp_min(floor.back() - 10) - widths);
        x.push_back(torch::constant_pad_nd(f.db.slice(1, 0, frames), {0, std::max<int64_t>(0, frames - f.db.size(1))},
                                           feature_floor));
        mask.push_back(f.mask);
        release.push_back(c.release);
    }
    level_ = without_gaps(torch::stack(level).to(device));
    noise_ = torch::stack(noise).to(device);
    level_floor_ = tensor_of(floor).view({-1, 1, 1, 1}).to(device);
    excitation_ = make_excitation(plan.hz, excitations(corners), loop_, setting.seed, device);
    release_ = tensor_of(release).to(device);

    share_slots(plan);
    const auto own = oscillator_shares(torch::eye(level_.size(0)).to(device));
    const auto track = loudness(level_, noise_, own);
    if (setting.imagine != 0)
        imagination_ =
            std::make_unique<Imagination>(std::move(network), raised(torch::stack(x).to(device), rise_of(track)),
                                          torch::stack(mask).to(device), setting.f0, setting.velocity);
    std::vector<double> decay;
    for (int64_t k = 0; k < track.size(0); ++k)
        decay.push_back(decay_of(track[k].to(torch::kCPU), loop_.start, loop_.end));
    decay_ = tensor_of(decay).to(device);
    level_change_ = flatten_loop(level_, loop_, decay_);
    noise_change_ = flatten_loop(noise_, loop_, decay_);
    loudness_ = loudness(silenced(level_, level_floor_), noise_, own);
    loudness_ = torch::maximum(loudness_, loudest(loudness_) - quietest);
    std::vector<double> hz;
    for (double r : corners.front().spectrum.partials.ratio) hz.push_back(r * setting.f0);
    brightness_ = std::make_unique<Brightness>(hz, loop_, device);
    corner_brightness_ = brightness_->of(silenced(level_, level_floor_), noise_, loudness_, decay_);
    const auto each = torch::eye(level_.size(0)).to(device);
    corner_course_ = course_of(synthesised(each), loop_, decay_);
}

// `oscillators` as oscillator_shares tells them.
Tensor PlaneNote::loudness(const Tensor& level, const Tensor& noise, const Tensor& oscillators) const {
    return loudness_of(linear(level), linear(noise), torch::mm(oscillators.square(), slot_weight_));
}

// Each corner's residual made white; white noise where it has none.
std::vector<Tensor> PlaneNote::excitations(const std::vector<CornerNote>& corners) const {
    std::vector<Tensor> noises;
    const auto widths = noise_widths_db(device_);
    for (size_t c = 0; c < corners.size(); ++c) {
        const auto& spectrum = corners[c].spectrum;
        const auto& residual = corners[c].residual;
        const auto white = noise_spectra(
            white_noise((loop_.end + 2) * hop, setting_.seed * corners.size() + c, spectrum.noise_correlation)
                .to(device_));
        if (!residual.defined()) {
            noises.push_back(white);
            continue;
        }
        const auto noise = noise_[int64_t(c)];
        const auto above = noise + widths - level_[int64_t(c)].max() + masked;
        noises.push_back(whitened(residual.to(device_), linear(noise), (above / unmasking).clamp(0, 1), white));
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
    slot_weight_ = torch::zeros({int64_t(plan.hz.size()), level_.size(3)}, level_.options());
    slot_weight_.scatter_(1, slots.unsqueeze(1), partial_weights(plan.hz).to(device_).unsqueeze(1));
}

// [places, oscillators]: 1 where a slot has one oscillator; else they share its power.
Tensor PlaneNote::oscillator_shares(const Tensor& shares) const {
    const auto amount = torch::mm(shares, strength_);
    const auto total = torch::mm(amount.square(), together_).sqrt();
    const auto alone = (together_.sum(0) < 1.5).unsqueeze(0);
    return torch::where(alone | (total <= 0), torch::ones_like(amount), amount / total.clamp_min(1e-20));
}

Tensor PlaneNote::synthesised(const Tensor& shares) const {
    const auto oscillators = oscillator_shares(shares), decay = torch::mv(shares, decay_);
    auto level = mixed(shares, level_), noise = mixed(shares, noise_);
    if (imagination_) {
        const auto imagined = imagination_->between(shares) * setting_.imagine;
        level += map_.partials(imagined).unsqueeze(2);
        noise += (map_.noise(imagined) - map_.noise(torch::zeros_like(imagined))).unsqueeze(2);
    }
    level = silenced(level, mixed(shares, level_floor_));
    // What swells and what dies away are loud at different times; half way between them nothing would be, so what is
    // loudest there is raised to what lies between their loudest moments, and neither what has died away is nor the
    // loop.
    auto track = mixed(shares, loudness_);
    const double before = std::max(double(loop_.start) - early * frames_per_second, double(loop_.start) / 2);
    const auto until_loop =
        ((double(loop_.start) - torch::arange(track.size(1), track.options())) / before).clamp(0, 1);
    const auto wanted = torch::mm(shares, loudest(loudness_));
    for (int round = 0; round < 2; ++round) {
        const auto now = loudest(track);
        track = track + (wanted - now) * (1 - (now - track) / raised_range).clamp(0, 1) * until_loop;
    }
    brightness_->straighten(level, noise, track, decay, shares, corner_brightness_);
    const auto found = torch::maximum(loudness(level, noise, oscillators), wanted - quietest);
    const auto gain = steadied((track - found).clamp(-40, 40)).view({level.size(0), -1, 1, 1});
    const auto change = [&shares](const LoopChange& c) {
        return LoopChange{mixed(shares, c.slope), mixed(shares, c.offset)};
    };
    level = closed(level + gain, loop_, change(level_change_));
    noise = closed(noise + gain, loop_, change(noise_change_));

    const auto amplitude =
        linear(level).index_select(3, torch::tensor(slot_).to(device_)) * oscillators.view({shares.size(0), 1, 1, -1});
    // Independent noises add up in power. A residual has gaps that the least of another fills, so that comes slowly.
    const auto grain = shares.clamp_min(0).pow(grain_power);
    return synthesise(excitation_, amplitude, linear(noise), grain / grain.square().sum(1, true).sqrt());
}

Rendering PlaneNote::render(const Tensor& places) const {
    const torch::NoGradGuard no_grad;
    const auto shares = places.to(device_);
    Rendering r{synthesised(shares), {}, {}};
    straighten(r.sound, loop_, torch::mv(shares, decay_), shares, corner_course_);
    const auto decay = torch::mv(shares, decay_).to(torch::kCPU);
    const auto release = torch::exp(torch::mv(shares, torch::log(release_))).to(torch::kCPU);
    for (int64_t i = 0; i < shares.size(0); ++i) {
        r.decay.push_back(decay[i].item<float>());
        r.release.push_back(release[i].item<float>());
    }
    return r;
}

} // namespace timbrel::models
