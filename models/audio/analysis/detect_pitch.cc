// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/analysis/detect_pitch.h"

#include "common/units.h"
#include "models/audio/analysis/fft.h"
#include "models/audio/analysis/yin.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace timbrel::audio {
namespace {

constexpr double vote_radius_cents = 60; // votes this close count for the same pitch

struct Vote {
    double pitch, weight, clarity;
};

// The frames of the note: from 10 ms after the first sample above -40 dB of the peak to the last such sample.
std::pair<size_t, size_t> sounding_range(const std::vector<float>& samples, double rate) {
    float peak = 0;
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    const auto loud = [&](float sample) { return peak > 1e-6f && std::abs(sample) > 0.01f * peak; };
    const auto first = std::ranges::find_if(samples, loud);
    if (first == samples.end()) return {0, 0};
    const auto last = std::find_if(samples.rbegin(), samples.rend(), loud);
    const size_t from = static_cast<size_t>(first - samples.begin()),
                 to = static_cast<size_t>(last.base() - samples.begin());
    const size_t after_attack = from + static_cast<size_t>(rate * 0.01);
    return after_attack + static_cast<size_t>(rate * 0.03) < to ? std::pair(after_attack, to) : std::pair(from, to);
}

// The mean pitch of the votes around the candidate with the greatest weight of votes near it.
PitchEstimate most_voted(const std::vector<Vote>& votes) {
    PitchEstimate best{0, 0, 0, 0};
    double total = 0, highest = 0;
    for (const Vote& candidate : votes) {
        double sum = 0, weight = 0, clarity = 0;
        for (const Vote& vote : votes)
            if (std::abs(vote.pitch - candidate.pitch) * 100 <= vote_radius_cents) {
                sum += vote.weight * vote.pitch;
                weight += vote.weight;
                clarity += vote.weight * vote.clarity;
            }
        total += candidate.weight;
        if (weight <= highest) continue;
        highest = weight;
        best.pitch = sum / weight;
        best.clarity = clarity / weight;
    }
    best.confidence = total > 0 ? highest / total : 0;
    return best;
}

// The spectrum of up to 65,536 samples, in Hann's window and padded to twice that length.
RealFft padded_spectrum(const std::vector<float>& samples, size_t from, size_t length) {
    RealFft fft(1 << 17);
    std::ranges::fill(fft.time(), 0.0f);
    for (size_t i = 0; i < length; ++i) {
        const double hann =
            0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(length));
        fft.time()[i] = static_cast<float>(hann) * samples[from + i];
    }
    fft.forward();
    return fft;
}

// See PitchEstimate.
double low_partials_db(const std::vector<float>& samples, double rate, double pitch, size_t from, size_t to) {
    RealFft fft = padded_spectrum(samples, from, std::min<size_t>(to - from, 1 << 16));
    const double bins = static_cast<double>(fft.size()) / rate, hertz = note_to_hertz(pitch);
    constexpr double width = 0.03; // of a partial's frequency, to either side
    const auto level = [&](double partial) {
        const auto first = static_cast<size_t>(partial * hertz * (1 - width) * bins);
        const auto last = static_cast<size_t>(partial * hertz * (1 + width) * bins) + 1;
        double peak = 0;
        for (size_t bin = first; bin <= last && bin < fft.frequency().size(); ++bin)
            peak = std::max(peak, static_cast<double>(std::abs(fft.frequency()[bin])));
        return amplitude_to_db(peak + 1e-12);
    };
    double strongest = -240;
    for (double partial = 1; partial < 40 && partial * hertz < 0.45 * rate; ++partial)
        strongest = std::max(strongest, level(partial));
    return std::max(level(1), std::min(level(2), level(3))) - strongest;
}

std::optional<double> refine(const std::vector<float>& samples, double rate, double near_pitch, size_t from, size_t to,
                             double range_cents) {
    const size_t length = std::min<size_t>(to - from, 1 << 16);
    if (length < 1024) return std::nullopt;
    RealFft fft = padded_spectrum(samples, from, length);
    const double bins = static_cast<double>(fft.size()) / rate, centre = note_to_hertz(near_pitch);
    // Cubic interpolation: a linear one would put every peak on a bin, and bins are 11 cents apart at 56 Hz.
    const auto amplitude = [&](double hertz) {
        const double at = hertz * bins, x = at - std::floor(at);
        const size_t bin = static_cast<size_t>(at);
        if (bin < 1 || bin + 2 >= fft.frequency().size()) return 0.0;
        const double a = std::abs(fft.frequency()[bin - 1]), b = std::abs(fft.frequency()[bin]),
                     c = std::abs(fft.frequency()[bin + 1]), d = std::abs(fft.frequency()[bin + 2]);
        return b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)));
    };
    // Only low partials: the upper partials of stiff strings are sharp.
    const int partials = std::clamp(static_cast<int>(8000 / centre), 1, 6);
    const auto sum_at = [&](double cents) {
        double sum = 0;
        for (int k = 1; k <= partials; ++k) sum += amplitude(k * centre * cents_to_ratio(cents));
        return sum;
    };
    std::vector<double> sums;
    for (double cents = -range_cents - 1; cents <= range_cents + 1; ++cents) sums.push_back(sum_at(cents));
    const auto peak = std::max_element(sums.begin() + 1, sums.end() - 1);
    if (peak[-1] > *peak || peak[1] > *peak) return std::nullopt;
    // Beyond the window's main lobe a real partial has fallen to half its peak or less.
    const double lobe = 3 * rate / static_cast<double>(length);
    const double beyond = std::max(range_cents, ratio_to_cents(1 + lobe / centre));
    if (*peak < 2 * std::min(sum_at(-beyond), sum_at(beyond)) || *peak <= 0) return std::nullopt;
    const double cents =
        static_cast<double>(peak - sums.begin()) - range_cents - 1 + parabolic_peak(peak[-1], *peak, peak[1]);
    return near_pitch + cents / 100;
}

} // namespace

