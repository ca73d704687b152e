// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/morph/plane_note.h"

#include "common/units.h"
#include "models/analysis/residual.h"
#include "models/recipe/recipe.h"
#include "models/spectral/overlap_add.h"
#include "models/tensor/decibels.h"
#include "models/tensor/stage_timer.h"
#include "models/tensor/weighted_mix.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr double least_presence = 1e-6; // of a partial that the corners at a position lack
constexpr double least_share = 1e-3;    // of a corner, so that an oscillator of distant corners has a phase

Tensor amplitude_to_db(const Tensor& amplitude) { return 20 * torch::log10(amplitude + 1e-12); }
Tensor noise_widths_db(torch::Device device) { return 10 * torch::log10(to_tensor(noise_band_widths()).to(device)); }

// Expands levels near their floor downwards: hundreds of partials at the floor would add up to a hiss. The slope is
// gentle, because crossfades of cells follow sudden level changes badly.
Tensor soft_gate(const Tensor& level, const Tensor& floor) {
    const auto knee = floor + morph_recipe().gate_range;
    return torch::minimum(level, level + morph_recipe().gate_slope * (level - knee));
}

// Limits the rise and fall of levels [corners, frames, 2, slots] to max_change. Where two tones in a partial beat, its
// level drops to nothing for a moment; the recording's residual turns this into a smooth change of phase. In a dB mean
// with another corner it would be a gap, audible as a burst at all other frequencies.
Tensor without_gaps(const Tensor& level) {
    const auto frames = level.size(1);
    auto filled = level.clone();
    for (int64_t k = morph_recipe().gap_filling_start; k < frames; ++k)
        filled.select(1, k).copy_(
            torch::maximum(filled.select(1, k), filled.select(1, k - 1) - morph_recipe().max_change));
    for (int64_t k = frames - 2; k >= morph_recipe().gap_filling_start; --k)
        filled.select(1, k).copy_(
            torch::maximum(filled.select(1, k), filled.select(1, k + 1) - morph_recipe().max_change));
    return filled;
}

// Smooths gains [positions, frames] in dB, more with time: unsmoothed in the attack, then over 15, then 65 frames.
// Gains shall follow the envelope and not fluctuations: a single strong partial would modulate all others in antiphase.
Tensor smooth_gain(const Tensor& gain) {
    const auto frames = gain.size(1);
    const auto averaged = [&](int64_t width) {
        const int64_t side = std::min(width / 2, frames - 1);
        return torch::avg_pool1d(torch::replication_pad1d(gain.unsqueeze(1), {side, side}), 2 * side + 1, 1).squeeze(1);
    };
    const auto time = torch::arange(frames, gain.options());
    const auto ramp = [&](double start, double end) { return ((time - start) / (end - start)).clamp(0, 1); };
    const auto medium = ramp(morph_recipe().smooth_from, morph_recipe().smooth_medium),
               late = ramp(morph_recipe().smooth_medium, morph_recipe().smooth_late);
    return (1 - medium) * gain + medium * (1 - late) * averaged(morph_recipe().smooth_medium_width) +
           medium * late * averaged(morph_recipe().smooth_late_width);
}

} // namespace

PlaneNote::PlaneNote(NoteModelPtr model, const std::vector<CornerNote>& corners, const NoteSetting& setting,
                     const OscillatorPlan& plan, torch::Device device)
    : setting_(setting), device_(device), loop_(plan.loop), slot_(plan.slot),
      map_(corners.front().spectrum.partials, setting.f0, device) {
    const torch::NoGradGuard no_grad;
    const StageTimer timer(Stage::mix);
    std::vector<double> release;
    std::vector<Features> features;
    for (const auto& c : corners) {
        release.push_back(c.release);
        features.push_back(extract_features(c.spectrum));
    }
    release_ = to_tensor(release).to(device);
    set_levels(corners, features);
    {
        const StageTimer exciting(Stage::synthesise);
        excitation_ = make_excitation(plan.hz, excitations(corners), loop_, setting.seed, device);
    }
    set_oscillators(plan, corners);
    const auto each_corner = torch::eye(level_.size(0)).to(device);
    const auto track = loudness(level_, noise_, oscillator_gains(each_corner));
    if (setting.network_amount != 0) set_interpolation(std::move(model), features, track);
    flatten_loops(corners, track);
    set_presence(corners);
    set_targets(corners.front().spectrum.partials.hz(setting.f0));
}

