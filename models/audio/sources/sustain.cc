// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/sources/sustain.h"

#include "common/units.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace timbrel::audio {
namespace {

constexpr double level_step = 0.01; // seconds

// A player ends a held note: after a stretch within `stretch_range` the level falls by more than `release_drop` within
// `release_time`, for good.
constexpr size_t stretch_steps = 30, release_steps = 50, averaged_steps = 10;
constexpr double stretch_range = 6, release_drop = 20, audible_range = 40; // dB
constexpr double release_margin = 0.1; // seconds of the stretch's end, in which the level may sag

constexpr double loop_window = 0.05, loop_range = 10; // seconds at both ends of a loop, and dB between them

// RMS levels in dB of 20 ms windows every 10 ms.
std::vector<double> level_curve(const Audio& audio) {
    const size_t step = static_cast<size_t>(audio.rate * level_step);
    std::vector<double> levels;
    for (size_t at = 0; step > 0 && at + 2 * step <= audio.frames(); at += step) {
        double squares = 1e-12;
        for (size_t i = at; i < at + 2 * step; ++i)
            squares += static_cast<double>(audio.left[i]) * audio.left[i] +
                       static_cast<double>(audio.right[i]) * audio.right[i];
        levels.push_back(power_to_db(squares / (4.0 * static_cast<double>(step))));
    }
    return levels;
}

// The least-squares line through values[from..to).
struct LineFit {
    double slope = 0, error = 0; // dB per step; sum of squared residuals
};

// Fits lines to any range of values in constant time, by prefix sums.
class LineFitter {
  public:
    explicit LineFitter(const std::vector<double>& values) : sums_(values.size() + 1) {
        for (size_t i = 0; i < values.size(); ++i) {
            const double x = static_cast<double>(i), y = values[i];
            sums_[i + 1] = {sums_[i].y + y, sums_[i].xy + x * y, sums_[i].yy + y * y};
        }
    }
    LineFit fit(size_t from, size_t to) const {
        const double n = static_cast<double>(to - from), first = static_cast<double>(from);
        const double centre = first + (n - 1) / 2, xx = n * (n * n - 1) / 12;
        const double y = sums_[to].y - sums_[from].y, xy = sums_[to].xy - sums_[from].xy - centre * y;
        const double yy = sums_[to].yy - sums_[from].yy - y * y / n;
        const double slope = xx > 0 ? xy / xx : 0;
        return {slope, std::max(0.0, yy - slope * xy)};
    }

  private:
    struct Sums {
        double y = 0, xy = 0, yy = 0;
    };
    std::vector<Sums> sums_;
};

double mono_sample(const Audio& audio, size_t i) { return 0.5 * (static_cast<double>(audio.left[i]) + audio.right[i]); }

// Builds a sound from the start of a recording and further parts of it, with crossfaded joints.
class Splicer {
  public:
    Splicer(const Audio& from, size_t frames) : from_(from), fade_(static_cast<size_t>(from.rate * 0.03)) {
        out_ = {from.rate,
                {from.left.begin(), from.left.begin() + static_cast<std::ptrdiff_t>(frames)},
                {from.right.begin(), from.right.begin() + static_cast<std::ptrdiff_t>(frames)}};
        fade_ = std::min(fade_, frames);
    }

    // Appends from[start..end) with the gain multiplied by `gain`. Unless `exact`, moves `start` to the best
    // correlation.
    void append(size_t start, size_t end, double gain, bool exact) {
        const size_t fade = std::min(fade_, start);
        if (!exact) start = best_start(start, end, fade);
        gain_ *= gain;
        const size_t joint = out_.frames() - fade;
        for (auto [to, source] : {std::pair{&out_.left, &from_.left}, std::pair{&out_.right, &from_.right}}) {
            for (size_t i = 0; i < fade; ++i) {
                const float fraction = static_cast<float>((static_cast<double>(i) + 0.5) / static_cast<double>(fade));
                float& sample = (*to)[joint + i];
                sample += fraction * (static_cast<float>(gain_) * (*source)[start - fade + i] - sample);
            }
            for (size_t i = start; i < end; ++i) to->push_back(static_cast<float>(gain_) * (*source)[i]);
        }
    }

    // The gain, at most 1, that brings the level before from[at] to the level of the end of out().
    double matching_gain(size_t at) const {
        const size_t span = std::min(fade_, at);
        double previous = 1e-12, next = 1e-12;
        for (size_t i = 0; i < span; ++i) {
            previous += std::pow(mono_sample(out_, out_.frames() - span + i), 2);
            next += std::pow(gain_ * mono_sample(from_, at - span + i), 2);
        }
        return std::clamp(std::sqrt(previous / next), 1e-4, 1.0);
    }

