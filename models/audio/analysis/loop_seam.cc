// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/analysis/loop_seam.h"

#include "models/audio/analysis/decibels.h"
#include "models/audio/analysis/fft.h"
#include "models/audio/analysis/spectra.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace timbrel::audio {
namespace {

constexpr size_t passes = 4, window = 1024, hop = 64;

// Frames from `frame` to the nearest seam between the passes.
size_t distance_from_seam(size_t frame, size_t length) {
    size_t nearest = passes * length;
    for (size_t seam = length; seam < passes * length; seam += length)
        nearest = std::min(nearest, frame > seam ? frame - seam : seam - frame);
    return nearest;
}

// The mean of both channels, or the left one if they cancel each other, `passes` times in a row.
std::vector<float> repeated_loop(const Audio& loop) {
    std::vector<float> mono(loop.frames());
    float peak = 0;
    for (size_t i = 0; i < mono.size(); ++i) {
        mono[i] = 0.5f * (loop.left[i] + loop.right[i]);
        peak = std::max(peak, std::abs(mono[i]));
    }
    if (peak <= 0.01f) mono = loop.left;
    std::vector<float> repeated;
    for (size_t pass = 0; pass < passes; ++pass) repeated.insert(repeated.end(), mono.begin(), mono.end());
    return repeated;
}

// STFT levels in dB, floored near 80 dB below the loudest bin.
FrameTable levels_db(const std::vector<float>& samples) {
    RealFft fft(window);
    std::vector<float> hann(window);
    for (size_t i = 0; i < window; ++i)
        hann[i] =
            static_cast<float>(0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / (window - 1)));
    FrameTable table{(samples.size() - window + hop - 1) / hop, window / 2 + 1, {}};
    table.values.reserve(table.frames * table.columns);
    for (size_t frame = 0; frame < table.frames; ++frame) {
        for (size_t i = 0; i < window; ++i) fft.time()[i] = samples[frame * hop + i] * hann[i];
        fft.forward();
        for (const std::complex<float> bin : fft.frequency()) table.values.push_back(std::sqrt(std::norm(bin)));
    }
    const float floor = *std::ranges::max_element(table.values) * 1e-4f + 1e-20f;
    for (float& value : table.values) value = 2 * decibels(value + floor);
    return table;
}

double flux_ratio(const std::vector<float>& samples, size_t length) {
    const FrameTable table = levels_db(samples);
    double near = 0, far = 0;
    size_t near_count = 0, far_count = 0;
    for (size_t frame = 0; frame + 1 < table.frames; ++frame) {
        float sum = 0;
        for (size_t i = 0; i < table.columns; ++i) {
            const float change = table.row(frame + 1)[i] - table.row(frame)[i];
            sum += change * change;
        }
        const double flux = std::sqrt(sum / static_cast<float>(table.columns));
        if (distance_from_seam(frame * hop + window / 2, length) < window) {
            near += flux;
            ++near_count;
        } else {
            far += flux;
            ++far_count;
        }
    }
    if (near_count == 0 || far_count == 0 || far <= 0) return near > 0 ? INFINITY : 1;
    return near / static_cast<double>(near_count) / (far / static_cast<double>(far_count));
}

double jerk_ratio(const std::vector<float>& samples, size_t length) {
    double near = 0, far = 0;
    for (size_t i = 0; i + 3 < samples.size(); ++i) {
        const double jerk = std::abs(static_cast<double>(samples[i + 3]) - samples[i] +
                                     3.0 * (static_cast<double>(samples[i + 1]) - samples[i + 2]));
        double& most = distance_from_seam(i, length) < 8 ? near : far;
        most = std::max(most, jerk);
    }
    return far > 0 ? near / far : near > 0 ? INFINITY : 1;
}

} // namespace

LoopSeam measure_loop_seam(const Audio& loop) {
    if (loop.frames() < 2 * window)
        throw AudioError("a loop of " + std::to_string(loop.frames()) + " frames is too short to measure");
    const std::vector<float> samples = repeated_loop(loop);
    return {flux_ratio(samples, loop.frames()), jerk_ratio(samples, loop.frames())};
}

} // namespace timbrel::audio
