#include "models/audio/analysis/detect_pitch.h"

#include "models/audio/analysis/fft.h"
#include "models/audio/analysis/yin.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace timbrel::audio {
namespace {

constexpr double cents_together = 60; // frames this close mean the same pitch

struct Vote {
    double pitch, weight;
};

// Where the note is: from 10 ms after its first sample over -40 dB of the peak to the last one.
std::pair<size_t, size_t> sounding(const std::vector<float>& samples, double rate) {
    float peak = 0;
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    const auto loud = [&](float sample) { return peak > 1e-6f && std::abs(sample) > 0.01f * peak; };
    const auto first = std::ranges::find_if(samples, loud);
    if (first == samples.end()) return {0, 0};
    const auto last = std::find_if(samples.rbegin(), samples.rend(), loud);
    const size_t from = static_cast<size_t>(first - samples.begin()),
                 to = static_cast<size_t>(last.base() - samples.begin());
    const size_t settled = from + static_cast<size_t>(rate * 0.01);
    return settled + static_cast<size_t>(rate * 0.03) < to ? std::pair(settled, to) : std::pair(from, to);
}

// The pitch with the most votes around it.
PitchEstimate elect(const std::vector<Vote>& votes) {
    PitchEstimate best{0, 0};
    double all = 0, most = 0;
    for (const Vote& candidate : votes) {
        double sum = 0, weight = 0;
        for (const Vote& vote : votes)
            if (std::abs(vote.pitch - candidate.pitch) * 100 <= cents_together) {
                sum += vote.weight * vote.pitch;
                weight += vote.weight;
            }
        all += candidate.weight;
        if (weight <= most) continue;
        most = weight;
        best.pitch = sum / weight;
    }
    best.confidence = all > 0 ? most / all : 0;
    return best;
}

std::optional<double> refine(const std::vector<float>& samples, double rate, double near_pitch, size_t from, size_t to,
                             double range_cents) {
    const size_t length = std::min<size_t>(to - from, 1 << 16);
    if (length < 1024) return std::nullopt;
    RealFft fft(1 << 17);
    std::ranges::fill(fft.time(), 0.0f);
    for (size_t i = 0; i < length; ++i) {
        const double hann =
            0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(length));
        fft.time()[i] = static_cast<float>(hann) * samples[from + i];
    }
    fft.forward();
    const double bins = static_cast<double>(fft.size()) / rate, centre = hertz_of(near_pitch);
    // Cubic between bins: a straight line would put every top on a bin, which are 11 cents apart at 56 Hz.
    const auto amplitude = [&](double hertz) {
        const double at = hertz * bins, x = at - std::floor(at);
        const size_t bin = static_cast<size_t>(at);
        if (bin < 1 || bin + 2 >= fft.frequency().size()) return 0.0;
        const double a = std::abs(fft.frequency()[bin - 1]), b = std::abs(fft.frequency()[bin]),
                     c = std::abs(fft.frequency()[bin + 1]), d = std::abs(fft.frequency()[bin + 2]);
        return b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)));
    };
    // Low partials only: a stiff string's upper ones are sharp.
    const int partials = std::clamp(static_cast<int>(8000 / centre), 1, 6);
    const auto sum_at = [&](double cents) {
        double sum = 0;
        for (int k = 1; k <= partials; ++k) sum += amplitude(k * centre * std::exp2(cents / 1200));
        return sum;
    };
    std::vector<double> sums;
    for (double cents = -range_cents - 1; cents <= range_cents + 1; ++cents) sums.push_back(sum_at(cents));
    const auto top = std::max_element(sums.begin() + 1, sums.end() - 1);
    if (top[-1] > *top || top[1] > *top) return std::nullopt;
    // Beyond the window's main lobe a partial must have fallen well below its top.
    const double lobe = 3 * rate / static_cast<double>(length);
    const double beyond = std::max(range_cents, 1200 * std::log2(1 + lobe / centre));
    if (*top < 2 * std::min(sum_at(-beyond), sum_at(beyond)) || *top <= 0) return std::nullopt;
    const double cents =
        static_cast<double>(top - sums.begin()) - range_cents - 1 + turning_point(top[-1], *top, top[1]);
    return near_pitch + cents / 100;
}

} // namespace

double pitch_of(double hertz) { return 69 + 12 * std::log2(hertz / 440); }
double hertz_of(double pitch) { return 440 * std::exp2((pitch - 69) / 12); }

std::string pitch_name(int pitch) {
    static constexpr std::array<const char*, 12> names = {"C",  "C#", "D",  "D#", "E",  "F",
                                                          "F#", "G",  "G#", "A",  "A#", "B"};
    return names[static_cast<size_t>(pitch % 12)] + std::to_string(pitch / 12 - 1);
}

std::vector<float> heard(const Audio& audio) {
    std::vector<float> sum(audio.frames());
    double both = 0, left = 0, right = 0;
    for (size_t i = 0; i < sum.size(); ++i) {
        sum[i] = 0.5f * (audio.left[i] + audio.right[i]);
        both += static_cast<double>(sum[i]) * sum[i];
        left += static_cast<double>(audio.left[i]) * audio.left[i];
        right += static_cast<double>(audio.right[i]) * audio.right[i];
    }
    if (both >= 0.25 * std::max(left, right)) return sum;
    return left > right ? audio.left : audio.right;
}

double turning_point(double before, double at, double after) {
    const double bend = before - 2 * at + after;
    return bend == 0 ? 0 : std::clamp(0.5 * (before - after) / bend, -0.5, 0.5);
}

std::optional<PitchEstimate> detect_pitch(const Audio& audio) {
    std::vector<float> samples = heard(audio);
    const auto [from, to] = sounding(samples, audio.rate);
    if (to - from < static_cast<size_t>(audio.rate / 32)) return std::nullopt;
    const size_t window = std::min<size_t>(4096, to - from);
    Yin yin(audio.rate, window);
    samples.resize(std::max(samples.size(), from + yin.span()));

    // Up to 24 frames over the note's first two seconds.
    std::vector<Vote> votes;
    const size_t last = std::min(to - window, from + static_cast<size_t>(2 * audio.rate));
    const size_t step = std::max<size_t>(window / 4, (last - from) / 24);
    for (size_t at = from; at <= last && at + yin.span() <= samples.size(); at += step)
        if (const FramePitch frame = yin.listen(samples.data() + at); frame.clarity > 0)
            votes.push_back({frame.pitch, std::pow(frame.energy, 0.25) * frame.clarity * frame.clarity});
    if (votes.empty()) return std::nullopt;

    PitchEstimate estimate = elect(votes);
    if (const auto finer = refine(samples, audio.rate, estimate.pitch, from, to, 40)) estimate.pitch = *finer;
    return estimate;
}

std::optional<double> refine_pitch(const Audio& audio, double near_pitch, double from, double to, double range_cents) {
    const size_t first = std::min(audio.frames(), static_cast<size_t>(std::max(0.0, from) * audio.rate));
    const size_t last = std::min(audio.frames(), static_cast<size_t>(std::max(0.0, to) * audio.rate));
    if (first >= last) return std::nullopt;
    return refine(heard(audio), audio.rate, near_pitch, first, last, range_cents);
}

} // namespace timbrel::audio
