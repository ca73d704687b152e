// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/sources/recording_check.h"

#include "common/units.h"
#include "models/audio/sources/warning_list.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <span>

namespace timbrel::audio {
namespace {

constexpr double cutoff_hertz = 5;
constexpr double negligible_offset = 0.003; // of the peak; inaudible even in a loop
constexpr double offset_seconds = 0.2, still_seconds = 0.01;
constexpr double still_range = 0.25; // of the distance between the first sample and the mean

double mean_of(const std::vector<float>& samples) {
    return std::accumulate(samples.begin(), samples.end(), 0.0) /
           std::max<double>(1, static_cast<double>(samples.size()));
}

double peak_of(const std::vector<float>& samples) {
    float peak = 0;
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    return peak;
}

// The offset of the first sample: of a line through the first 0.2 s, in Hann's window, which leaves out the wave
// itself. A recording that begins quiet has the value at which it stands still there.
double start_offset(const std::vector<float>& samples, double rate) {
    const size_t count = std::min(samples.size(), static_cast<size_t>(rate * offset_seconds) + 1);
    double weights = 0, sum = 0, squares = 0, products = 0;
    for (size_t i = 0; i < count; ++i) {
        const double part = (static_cast<double>(i) + 0.5) / static_cast<double>(count), t = part - 0.5;
        const double weight = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * part);
        weights += weight;
        sum += weight * samples[i];
        squares += weight * t * t;
        products += weight * t * samples[i];
    }
    const double offset = sum / weights - (squares > 0 ? 0.5 * products / squares : 0);
    const auto still =
        std::span(samples).first(std::min(samples.size(), static_cast<size_t>(rate * still_seconds) + 1));
    const auto [least, most] = std::ranges::minmax(still);
    return most - least < still_range * std::abs(samples.front() - offset) ? samples.front() : offset;
}

// The smallest difference between neighbouring samples: one step of the converter where few bits are in use.
float smallest_step(const std::vector<float>& samples) {
    float step = std::numeric_limits<float>::max();
    for (size_t i = 1; i < samples.size(); ++i)
        if (const float difference = std::abs(samples[i] - samples[i - 1]); difference > 0)
            step = std::min(step, difference);
    return step;
}

// The fraction of samples in runs of at least three at the peak. Converters and editors do not always clip at full
// scale, so the recording's own peak is the limit. The crest of a low or coarsely quantised wave is flat, too: there
// the samples next below take at least 1 / 2.4 of the run's length, because a crest is a parabola; on a clipped wave
// they take next to none.
double clipped_fraction(const std::vector<float>& samples, double peak) {
    const double step = smallest_step(samples);
    const double top = peak - std::max(1e-4 * peak, 0.5 * step), next = peak - std::max(2e-4 * peak, 1.5 * step);
    const auto reaches = [&](size_t i, double level) { return i < samples.size() && std::abs(samples[i]) >= level; };
    size_t clipped = 0;
    for (size_t begin = 0, end = 0; begin < samples.size(); begin = end + 1) {
        for (end = begin; reaches(end, top);) ++end;
        if (end - begin < 3) continue;
        size_t below = 0;
        for (size_t i = begin; i-- > 0 && reaches(i, next);) ++below;
        for (size_t i = end; reaches(i, next); ++i) ++below;
        if (end - begin > 4 * below) clipped += end - begin;
    }
    return static_cast<double>(clipped) / std::max<double>(1, static_cast<double>(samples.size()));
}

} // namespace

RecordingCheck check_recording(const Audio& audio) {
    RecordingCheck check;
    for (const auto* channel : {&audio.left, &audio.right}) {
        const double peak = peak_of(*channel), offset = mean_of(*channel);
        check.peak = std::max(check.peak, peak);
        if (std::abs(offset) > std::abs(check.dc_offset)) check.dc_offset = offset;
        if (peak > 0.05) check.clipped_fraction = std::max(check.clipped_fraction, clipped_fraction(*channel, peak));
    }
    const size_t window = static_cast<size_t>(audio.rate * 0.05);
    double least = 1e30;
    for (size_t at = 0; window > 0 && at + window <= audio.frames(); at += window) {
        double energy = 0;
        for (size_t i = at; i < at + window; ++i)
            energy += static_cast<double>(audio.left[i]) * audio.left[i] +
                      static_cast<double>(audio.right[i]) * audio.right[i];
        least = std::min(least, energy / (2.0 * static_cast<double>(window)));
    }
    check.noise_floor_db = least > 1e29 ? -200 : power_to_db(least + 1e-20);
    return check;
}

std::vector<std::string> describe_problems(const RecordingCheck& check) {
    std::vector<std::string> found;
    if (check.silent()) {
        found.push_back("is silent");
        return found;
    }
    if (check.peak < 0.003)
        found.push_back(format_value("is very quiet: its peak is %.0f dBFS", amplitude_to_db(check.peak)));
    if (check.clipped_fraction > 2e-5)
        found.push_back(
            format_value("is clipped: %.2g %% of its samples are at the limit", check.clipped_fraction * 100));
    if (check.has_dc_offset())
        found.push_back(format_value("has a constant offset of %.3f, which was removed", check.dc_offset));
    if (check.noise_floor_db > amplitude_to_db(check.peak) - 40)
        found.push_back(format_value("never gets quieter than %.0f dBFS: cut short or noisy", check.noise_floor_db));
    return found;
}

size_t leading_silence(const Audio& audio) {
    const double peak = std::max(peak_of(audio.left), peak_of(audio.right));
    const float audible = static_cast<float>(peak * 1e-3);
    for (size_t i = 0; peak > 0 && i < audio.frames(); ++i) {
        if (std::abs(audio.left[i]) < audible && std::abs(audio.right[i]) < audible) continue;
        const size_t onset = static_cast<size_t>(audio.rate * 0.005);
        return i > onset ? i - onset : 0;
    }
    return 0;
}

void trim_start(Audio& audio, size_t frames) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(frames, audio.frames()));
    audio.left.erase(audio.left.begin(), audio.left.begin() + count);
    audio.right.erase(audio.right.begin(), audio.right.begin() + count);
}

void remove_dc_offset(Audio& audio, const RecordingCheck& check) {
    if (std::abs(check.dc_offset) <= negligible_offset * check.peak) return;
    const double w = 2 * std::numbers::pi * cutoff_hertz / audio.rate, alpha = std::sin(w) / std::numbers::sqrt2;
    const double b = (1 + std::cos(w)) / 2 / (1 + alpha);
    const double a1 = -2 * std::cos(w) / (1 + alpha), a2 = (1 - alpha) / (1 + alpha);
    for (auto* channel : {&audio.left, &audio.right}) {
        if (channel->empty()) continue;
        const double offset = start_offset(*channel, audio.rate);
        double s1 = -b * offset, s2 = b * offset;
        for (float& sample : *channel) {
            const double x = sample, y = b * x + s1;
            s1 = -2 * b * x - a1 * y + s2;
            s2 = b * x - a2 * y;
            sample = static_cast<float>(y);
        }
    }
}

} // namespace timbrel::audio