// Levels of the corners over the note, padded with silence after a recording's end.
void PlaneNote::set_levels(const std::vector<CornerNote>& corners, const std::vector<Features>& features) {
    const int64_t frames = loop_.end + 1;
    const auto fitted = [frames](const Tensor& t) {
        return torch::constant_pad_nd(t.slice(0, 0, frames), {0, 0, 0, 0, 0, std::max<int64_t>(0, frames - t.size(0))});
    };
    std::vector<Tensor> level, noise;
    std::vector<double> floor;
    for (size_t c = 0; c < corners.size(); ++c) {
        const auto& s = corners[c].spectrum;
        floor.push_back(power_to_db(features[c].reference_power) - morph_recipe().dynamic_range);
        level.push_back(amplitude_to_db(fitted(s.partial)).clamp_min(floor.back()));
        const auto widths = noise_widths_db(s.noise.device());
        noise.push_back(
            (amplitude_to_db(fitted(s.noise)) + widths).clamp_min(floor.back() - morph_recipe().noise_margin) - widths);
    }
    level_ = without_gaps(torch::stack(level).to(device_));
    noise_ = torch::stack(noise).to(device_);
    level_floor_ = to_tensor(floor).view({-1, 1, 1, 1}).to(device_);
}

void PlaneNote::set_interpolation(NoteModelPtr model, const std::vector<Features>& features, const Tensor& track) {
    const int64_t frames = loop_.end + 1;
    std::vector<Tensor> x, mask;
    for (const auto& f : features) {
        x.push_back(torch::constant_pad_nd(f.db.slice(1, 0, frames), {0, std::max<int64_t>(0, frames - f.db.size(1))},
                                           feature_floor));
        mask.push_back(f.mask);
    }
    interpolation_ = std::make_unique<LatentInterpolation>(
        std::move(model), normalise_level(torch::stack(x).to(device_), normalising_gain(track)),
        torch::stack(mask).to(device_), NoteConditions{setting_.f0, setting_.velocity});
}

// Each corner decays in the loop as measured there, within a tolerance of its decay while it is held for long.
void PlaneNote::flatten_loops(const std::vector<CornerNote>& corners, const Tensor& track) {
    std::vector<double> decay;
    for (size_t c = 0; c < corners.size(); ++c) {
        const double in_loop = decay_rate(track[int64_t(c)].to(torch::kCPU), loop_.start, loop_.end);
        const double tolerance = morph_recipe().decay_tolerance, held = corners[c].decay.value_or(in_loop);
        decay.push_back(std::clamp(in_loop, held / tolerance, held * tolerance));
    }
    decay_ = to_tensor(decay).to(device_);
    level_change_ = flatten_loop(level_, loop_, decay_);
    noise_change_ = flatten_loop(noise_, loop_, decay_);
}

// See the header. Changes to the loop are those of the corners that have the partial, too.
void PlaneNote::set_presence(const std::vector<CornerNote>& corners) {
    const auto& table = corners.front().spectrum.partials;
    if (table.free == 0) return;
    presence_ = torch::ones({level_.size(0), level_.size(3)});
    for (size_t c = 0; c < corners.size(); ++c)
        for (int k = table.first_free(); k < table.size(); ++k)
            if (!corners[c].spectrum.partials.active[k]) presence_[int64_t(c)][k] = 0;
    presence_ = presence_.to(device_);
    const auto present = presence_.view({presence_.size(0), 1, 1, -1});
    const auto fill = [&](Tensor& t) {
        t = torch::where(present > 0, t, (t * present).sum(0, true) / present.sum(0, true).clamp_min(1));
    };
    fill(level_);
    fill(level_change_.before);
    fill(level_change_.offset);
}

// Levels [positions, frames, 2, slots] with the weight of the corners that have each partial.
Tensor PlaneNote::with_presence(const Tensor& level, const Tensor& weights) const {
    if (!presence_.defined()) return level;
    const auto weight = torch::mm(weights.clamp_min(0), presence_).clamp_min(least_presence);
    return level + (20 * torch::log10(weight)).view({weights.size(0), 1, 1, -1});
}

