#include "models/audio/sources/sustain.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace timbrel::audio {
namespace {

constexpr double level_step = 0.01; // seconds from level to level

// Levels in dB of 20 ms every 10 ms.
std::vector<double> levels(const Audio& audio) {
    const size_t step = static_cast<size_t>(audio.rate * level_step);
    std::vector<double> all;
    for (size_t at = 0; step > 0 && at + 2 * step <= audio.frames(); at += step) {
        double squares = 1e-12;
        for (size_t i = at; i < at + 2 * step; ++i)
            squares += static_cast<double>(audio.left[i]) * audio.left[i] +
                       static_cast<double>(audio.right[i]) * audio.right[i];
        all.push_back(10 * std::log10(squares / (4.0 * static_cast<double>(step))));
    }
    return all;
}

// The straight line through values[from..to) and what it leaves.
struct Line {
    double slope = 0, error = 0; // dB per step; sum of squares
};

// Sums that give the line through any stretch at once.
class Lines {
  public:
    explicit Lines(const std::vector<double>& values) : sums_(values.size() + 1) {
        for (size_t i = 0; i < values.size(); ++i) {
            const double x = static_cast<double>(i), y = values[i];
            sums_[i + 1] = {sums_[i].y + y, sums_[i].xy + x * y, sums_[i].yy + y * y};
        }
    }
    Line through(size_t from, size_t to) const {
        const double n = static_cast<double>(to - from), first = static_cast<double>(from);
        const double middle = first + (n - 1) / 2, spread = n * (n * n - 1) / 12;
        const double y = sums_[to].y - sums_[from].y, xy = sums_[to].xy - sums_[from].xy - middle * y;
        const double yy = sums_[to].yy - sums_[from].yy - y * y / n;
        const double slope = spread > 0 ? xy / spread : 0;
        return {slope, std::max(0.0, yy - slope * xy)};
    }

  private:
    struct Sums {
        double y = 0, xy = 0, yy = 0;
    };
    std::vector<Sums> sums_;
};

double middle(const Audio& audio, size_t i) { return 0.5 * (static_cast<double>(audio.left[i]) + audio.right[i]); }

// Lengthens a sound by stretches of another, crossfading over the joint.
class Joiner {
  public:
    Joiner(const Audio& from, size_t frames) : from_(from), fade_(static_cast<size_t>(from.rate * 0.03)) {
        out_ = {from.rate,
                {from.left.begin(), from.left.begin() + static_cast<std::ptrdiff_t>(frames)},
                {from.right.begin(), from.right.begin() + static_cast<std::ptrdiff_t>(frames)}};
        fade_ = std::min(fade_, frames);
    }

    // Goes on with from[start..end) at `gain` times the level it was last taken at; `exact`: at that very frame.
    void go_on(size_t start, size_t end, double gain, bool exact) {
        const size_t fade = std::min(fade_, start);
        if (!exact) start = best_start(start, end, fade);
        gain_ *= gain;
        const size_t joint = out_.frames() - fade;
        for (auto [to, source] : {std::pair{&out_.left, &from_.left}, std::pair{&out_.right, &from_.right}}) {
            for (size_t i = 0; i < fade; ++i) {
                const float share = static_cast<float>((static_cast<double>(i) + 0.5) / static_cast<double>(fade));
                float& sample = (*to)[joint + i];
                sample += share * (static_cast<float>(gain_) * (*source)[start - fade + i] - sample);
            }
            for (size_t i = start; i < end; ++i) to->push_back(static_cast<float>(gain_) * (*source)[i]);
        }
    }

    // By how much from[at] is too loud for what came so far; never by how much too soft.
    double matching_gain(size_t at) const {
        const size_t span = std::min(fade_, at);
        double was = 1e-12, comes = 1e-12;
        for (size_t i = 0; i < span; ++i) {
            was += std::pow(middle(out_, out_.frames() - span + i), 2);
            comes += std::pow(gain_ * middle(from_, at - span + i), 2);
        }
        return std::clamp(std::sqrt(was / comes), 1e-4, 1.0);
    }

    void cut(size_t frames) {
        out_.left.resize(std::min(frames, out_.frames()));
        out_.right.resize(out_.left.size());
    }

    const Audio& out() const { return out_; }