    void cut(size_t frames) {
        out_.left.resize(std::min(frames, out_.frames()));
        out_.right.resize(out_.left.size());
    }

    const Audio& out() const { return out_; }

  private:
    // The start within 15 ms of `start` at which the recording correlates best with the end of out().
    size_t best_start(size_t start, size_t end, size_t fade) const {
        const size_t reach = static_cast<size_t>(from_.rate * 0.015);
        const size_t first = std::max(fade, start > reach ? start - reach : 0), last = std::min(end, start + reach);
        size_t best = start;
        double highest = -2;
        for (size_t at = first; at < last; ++at) {
            double product = 0, energy = 1e-12;
            for (size_t i = 0; i < fade; i += 2) {
                const double sample = mono_sample(from_, at - fade + i);
                product += sample * mono_sample(out_, out_.frames() - fade + i);
                energy += sample * sample;
            }
            const double correlation = product / std::sqrt(energy);
            if (correlation <= highest) continue;
            highest = correlation;
            best = at;
        }
        return best;
    }

    const Audio& from_;
    size_t fade_;
    Audio out_;
    double gain_ = 1;
};

// The step after the attack, not that of the peak: a note with tremolo may be loudest near its end.
size_t attack_end_of(const std::vector<double>& levels) {
    const double peak = *std::ranges::max_element(levels);
    const auto loud = std::ranges::find_if(levels, [&](double level) { return level > peak - 6; });
    return static_cast<size_t>(loud - levels.begin()) + 2;
}

// The mean level of the `averaged_steps` before `at`.
double mean_before(const std::vector<double>& levels, size_t at) {
    double sum = 0;
    for (size_t i = at - averaged_steps; i < at; ++i) sum += levels[i];
    return sum / static_cast<double>(averaged_steps);
}

// Seconds at which the steady stretch of a held note ends, before its player ends it. Vibrato and swells before it do
// not matter; a sound that falls evenly from its start has no such stretch.
std::optional<double> end_of_held_stretch(const std::vector<double>& levels) {
    const double peak = *std::ranges::max_element(levels);
    double loudest_after = levels.back(); // from `release_steps` after `at` on, or at the end of the recording
    for (size_t at = levels.size(); at-- > stretch_steps + averaged_steps;) {
        if (at + release_steps < levels.size()) loudest_after = std::max(loudest_after, levels[at + release_steps]);
        const double level = mean_before(levels, at);
        if (level < peak - audible_range || level - loudest_after < release_drop) continue;
        double least = level, most = level;
        for (size_t i = at - stretch_steps; i < at; ++i) {
            least = std::min(least, mean_before(levels, i));
            most = std::max(most, mean_before(levels, i));
        }
        if (most - least <= stretch_range) return static_cast<double>(at) * level_step - release_margin;
    }
    return std::nullopt;
}

// Seconds of the joint of the two straight lines that best fit the level after the attack, where it is a release.
std::optional<double> joint_of_lines(const std::vector<double>& levels) {
    const auto peak = std::ranges::max_element(levels);
    const size_t first = attack_end_of(levels);
    // Stop where the note is inaudible: noise after the release would tilt the second line.
    size_t last = levels.size();
    while (last > first && levels[last - 1] < *peak - 50) --last;
    if (last < first + 16) return std::nullopt;

    const LineFitter lines(levels);
    const double single_error = lines.fit(first, last).error;
    double least_error = single_error;
    size_t joint = 0;
    for (size_t at = first + 8; at + 4 <= last; ++at)
        if (const double error = lines.fit(first, at).error + lines.fit(at, last).error; error < least_error) {
            least_error = error;
            joint = at;
        }
    // Reject short holds: the two-stage decay of a struck bar looks like one.
    if (joint < first + 20) return std::nullopt;
    const double before = lines.fit(first, joint).slope / level_step, after = lines.fit(joint, last).slope / level_step;
    const double drop =
        levels[joint] - *std::min_element(levels.begin() + static_cast<std::ptrdiff_t>(joint), levels.end());
    const bool has_release =
        after < -18 && after < 2.5 * std::min(before, 0.0) - 12 && drop > 12 && least_error < 0.6 * single_error;
    // The level of a 20 ms window begins to fall when its last samples do.
    return has_release ? std::optional((static_cast<double>(joint) + 1) * level_step) : std::nullopt;
}

struct LevelSlopes {
    double slope = 0; // dB per second
    double decay = 0; // the part of it that is the sound's decay: dB per second, at most 0
};

// The slopes of a note's level from step `from` to `to`. A sound that dies away falls evenly from its attack on: in
// each third of the time until `to`. One that swells and sags, or a tremolo, does not, and its slope is its player's. A
// decay goes on as in the third that falls most slowly.
LevelSlopes level_slopes(const std::vector<double>& levels, size_t from, size_t to) {
    constexpr double least_decay = -3; // dB per second; less may come from tremolo
    to = std::min(to, levels.size());
    const LineFitter lines(levels);
    const auto slope = [&](size_t first, size_t last) {
        return last < first + 2 ? 0 : lines.fit(first, last).slope / level_step;
    };
    const size_t attack_end = std::min(attack_end_of(levels), from);
    double slowest = slope(from, to);
    for (size_t third = 0; third < 3; ++third)
        slowest = std::max(slowest, slope(attack_end + (to - attack_end) * third / 3,
                                          attack_end + (to - attack_end) * (third + 1) / 3));
    return {slope(from, to), slowest > least_decay ? 0 : slowest};
}

// `audio` with its level from frame `from` to `to` changed by `slope` dB per second, and from `to` on as much as there.
Audio tilted(const Audio& audio, size_t from, size_t to, double slope) {
    Audio changed = audio;
    for (size_t i = from; i < changed.frames(); ++i) {
        const double seconds = static_cast<double>(std::min(i, to) - from) / audio.rate;
        const auto gain = static_cast<float>(db_to_amplitude(slope * seconds));
        changed.left[i] *= gain;
        changed.right[i] *= gain;
    }
    return changed;
}

} // namespace