// The corners' loudness, brightness and temporal envelopes, between which those of all positions are interpolated.
void PlaneNote::set_targets(const std::vector<double>& slot_hz) {
    const auto each_corner = torch::eye(level_.size(0)).to(device_);
    const auto level = with_presence(soft_gate(level_, level_floor_), each_corner);
    loudness_ = loudness(level, noise_, oscillator_gains(each_corner));
    loudness_ = torch::maximum(loudness_, max_momentary_loudness(loudness_) - morph_recipe().loudness_range);
    tilt_ = std::make_unique<SpectralTilt>(slot_hz, loop_, device_);
    corner_centroids_ = tilt_->centroid(level, noise_, loudness_, decay_);
    std::vector<Tensor> loudest, attack, late;
    for (int64_t c = 0; c < level_.size(0); ++c) { // one by one: a long note takes much memory
        const auto envelope =
            measure_temporal_envelope(synthesised(each_corner.slice(0, c, c + 1)), loop_, decay_.slice(0, c, c + 1));
        loudest.push_back(envelope.max_loudness);
        attack.push_back(envelope.attack_time);
        late.push_back(envelope.late_level);
    }
    corner_envelopes_ = {torch::cat(loudest), torch::cat(attack), torch::cat(late)};
}

// `oscillators`: as oscillator_gains returns them.
Tensor PlaneNote::loudness(const Tensor& level, const Tensor& noise, const Tensor& oscillators) const {
    return loudness_track(db_to_amplitude(level), db_to_amplitude(noise),
                          torch::mm(oscillators.square(), slot_loudness_weight_));
}

// Each corner's whitened residual; white noise where it has none.
std::vector<Tensor> PlaneNote::excitations(const std::vector<CornerNote>& corners) const {
    std::vector<Tensor> noises;
    const auto widths = noise_widths_db(device_);
    for (size_t c = 0; c < corners.size(); ++c) {
        const auto& spectrum = corners[c].spectrum;
        const auto& residual = corners[c].residual;
        const auto white = noise_stft(
            white_noise((loop_.end + 2) * hop, setting_.seed * corners.size() + c, spectrum.noise_correlation)
                .to(device_));
        if (!residual.defined()) {
            noises.push_back(white);
            continue;
        }
        const auto noise = noise_[int64_t(c)];
        const auto above_mask = noise + widths - level_[int64_t(c)].max() + morph_recipe().masking_range;
        noises.push_back(whiten_residual(residual.to(device_), db_to_amplitude(noise),
                                         (above_mask / morph_recipe().masking_fade).clamp(0, 1), white));
    }
    return noises;
}

// Each corner's amplitude at each oscillator, and which oscillators share a slot.
void PlaneNote::set_oscillators(const OscillatorPlan& plan, const std::vector<CornerNote>& corners) {
    const auto amplitude = db_to_amplitude(level_).mean({1, 2});
    const auto slots = torch::tensor(plan.slot).to(device_);
    const auto mask = torch::from_blob(const_cast<float*>(plan.corner_mask.data()),
                                       {int64_t(plan.hz.size()), level_.size(0)}, torch::kFloat);
    strength_ = amplitude.index_select(1, slots) * mask.t().to(device_);
    set_channel_phases(corners, slots, mask.t().to(device_));
    same_slot_ = (slots.unsqueeze(0) == slots.unsqueeze(1)).to(torch::kFloat);
    slot_loudness_weight_ = torch::zeros({int64_t(plan.hz.size()), level_.size(3)}, level_.options());
    slot_loudness_weight_.scatter_(1, slots.unsqueeze(1), partial_loudness_weights(plan.hz).to(device_).unsqueeze(1));
}

// The corners' phases between the channels at their oscillators; undefined where all channels are in phase.
void PlaneNote::set_channel_phases(const std::vector<CornerNote>& corners, const Tensor& slots, const Tensor& mask) {
    std::vector<Tensor> phases;
    for (const auto& c : corners) {
        const auto& phase = c.spectrum.channel_phase;
        phases.push_back(phase.defined() ? phase.to(device_).index_select(0, slots) : torch::zeros_like(mask[0]));
    }
    channel_phase_ = torch::stack(phases) * mask;
    has_oscillator_ = mask.clone(); // the plan owns its memory
    if ((channel_phase_ == 0).all().item<bool>()) channel_phase_ = Tensor();
}

// Phases between the channels [positions, oscillators], mixed from the corners that have the oscillator. A mean of
// angles moves by at most 2π from corner to corner, evenly: cells side by side stay nearly in phase, so that crossfades
// lose no level. A mean of phasors would jump where they cancel.
Tensor PlaneNote::channel_phases(const Tensor& weights) const {
    if (!channel_phase_.defined()) return {};
    const auto shares = weights.clamp_min(0) + least_share;
    return torch::mm(shares, channel_phase_) / torch::mm(shares, has_oscillator_);
}

