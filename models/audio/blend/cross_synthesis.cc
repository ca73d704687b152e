// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/blend/cross_synthesis.h"

#include "common/units.h"

#include <algorithm>
#include <cmath>

namespace timbrel::audio {
namespace {

constexpr double silence_depth = 50;      // dB below a sound's loudest band that counts as silence
constexpr double release_seconds = 0.012; // envelope release; longer than the period of a low voice
constexpr double bias_exponent = 2;       // of the ratio of the sounds' modulations
constexpr double largest_bias = 8;
constexpr double highest_gain = 30;     // dB; limits how far noise is raised
constexpr double level_exponent = 0.5;  // compresses the weight of loud bands' fine structure over soft bands'
constexpr double crossfade_seconds = 1; // after the shorter sound's end

// Time constants of the two low-passes whose difference passes modulation rates of about 1 to 8 Hz.
constexpr double fast_seconds = 0.02, slow_seconds = 0.15;

double smoothing_coefficient(double step, double time_constant) { return 1 - std::exp(-step / time_constant); }

// Multiplies the odds of the second sound at `position` by `factor`; 0 and 1 stay.
double scale_odds(double position, double factor) { return position * factor / (1 - position + position * factor); }

double bias_between(const SoundStatistics& first, const SoundStatistics& second) {
    constexpr double least = 0.5; // dB
    const double ratio = std::max(first.modulation_db, least) / std::max(second.modulation_db, least);
    return std::clamp(std::pow(ratio, bias_exponent), 1 / largest_bias, largest_bias);
}

Audio silent_audio(size_t frames) { return {0, std::vector<float>(frames), std::vector<float>(frames)}; }

// Measures how far band levels deviate from their own slower averages. Uses doubles, because sounds may last an hour.
struct ModulationMeter {
    Envelope fast{}, slow{}, squares{}, power{};
    size_t frames = 0;

    void add(const Envelope& levels, double floor, double seconds) {
        const double fast_step = smoothing_coefficient(seconds, fast_seconds),
                     slow_step = smoothing_coefficient(seconds, slow_seconds);
        for (size_t i = 0; i < envelope_bands; ++i) {
            const double level = std::max(levels[i], floor);
            if (frames == 0) fast[i] = slow[i] = level;
            fast[i] += fast_step * (level - fast[i]);
            slow[i] += slow_step * (fast[i] - slow[i]);
            squares[i] += (fast[i] - slow[i]) * (fast[i] - slow[i]);
            power[i] += db_to_power(levels[i]);
        }
        ++frames;
    }

