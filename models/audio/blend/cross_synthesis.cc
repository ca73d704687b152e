#include "models/audio/blend/cross_synthesis.h"

#include <algorithm>
#include <cmath>

namespace timbrel::audio {
namespace {

constexpr double depth = 50;              // dB under a sound's loudest band that count as silence
constexpr double release_seconds = 0.012; // of the envelopes, so that a deep voice's single periods do not show
constexpr double eagerness = 2;           // how much the movements' ratio counts
constexpr double longest_lead = 8;
constexpr double highest_gain = 30;   // dB: what is in neither sound is not dug out of their noise
constexpr double compression = 0.5;   // of levels, where loud bands' fine structure outweighs soft ones'
constexpr double parting_seconds = 1; // from a blend to what is left of it

// In Hearing: 1 to 8 movements a second lie between the two.
constexpr double fast_seconds = 0.02, slow_seconds = 0.15;

double approach(double step, double constant) { return 1 - std::exp(-step / constant); }

// A share leaned towards the second sound, for factors above 1; 0 and 1 stay.
double leaned(double share, double factor) { return share * factor / (1 - share + share * factor); }

double lead_of(const Hearing& first, const Hearing& second) {
    constexpr double least = 0.5; // dB
    const double ratio = std::max(first.movement, least) / std::max(second.movement, least);
    return std::clamp(std::pow(ratio, eagerness), 1 / longest_lead, longest_lead);
}

Audio of_length(size_t frames) { return {0, std::vector<float>(frames), std::vector<float>(frames)}; }

// How far the bands swing about their own slower levels. Summed over an hour, so in double.
struct Movement {
    Envelope fast{}, slow{}, squares{}, power{};
    size_t frames = 0;

    void add(const Envelope& levels, double least, double seconds) {
        const double quick = approach(seconds, fast_seconds), lazy = approach(seconds, slow_seconds);
        for (size_t i = 0; i < envelope_bands; ++i) {
            const double level = std::max(levels[i], least);
            if (frames == 0) fast[i] = slow[i] = level;
            fast[i] += quick * (level - fast[i]);
            slow[i] += lazy * (fast[i] - slow[i]);
            squares[i] += (fast[i] - slow[i]) * (fast[i] - slow[i]);
            power[i] += std::pow(10, levels[i] / 10);
        }
        ++frames;
    }