// Gains [positions, oscillators]: 1 where a slot has one oscillator; several divide its power.
Tensor PlaneNote::oscillator_gains(const Tensor& weights) const {
    const auto amplitude = torch::mm(weights, strength_);
    const auto total = torch::mm(amplitude.square(), same_slot_).sqrt();
    const auto single = (same_slot_.sum(0) < 1.5).unsqueeze(0);
    return torch::where(single | (total <= 0), torch::ones_like(amplitude), amplitude / total.clamp_min(1e-20));
}

PlaneNote::Levels PlaneNote::interpolated_levels(const Tensor& weights) const {
    auto level = weighted_mix(weights, level_), noise = weighted_mix(weights, noise_);
    if (interpolation_) {
        const auto correction = interpolation_->correction_at(weights) * setting_.network_amount;
        level += map_.partials(correction).unsqueeze(2);
        noise += (map_.noise(correction) - map_.noise(torch::zeros_like(correction))).unsqueeze(2);
    }
    return {with_presence(soft_gate(level, weighted_mix(weights, level_floor_)), weights), noise};
}

// Loudness [positions, frames] in dB. A sound that swells and one that dies away are loud at different times, so their
// mean is loud at none: its loudest moments before the loop are raised to the mean of the corners' maxima.
Tensor PlaneNote::target_loudness(const Tensor& weights) const {
    auto track = weighted_mix(weights, loudness_);
    const double fade =
        std::max(double(loop_.start) - morph_recipe().boost_fade * frames_per_second, double(loop_.start) / 2);
    const auto before_loop = ((double(loop_.start) - torch::arange(track.size(1), track.options())) / fade).clamp(0, 1);
    const auto wanted = torch::mm(weights, max_momentary_loudness(loudness_));
    for (int i = 0; i < morph_recipe().boost_iterations; ++i) {
        const auto now = max_momentary_loudness(track);
        track = track + (wanted - now) * (1 - (now - track) / morph_recipe().boost_range).clamp(0, 1) * before_loop;
    }
    return track;
}

Tensor PlaneNote::synthesised(const Tensor& weights) const {
    const auto oscillators = oscillator_gains(weights), decay = torch::mv(weights, decay_);
    auto [level, noise] = interpolated_levels(weights);
    const auto track = target_loudness(weights);
    const auto quietest = torch::mm(weights, max_momentary_loudness(loudness_)) - morph_recipe().loudness_range;
    tilt_->linearise(level, noise, track, decay, weights, corner_centroids_);
    const auto found = torch::maximum(loudness(level, noise, oscillators), quietest);
    const auto gain =
        smooth_gain((track - found).clamp(-morph_recipe().max_loudness_gain, morph_recipe().max_loudness_gain))
            .view({level.size(0), -1, 1, 1});
    const auto change = [&weights](const LoopChange& c) {
        return LoopChange{weighted_mix(weights, c.before), weighted_mix(weights, c.offset)};
    };
    level = close_loop(level + gain, loop_, change(level_change_));
    noise = close_loop(noise + gain, loop_, change(noise_change_));

    const auto amplitude = db_to_amplitude(level).index_select(3, torch::tensor(slot_).to(device_)) *
                           oscillators.view({weights.size(0), 1, 1, -1});
    // Independent noises add in power, hence the normalisation. The exponent lets another corner's noise come in
    // slowly, because even little of it fills the gaps of a residual.
    const auto mix = weights.clamp_min(0).pow(morph_recipe().noise_mix_power);
    const StageTimer timer(Stage::synthesise);
    return synthesise(excitation_, amplitude, channel_phases(weights), db_to_amplitude(noise),
                      mix / mix.square().sum(1, true).sqrt());
}

Rendering PlaneNote::render(const Tensor& position_weights) const {
    const torch::NoGradGuard no_grad;
    const StageTimer timer(Stage::mix);
    const auto weights = position_weights.to(device_);
    Rendering r{synthesised(weights), {}, {}};
    linearise(r.sound, loop_, torch::mv(weights, decay_), weights, corner_envelopes_);
    const auto decay = torch::mv(weights, decay_).to(torch::kCPU);
    const auto release = torch::exp(torch::mv(weights, torch::log(release_))).to(torch::kCPU);
    for (int64_t i = 0; i < weights.size(0); ++i) {
        r.decay.push_back(decay[i].item<float>());
        r.release.push_back(release[i].item<float>());
    }
    return r;
}

} // namespace timbrel::models