std::optional<double> release_start(const Audio& audio) {
    const std::vector<double> levels = level_curve(audio);
    if (levels.size() < 20) return std::nullopt;
    const auto joint = joint_of_lines(levels);
    return joint ? joint : end_of_held_stretch(levels);
}

bool is_sustain_loop(const Audio& audio, size_t start, size_t end) {
    const size_t window = static_cast<size_t>(audio.rate * loop_window);
    if (end > audio.frames() || end <= start) return false;
    if (end - start < 2 * window) return true; // single periods
    const auto level = [&](size_t from) {
        double squares = 1e-12;
        for (size_t i = from; i < from + window; ++i)
            squares += static_cast<double>(audio.left[i]) * audio.left[i] +
                       static_cast<double>(audio.right[i]) * audio.right[i];
        return power_to_db(squares);
    };
    return std::abs(level(end - window) - level(start)) <= loop_range;
}

SustainedNote sustain_note(const Audio& audio, const SustainRegion& region, double seconds) {
    const size_t target_frames = static_cast<size_t>(std::lround(seconds * audio.rate));
    const size_t hold_frames = std::min(audio.frames(), static_cast<size_t>(std::lround(region.end * audio.rate)));
    const bool has_release = region.has_release && hold_frames < audio.frames();
    if (hold_frames > target_frames) {
        Splicer splicer(audio, target_frames);
        if (has_release) splicer.append(hold_frames, audio.frames(), splicer.matching_gain(hold_frames), false);
        return {splicer.out(), seconds, false};
    }
    const SustainedNote unchanged{audio, has_release ? region.end : audio.seconds(), false};
    if (hold_frames + static_cast<size_t>(0.02 * audio.rate) >= target_frames) return unchanged;

    const bool has_loop = region.loop_end > region.loop_start && region.loop_end <= hold_frames;
    // Without a loop in the file, repeat from after the attack to before a possible fade at the end.
    const size_t edge =
        std::min(static_cast<size_t>(audio.rate * (has_release ? release_margin : 0.05)), hold_frames / 8);
    const size_t end = has_loop ? region.loop_end : hold_frames > edge ? hold_frames - edge : 0;
    const size_t start = has_loop ? region.loop_start : std::max(static_cast<size_t>(0.12 * audio.rate), 3 * end / 10);
    if (!has_loop && end < start + static_cast<size_t>(0.08 * audio.rate)) return unchanged;
    const std::vector<double> levels = level_curve(audio);
    const size_t step = static_cast<size_t>(audio.rate * level_step);
    if (!has_loop &&
        (levels.size() < 2 || levels[std::min(end / step, levels.size() - 1)] < *std::ranges::max_element(levels) - 50))
        return unchanged;

    const LevelSlopes slopes = has_loop ? LevelSlopes{} : level_slopes(levels, start / step, end / step);
    const double loop_decay = slopes.decay * static_cast<double>(end - start) / audio.rate;
    const Audio levelled = has_loop ? audio : tilted(audio, start, hold_frames, slopes.decay - slopes.slope);
    Splicer splicer(levelled, end);
    while (splicer.out().frames() < target_frames) splicer.append(start, end, db_to_amplitude(loop_decay), has_loop);
    splicer.cut(target_frames);
    if (has_release) splicer.append(hold_frames, levelled.frames(), splicer.matching_gain(hold_frames), false);
    return {splicer.out(), seconds, true};
}

} // namespace timbrel::audio