    // Mean over the bands, strong ones weighing more.
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

Hearing hear(const std::string& path, const FrameShape& shape) {
    AudioReader reader(path, shape.rate);
    FrameAnalysis analysis(shape);
    Audio block = of_length(shape.hop);
    Hearing hearing;
    Movement movement;
    for (size_t got = shape.hop; got == shape.hop; hearing.frames += got) {
        got = reader.read({block.left, block.right});
        std::fill(block.left.begin() + static_cast<std::ptrdiff_t>(got), block.left.end(), 0.0f);
        std::fill(block.right.begin() + static_cast<std::ptrdiff_t>(got), block.right.end(), 0.0f);
        analysis.push(block.left, block.right);
        const Envelope levels = analysis.levels();
        hearing.peak = std::max(hearing.peak, *std::ranges::max_element(levels));
        hearing.loudest = std::max(hearing.loudest, analysis.loudness(analysis.spectrum()));
        movement.add(levels, hearing.peak - depth, shape.seconds());
    }
    hearing.movement = movement.value();
    return hearing;
}

Blender::Blender(const FrameShape& shape, const Hearing (&hearings)[2], const BlendWay& way)
    : shape_(shape), hearings_{hearings[0], hearings[1]}, way_(way),
      lead_(lead_of(hearings[0], hearings[1])), analyses_{FrameAnalysis(shape), FrameAnalysis(shape)},
      synthesis_(shape),
      leveller_({hearings[0].loudest * std::pow(10, -depth / 10), hearings[1].loudest * std::pow(10, -depth / 10)},
                shape.seconds()),
      out_(of_length(shape.hop)) {
    for (auto& channel : mixed_) channel.resize(shape.bins());
    for (auto& gains : gains_) gains.resize(shape.bins());
    for (size_t sound = 0; sound < 2; ++sound) envelopes_[sound].fill(hearings_[sound].peak - depth);
    out_.rate = shape.rate;
}

double Blender::share(double frame) const {
    const double length = static_cast<double>(std::max(hearings_[0].frames, hearings_[1].frames));
    return way_.from + (way_.to - way_.from) * std::clamp(frame / length, 0.0, 1.0);
}

void Blender::mix(double share, double alone) {
    const double release = approach(shape_.seconds(), release_seconds);
    for (size_t sound = 0; sound < 2; ++sound) {
        const Envelope levels = analyses_[sound].levels();
        for (size_t i = 0; i < envelope_bands; ++i) {
            double& level = envelopes_[sound][i];
            const double now = std::max(levels[i], hearings_[sound].peak - depth);
            level += (now > level ? 1 : release) * (now - level);
        }
    }
    const Envelope between = envelope_between(envelopes_[0], envelopes_[1], leaned(share, 1 / lead_));
    const double inside = leaned(share, lead_);
    Envelope decibels[2];
    for (size_t i = 0; i < envelope_bands; ++i) {
        double weight[2];
        for (size_t sound = 0; sound < 2; ++sound)
            weight[sound] = (sound ? inside : 1 - inside) *
                            std::pow(10, compression * (envelopes_[sound][i] - hearings_[sound].peak) / 10);
        for (size_t sound = 0; sound < 2; ++sound)
            decibels[sound][i] = std::min(between[i] - envelopes_[sound][i], highest_gain) +
                                 10 * std::log10(weight[sound] / (weight[0] + weight[1]) + 1e-20);
    }
    for (size_t sound = 0; sound < 2; ++sound) {
        analyses_[sound].scale().gains(decibels[sound], gains_[sound]);
        const float left_over = static_cast<float>(alone * std::sqrt(sound ? share : 1 - share));
        for (float& gain : gains_[sound]) gain = static_cast<float>(1 - alone) * gain + left_over;
    }
    for (size_t channel = 0; channel < 2; ++channel)
        for (size_t bin = 0; bin < mixed_[channel].size(); ++bin)
            mixed_[channel][bin] = gains_[0][bin] * analyses_[0].spectrum()[channel][bin] +
                                   gains_[1][bin] * analyses_[1].spectrum()[channel][bin];
}

void Blender::push(const StereoBlock (&blocks)[2]) {
    Block block;
    for (size_t sound = 0; sound < 2; ++sound) {
        analyses_[sound].push(blocks[sound].left, blocks[sound].right);
        block.dry[sound].left.assign(blocks[sound].left.begin(), blocks[sound].left.end());
        block.dry[sound].right.assign(blocks[sound].right.begin(), blocks[sound].right.end());
    }
    blocks_.push_back(std::move(block));

    const double frame = (static_cast<double>(pushed_) - 1) * static_cast<double>(shape_.hop);
    const double over = frame - static_cast<double>(std::min(hearings_[0].frames, hearings_[1].frames));
    const double alone = std::clamp(over / (parting_seconds * shape_.rate), 0.0, 1.0), now = share(frame);
    mix(now, alone);
    leveller_.push({now,
                    {analyses_[0].loudness(analyses_[0].spectrum()), analyses_[1].loudness(analyses_[1].spectrum())},
                    analyses_[0].loudness(mixed_),
                    over < 0,
                    1 - alone});
    if (const std::optional<double> level = leveller_.next()) levels_.push_back(*level);

    const StereoBlock ready = synthesis_.push(mixed_);
    if (pushed_ >= FrameSynthesis::delay) {
        Audio& blend = blocks_[pushed_ - FrameSynthesis::delay - pulled_].blend;
        blend.left.assign(ready.left.begin(), ready.left.end());
        blend.right.assign(ready.right.begin(), ready.right.end());
    }
    ++pushed_;
}

const Audio* Blender::pull() {
    if (levels_.size() < 3) return nullptr;
    const Block& block = blocks_.front();
    const double frame = static_cast<double>(pulled_ * shape_.hop), hop = static_cast<double>(shape_.hop);
    const auto amplitude = [](double decibels) { return std::pow(10, decibels / 20); };
    const auto layer = [&](double place) { return 2 * way_.layer * std::sqrt(share(place) * (1 - share(place))); };
    const double blend[2] = {amplitude(levels_[1]), amplitude(levels_[2])};
    const double dry[2] = {layer(frame), layer(frame + hop)};
    const Audio& words = block.dry[lead_ >= 1 ? 0 : 1];
    for (size_t i = 0; i < shape_.hop; ++i) {
        const double step = static_cast<double>(i) / hop;
        const float gain = static_cast<float>(blend[0] + step * (blend[1] - blend[0]));
        const float laid = static_cast<float>(dry[0] + step * (dry[1] - dry[0]));
        out_.left[i] = gain * block.blend.left[i] + laid * words.left[i];
        out_.right[i] = gain * block.blend.right[i] + laid * words.right[i];
    }
    blocks_.pop_front();
    levels_.pop_front();
    ++pulled_;
    return &out_;
}

} // namespace timbrel::audio