  private:
    // Within 15 ms, where what comes agrees best with what was.
    size_t best_start(size_t start, size_t end, size_t fade) const {
        const size_t reach = static_cast<size_t>(from_.rate * 0.015);
        const size_t first = std::max(fade, start > reach ? start - reach : 0), last = std::min(end, start + reach);
        size_t best = start;
        double most = -2;
        for (size_t at = first; at < last; ++at) {
            double product = 0, energy = 1e-12;
            for (size_t i = 0; i < fade; i += 2) {
                const double here = middle(from_, at - fade + i);
                product += here * middle(out_, out_.frames() - fade + i);
                energy += here * here;
            }
            const double agreement = product / std::sqrt(energy);
            if (agreement <= most) continue;
            most = agreement;
            best = at;
        }
        return best;
    }

    const Audio& from_;
    size_t fade_;
    Audio out_;
    double gain_ = 1;
};

} // namespace

std::optional<double> release_start(const Audio& audio) {
    const std::vector<double> all = levels(audio);
    if (all.size() < 20) return std::nullopt;
    const auto peak = std::ranges::max_element(all);
    // From the end of the attack on: a trembling note may be loudest just before it ends.
    const auto up = std::ranges::find_if(all, [&](double level) { return level > *peak - 6; });
    const size_t first = static_cast<size_t>(up - all.begin()) + 2;
    // The end of what can be heard: noise after the release would bend the second line.
    size_t last = all.size();
    while (last > first && all[last - 1] < *peak - 50) --last;
    if (last < first + 16) return std::nullopt;

    const Lines lines(all);
    const double one = lines.through(first, last).error;
    double least = one;
    size_t joint = 0;
    for (size_t at = first + 8; at + 4 <= last; ++at)
        if (const double error = lines.through(first, at).error + lines.through(at, last).error; error < least) {
            least = error;
            joint = at;
        }
    // A struck bar's two decays look like a short note that is let go.
    if (joint < first + 20) return std::nullopt;
    const double before = lines.through(first, joint).slope / level_step,
                 after = lines.through(joint, last).slope / level_step;
    const double fallen = all[joint] - *std::min_element(all.begin() + static_cast<std::ptrdiff_t>(joint), all.end());
    const bool released = after < -18 && after < 2.5 * std::min(before, 0.0) - 12 && fallen > 12 && least < 0.6 * one;
    // The level of 20 ms begins to fall when their last samples do.
    return released ? std::optional((static_cast<double>(joint) + 1) * level_step) : std::nullopt;
}

Held held_for(const Audio& audio, const HeldPart& part, double seconds) {
    const size_t asked = static_cast<size_t>(std::lround(seconds * audio.rate));
    const size_t held = std::min(audio.frames(), static_cast<size_t>(std::lround(part.end * audio.rate)));
    const bool released = part.released && held < audio.frames();
    if (held > asked) {
        Joiner joiner(audio, asked);
        if (released) joiner.go_on(held, audio.frames(), joiner.matching_gain(held), false);
        return {joiner.out(), seconds, false};
    }
    const Held as_it_is{audio, released ? part.end : audio.seconds(), false};
    if (held + static_cast<size_t>(0.02 * audio.rate) >= asked) return as_it_is;

    const bool looped = part.loop_end > part.loop_start && part.loop_end <= held;
    // Without a loop of its own: from behind the attack to where an unknown end may already fade.
    const size_t edge = static_cast<size_t>(audio.rate * (released ? 0.02 : 0.05));
    const size_t end = looped ? part.loop_end : held > edge ? held - edge : 0;
    const size_t start = looped ? part.loop_start : std::max(static_cast<size_t>(0.12 * audio.rate), 3 * end / 10);
    if (!looped && end < start + static_cast<size_t>(0.08 * audio.rate)) return as_it_is;
    const std::vector<double> all = levels(audio);
    const size_t step = static_cast<size_t>(audio.rate * level_step);
    if (all.size() < 2 || all[std::min(end / step, all.size() - 1)] < *std::ranges::max_element(all) - 50)
        return as_it_is;

    // A note that dies away goes on doing so; one that only trembles is not taken for it.
    const double slope =
        Lines(all).through(std::min(start / step, all.size() - 2), std::min(end / step, all.size())).slope / level_step;
    const double fall = looped || slope > -3 ? 0 : slope * static_cast<double>(end - start) / audio.rate;
    Joiner joiner(audio, end);
    while (joiner.out().frames() < asked) joiner.go_on(start, end, std::pow(10, fall / 20), looped);
    joiner.cut(asked);
    if (released) joiner.go_on(held, audio.frames(), joiner.matching_gain(held), false);
    return {joiner.out(), seconds, true};
}

} // namespace timbrel::audio