std::vector<float> downmix(const Audio& audio) {
    std::vector<float> sum(audio.frames());
    double mean = 0, left = 0, right = 0;
    for (size_t i = 0; i < sum.size(); ++i) {
        sum[i] = 0.5f * (audio.left[i] + audio.right[i]);
        mean += static_cast<double>(sum[i]) * sum[i];
        left += static_cast<double>(audio.left[i]) * audio.left[i];
        right += static_cast<double>(audio.right[i]) * audio.right[i];
    }
    if (mean >= 0.25 * std::max(left, right)) return sum;
    return left > right ? audio.left : audio.right;
}

double parabolic_peak(double before, double at, double after) {
    const double curvature = before - 2 * at + after;
    return curvature == 0 ? 0 : std::clamp(0.5 * (before - after) / curvature, -0.5, 0.5);
}

std::optional<PitchEstimate> detect_pitch(const Audio& audio) {
    std::vector<float> samples = downmix(audio);
    const auto [from, to] = sounding_range(samples, audio.rate);
    if (to - from < static_cast<size_t>(audio.rate / 32)) return std::nullopt;
    const size_t window = std::min<size_t>(4096, to - from);
    Yin yin(audio.rate, window);
    samples.resize(std::max(samples.size(), from + yin.input_size()));

    // Up to 24 frames over the note's first two seconds.
    std::vector<Vote> votes;
    const size_t last = std::min(to - window, from + static_cast<size_t>(2 * audio.rate));
    const size_t step = std::max<size_t>(window / 4, (last - from) / 24);
    for (size_t at = from; at <= last && at + yin.input_size() <= samples.size(); at += step)
        if (const FramePitch frame = yin.estimate(samples.data() + at); frame.clarity > 0)
            votes.push_back({frame.pitch, std::pow(frame.energy, 0.25) * frame.clarity * frame.clarity, frame.clarity});
    if (votes.empty()) return std::nullopt;

    PitchEstimate estimate = most_voted(votes);
    if (const auto finer = refine(samples, audio.rate, estimate.pitch, from, to, 40)) estimate.pitch = *finer;
    estimate.low_partials_db = low_partials_db(samples, audio.rate, estimate.pitch, from, to);
    return estimate;
}

std::optional<double> strongest_partial(const Audio& audio) {
    const std::vector<float> samples = downmix(audio);
    const auto [from, to] = sounding_range(samples, audio.rate);
    if (to - from < static_cast<size_t>(audio.rate / 32)) return std::nullopt;
    RealFft fft = padded_spectrum(samples, from, std::min<size_t>(to - from, 1 << 16));
    const double bin_hertz = audio.rate / static_cast<double>(fft.size());
    const auto level = [&](size_t bin) { return std::log(std::abs(fft.frequency()[bin]) + 1e-12); };
    const auto first = static_cast<size_t>(note_to_hertz(21) / bin_hertz),
               last = std::min(fft.frequency().size() - 2, static_cast<size_t>(note_to_hertz(108) / bin_hertz));
    size_t strongest = first;
    for (size_t bin = first; bin <= last; ++bin)
        if (level(bin) > level(strongest)) strongest = bin;
    const double shift = parabolic_peak(level(strongest - 1), level(strongest), level(strongest + 1));
    return hertz_to_note((static_cast<double>(strongest) + shift) * bin_hertz);
}

std::optional<double> refine_pitch(const Audio& audio, double near_pitch, double from, double to, double range_cents) {
    const size_t first = std::min(audio.frames(), static_cast<size_t>(std::max(0.0, from) * audio.rate));
    const size_t last = std::min(audio.frames(), static_cast<size_t>(std::max(0.0, to) * audio.rate));
    if (first >= last) return std::nullopt;
    return refine(downmix(audio), audio.rate, near_pitch, first, last, range_cents);
}

} // namespace timbrel::audio