    // The RMS deviation in dB, averaged over the bands with weights that grow with their power.
    double value() const {
        double sum = 0, weights = 0;
        for (size_t i = 0; i < envelope_bands; ++i) {
            const double weight = std::pow(power[i], 0.25);
            sum += weight * std::sqrt(squares[i] / static_cast<double>(frames));
            weights += weight;
        }
        return sum / weights;
    }
};

} // namespace

SoundStatistics measure_sound(const std::string& path, const StftShape& shape) {
    AudioReader reader(path, shape.rate);
    StftAnalysis analysis(shape);
    Audio block = silent_audio(shape.hop);
    SoundStatistics statistics;
    ModulationMeter modulation;
    for (size_t count = shape.hop; count == shape.hop; statistics.frames += count) {
        count = reader.read({block.left, block.right});
        std::fill(block.left.begin() + static_cast<std::ptrdiff_t>(count), block.left.end(), 0.0f);
        std::fill(block.right.begin() + static_cast<std::ptrdiff_t>(count), block.right.end(), 0.0f);
        analysis.push(block.left, block.right);
        const Envelope levels = analysis.envelope();
        statistics.peak_db = std::max(statistics.peak_db, *std::ranges::max_element(levels));
        statistics.peak_loudness = std::max(statistics.peak_loudness, analysis.loudness(analysis.spectrum()));
        modulation.add(levels, statistics.peak_db - silence_depth, shape.seconds());
    }
    statistics.modulation_db = modulation.value();
    return statistics;
}

CrossSynthesis::CrossSynthesis(const StftShape& shape, const SoundStatistics (&statistics)[2],
                               const BlendSettings& settings)
    : shape_(shape), statistics_{statistics[0], statistics[1]}, settings_(settings),
      envelope_bias_(bias_between(statistics[0], statistics[1])), analyses_{StftAnalysis(shape), StftAnalysis(shape)},
      synthesis_(shape), matcher_({statistics[0].peak_loudness * db_to_power(-silence_depth),
                                   statistics[1].peak_loudness * db_to_power(-silence_depth)},
                                  shape.seconds()),
      out_(silent_audio(shape.hop)) {
    for (auto& channel : mixed_) channel.resize(shape.bins());
    for (auto& gains : gains_) gains.resize(shape.bins());
    for (size_t sound = 0; sound < 2; ++sound) envelopes_[sound].fill(statistics_[sound].peak_db - silence_depth);
    out_.rate = shape.rate;
}

double CrossSynthesis::position_at(double frame) const {
    const double length = static_cast<double>(std::max(statistics_[0].frames, statistics_[1].frames));
    return settings_.from + (settings_.to - settings_.from) * std::clamp(frame / length, 0.0, 1.0);
}

// Rises at once, falls with release_seconds.
void CrossSynthesis::follow_envelopes() {
    const double release = smoothing_coefficient(shape_.seconds(), release_seconds);
    for (size_t sound = 0; sound < 2; ++sound) {
        const Envelope levels = analyses_[sound].envelope();
        for (size_t i = 0; i < envelope_bands; ++i) {
            double& level = envelopes_[sound][i];
            const double target = std::max(levels[i], statistics_[sound].peak_db - silence_depth);
            level += (target > level ? 1 : release) * (target - level);
        }
    }
}

// `crossfade` is 0 for the blend and 1 for a plain crossfade.
void CrossSynthesis::compute_gains(double position, double crossfade) {
    const Envelope target =
        interpolate_envelope(envelopes_[0], envelopes_[1], scale_odds(position, 1 / envelope_bias_));
    const double fine_position = scale_odds(position, envelope_bias_);
    Envelope decibels[2];
    for (size_t i = 0; i < envelope_bands; ++i) {
        double weight[2];
        for (size_t sound = 0; sound < 2; ++sound)
            weight[sound] = (sound ? fine_position : 1 - fine_position) *
                            db_to_power(level_exponent * (envelopes_[sound][i] - statistics_[sound].peak_db));
        for (size_t sound = 0; sound < 2; ++sound)
            decibels[sound][i] = std::min(target[i] - envelopes_[sound][i], highest_gain) +
                                 power_to_db(weight[sound] / (weight[0] + weight[1]) + 1e-20);
    }
    for (size_t sound = 0; sound < 2; ++sound) {
        analyses_[sound].bands().bin_gains(decibels[sound], gains_[sound]);
        const float dry_gain = static_cast<float>(crossfade * std::sqrt(sound ? position : 1 - position));
        for (float& gain : gains_[sound]) gain = static_cast<float>(1 - crossfade) * gain + dry_gain;
    }
}

void CrossSynthesis::mix_spectra(double position, double crossfade) {
    follow_envelopes();
    compute_gains(position, crossfade);
    for (size_t channel = 0; channel < 2; ++channel)
        for (size_t bin = 0; bin < mixed_[channel].size(); ++bin)
            mixed_[channel][bin] = gains_[0][bin] * analyses_[0].spectrum()[channel][bin] +
                                   gains_[1][bin] * analyses_[1].spectrum()[channel][bin];
}

void CrossSynthesis::push(const StereoBlock (&blocks)[2]) {
    Block block;
    for (size_t sound = 0; sound < 2; ++sound) {
        analyses_[sound].push(blocks[sound].left, blocks[sound].right);
        block.dry[sound].left.assign(blocks[sound].left.begin(), blocks[sound].left.end());
        block.dry[sound].right.assign(blocks[sound].right.begin(), blocks[sound].right.end());
    }
    blocks_.push_back(std::move(block));

    const double frame = (static_cast<double>(pushed_) - 1) * static_cast<double>(shape_.hop);
    const double past_end = frame - static_cast<double>(std::min(statistics_[0].frames, statistics_[1].frames));
    const double crossfade = std::clamp(past_end / (crossfade_seconds * shape_.rate), 0.0, 1.0),
                 position = position_at(frame);
    mix_spectra(position, crossfade);
    matcher_.push({position,
                   {analyses_[0].loudness(analyses_[0].spectrum()), analyses_[1].loudness(analyses_[1].spectrum())},
                   analyses_[0].loudness(mixed_),
                   past_end < 0,
                   1 - crossfade});
    if (const std::optional<double> gain = matcher_.next()) level_gains_.push_back(*gain);

    const StereoBlock ready = synthesis_.push(mixed_);
    if (pushed_ >= StftSynthesis::delay) {
        Audio& blend = blocks_[pushed_ - StftSynthesis::delay - pulled_].blend;
        blend.left.assign(ready.left.begin(), ready.left.end());
        blend.right.assign(ready.right.begin(), ready.right.end());
    }
    ++pushed_;
}

const Audio* CrossSynthesis::pull() {
    if (level_gains_.size() < 3) return nullptr;
    const Block& block = blocks_.front();
    const double frame = static_cast<double>(pulled_ * shape_.hop), hop = static_cast<double>(shape_.hop);
    const auto layer_gain = [&](double at) {
        return 2 * settings_.layer * std::sqrt(position_at(at) * (1 - position_at(at)));
    };
    const double blend[2] = {db_to_amplitude(level_gains_[1]), db_to_amplitude(level_gains_[2])};
    const double layer[2] = {layer_gain(frame), layer_gain(frame + hop)};
    const Audio& dry = block.dry[envelope_bias_ >= 1 ? 0 : 1];
    for (size_t i = 0; i < shape_.hop; ++i) {
        const double fraction = static_cast<double>(i) / hop;
        const float gain = static_cast<float>(blend[0] + fraction * (blend[1] - blend[0]));
        const float dry_gain = static_cast<float>(layer[0] + fraction * (layer[1] - layer[0]));
        out_.left[i] = gain * block.blend.left[i] + dry_gain * dry.left[i];
        out_.right[i] = gain * block.blend.right[i] + dry_gain * dry.right[i];
    }
    blocks_.pop_front();
    level_gains_.pop_front();
    ++pulled_;
    return &out_;
}

} // namespace timbrel::audio
