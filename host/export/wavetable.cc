// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/export/wavetable.h"

#include "common/error.h"
#include "common/units.h"

#include <fftw3.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <map>
#include <memory>
#include <numbers>

namespace timbrel::host {

namespace {

using Complex = std::complex<float>;
constexpr size_t max_partials = wavetable_period / 2 - 1;

struct FreeFftw {
    void operator()(void* memory) const { fftwf_free(memory); }
    void operator()(fftwf_plan plan) const { fftwf_destroy_plan(plan); }
};
using Plan = std::unique_ptr<std::remove_pointer_t<fftwf_plan>, FreeFftw>;

template<class T>
std::unique_ptr<T[], FreeFftw> allocated(size_t count) {
    return std::unique_ptr<T[], FreeFftw>(static_cast<T*>(fftwf_malloc(count * sizeof(T))));
}

fftwf_complex* as_fftw(Complex* values) { return reinterpret_cast<fftwf_complex*>(values); }

constexpr double attack_seconds = 0.1; // skipped at the start of a note
// Analysed length. Four periods are needed to separate neighbouring partials.
constexpr double target_seconds = 0.25, target_periods = 16, min_periods = 4;

// The part of a note that is transformed: whole periods, so that its partials fall on bins of the spectrum.
struct AnalysisWindow {
    uint32_t first, frames;
};

AnalysisWindow analysis_window(const engine::BankEntry& shape, uint32_t rate, double hertz) {
    const auto first = std::min(shape.frames / 4, static_cast<uint32_t>(attack_seconds * rate));
    const double available = (shape.frames - first) * hertz / rate;
    const double periods = std::floor(std::min(available, std::max(target_seconds * hertz, target_periods)));
    return {first, static_cast<uint32_t>(periods * rate / hertz)};
}

// The partials of a note's cells. Each is the largest bin within half a fundamental of its harmonic frequency, because
// stiff strings are inharmonic.
class Partials {
  public:
    Partials(const engine::Bank& bank, uint32_t note)
        : bank_(bank), note_(note), hertz_(note_to_hertz(bank.pitches()[note / bank.velocities().size()])),
          window_(analysis_window(bank.entry(note, 0), bank.rate(), hertz_)), time_(allocated<float>(window_.frames)),
          bins_(allocated<Complex>(window_.frames / 2 + 1)),
          plan_(fftwf_plan_dft_r2c_1d(static_cast<int>(window_.frames), time_.get(), as_fftw(bins_.get()),
                                      FFTW_ESTIMATE)),
          harmonic_bins_(hertz_ * window_.frames / bank.rate()) {
        if (harmonic_bins_ < min_periods - 0.5)
            throw Error(bank.path() + ": its notes are too short to find their periods; choose a higher --pitch");
        const auto available = static_cast<size_t>((window_.frames / 2.0) / harmonic_bins_ - 0.5);
        count_ = std::min(max_partials, available);
    }

    size_t count() const { return count_; }

    // Complex amplitudes, the fundamental first.
    const std::vector<Complex>& of(uint32_t cell) {
        auto& partials = cache_[cell];
        if (partials.empty()) partials = analyse(cell);
        return partials;
    }

  private:
    std::vector<Complex> analyse(uint32_t cell) {
        const engine::BankEntry& entry = bank_.entry(note_, cell);
        const std::vector<int16_t> all = bank_.read_pcm(entry);
        const auto pcm = std::span(all).subspan(size_t{window_.first} * 2);
        for (uint32_t i = 0; i < window_.frames; ++i) {
            const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / window_.frames);
            time_[i] = static_cast<float>(hann * entry.gain / 32767 * (pcm[2 * i] + pcm[2 * i + 1]) / 2);
        }
        fftwf_execute(plan_.get());
        std::vector<Complex> partials;
        for (size_t k = 1; k <= count_; ++k) {
            const auto from = bins_.get() + std::lround((static_cast<double>(k) - 0.5) * harmonic_bins_);
            const auto to = bins_.get() + std::lround((static_cast<double>(k) + 0.5) * harmonic_bins_);
            partials.push_back(*std::max_element(from, std::max(to, from + 1),
                                                 [](Complex a, Complex b) { return std::norm(a) < std::norm(b); }));
        }
        return partials;
    }

    const engine::Bank& bank_;
    uint32_t note_;
    double hertz_;
    AnalysisWindow window_;
    std::unique_ptr<float[], FreeFftw> time_;
    std::unique_ptr<Complex[], FreeFftw> bins_;
    Plan plan_;
    double harmonic_bins_;
    size_t count_;
    std::map<uint32_t, std::vector<Complex>> cache_;
};

// The phase of each partial in the cell where it is strongest, shifted in time so that the fundamental is a sine. Unit
// amplitudes.
std::vector<Complex> shared_phases(const engine::Bank& bank, Partials& partials) {
    std::vector<Complex> strongest(partials.count());
    for (uint32_t cell = 0; cell < bank.cells(); ++cell)
        for (size_t k = 0; k < strongest.size(); ++k)
            if (std::norm(partials.of(cell)[k]) > std::norm(strongest[k])) strongest[k] = partials.of(cell)[k];
    const float shift = strongest.empty() ? 0 : std::arg(strongest[0]) + std::numbers::pi_v<float> / 2;
    for (size_t k = 0; k < strongest.size(); ++k)
        strongest[k] = std::polar(1.0f, std::arg(strongest[k]) - static_cast<float>(k + 1) * shift);
    return strongest;
}

float root_mean_square(std::span<const float> samples) {
    double sum = 0;
    for (const float sample : samples) sum += double{sample} * sample;
    return static_cast<float>(std::sqrt(sum / static_cast<double>(samples.size())));
}

} // namespace

std::vector<float> wavetable(const engine::Bank& bank, uint32_t note, std::span<const PlanePosition> path) {
    Partials partials(bank, note);
    const std::vector<Complex> phases = shared_phases(bank, partials);
    const auto bins = allocated<Complex>(wavetable_period / 2 + 1);
    const auto period = allocated<float>(wavetable_period);
    const Plan plan(fftwf_plan_dft_c2r_1d(wavetable_period, as_fftw(bins.get()), period.get(), FFTW_ESTIMATE));
    std::vector<float> frames;
    for (const PlanePosition position : path) {
        std::fill_n(bins.get(), wavetable_period / 2 + 1, Complex());
        for (const auto& [cell, weight] : cell_weights(bank, position))
            for (size_t k = 0; k < phases.size(); ++k)
                bins[k + 1] += weight * std::abs(partials.of(cell)[k]) * phases[k];
        fftwf_execute(plan.get());
        const float level = root_mean_square({period.get(), wavetable_period});
        for (size_t i = 0; i < wavetable_period; ++i) frames.push_back(level > 0 ? period[i] / level : 0);
    }
    float peak = 0;
    for (const float sample : frames) peak = std::max(peak, std::abs(sample));
    if (peak > 0)
        for (float& sample : frames) sample /= peak;
    return frames;
}

} // namespace timbrel::host
