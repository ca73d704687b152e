#include "models/audio/sources/recording_check.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <numeric>

namespace timbrel::audio {
namespace {

constexpr double offset_edge = 5;       // Hz
constexpr double slight_offset = 0.003; // of the peak: heard of it is nothing, even in a loop

double mean_of(const std::vector<float>& samples) {
    return std::accumulate(samples.begin(), samples.end(), 0.0) /
           std::max<double>(1, static_cast<double>(samples.size()));
}

double peak_of(const std::vector<float>& samples) {
    float peak = 0;
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    return peak;
}

// Converters and editors clip to a level of their own, not always to full scale: a clipped wave stands still at its
// peak.
double clipped_share(const std::vector<float>& samples, double peak) {
    const float near = static_cast<float>(peak * 0.9999);
    size_t clipped = 0, run = 0;
    for (size_t i = 0; i <= samples.size(); ++i) {
        const bool flat = i < samples.size() && std::abs(samples[i]) >= near;
        if (flat) {
            ++run;
            continue;
        }
        if (run >= 3) clipped += run;
        run = 0;
    }
    return static_cast<double>(clipped) / std::max<double>(1, static_cast<double>(samples.size()));
}

std::string filled(const char* format, double value) {
    char text[160];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

} // namespace

Condition condition_of(const Audio& audio) {
    Condition condition;
    for (const auto* channel : {&audio.left, &audio.right}) {
        const double peak = peak_of(*channel), offset = mean_of(*channel);
        condition.peak = std::max(condition.peak, peak);
        if (std::abs(offset) > std::abs(condition.offset)) condition.offset = offset;
        if (peak > 0.05) condition.clipped = std::max(condition.clipped, clipped_share(*channel, peak));
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
    condition.noise_floor = least > 1e29 ? -200 : 10 * std::log10(least + 1e-20);
    return condition;
}

std::vector<std::string> complaints(const Condition& condition) {
    std::vector<std::string> found;
    if (condition.silent()) {
        found.push_back("is silent");
        return found;
    }
    if (condition.peak < 0.003)
        found.push_back(filled("is very quiet: its peak is %.0f dBFS", 20 * std::log10(condition.peak)));
    if (condition.clipped > 2e-5)
        found.push_back(filled("is clipped: %.2g %% of its samples stand at the limit", condition.clipped * 100));
    if (condition.displaced())
        found.push_back(filled("has a constant offset of %.3f, which was taken away", condition.offset));
    if (condition.noise_floor > 20 * std::log10(condition.peak) - 40)
        found.push_back(filled("never gets quieter than %.0f dBFS: cut short or noisy", condition.noise_floor));
    return found;
}

size_t leading_silence(const Audio& audio) {
    const double peak = std::max(peak_of(audio.left), peak_of(audio.right));
    const float audible = static_cast<float>(peak * 1e-3);
    for (size_t i = 0; peak > 0 && i < audio.frames(); ++i) {
        if (std::abs(audio.left[i]) < audible && std::abs(audio.right[i]) < audible) continue;
        const size_t kept = static_cast<size_t>(audio.rate * 0.005);
        return i > kept ? i - kept : 0;
    }
    return 0;
}

void drop_front(Audio& audio, size_t frames) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(frames, audio.frames()));
    audio.left.erase(audio.left.begin(), audio.left.begin() + count);
    audio.right.erase(audio.right.begin(), audio.right.begin() + count);
}

void remove_offset(Audio& audio, const Condition& condition) {
    if (std::abs(condition.offset) <= slight_offset * condition.peak) return;
    const double w = 2 * std::numbers::pi * offset_edge / audio.rate, alpha = std::sin(w) / std::numbers::sqrt2;
    const double b = (1 + std::cos(w)) / 2 / (1 + alpha);
    const double a1 = -2 * std::cos(w) / (1 + alpha), a2 = (1 - alpha) / (1 + alpha);
    for (auto* channel : {&audio.left, &audio.right}) {
        if (channel->empty()) continue;
        double s1 = -b * channel->front(), s2 = b * channel->front();
        for (float& sample : *channel) {
            const double x = sample, y = b * x + s1;
            s1 = -2 * b * x - a1 * y + s2;
            s2 = b * x - a2 * y;
            sample = static_cast<float>(y);
        }
    }
}

} // namespace timbrel::audio
