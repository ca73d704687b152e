#include "host/export/wavetable.h"

#include "common/error.h"

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
constexpr size_t most_partials = wavetable_period / 2 - 1;

struct FreeFftw {
    void operator()(void* memory) const { fftwf_free(memory); }
    void operator()(fftwf_plan plan) const { fftwf_destroy_plan(plan); }
};
using Plan = std::unique_ptr<std::remove_pointer_t<fftwf_plan>, FreeFftw>;

template<class T>
std::unique_ptr<T[], FreeFftw> allocated(size_t count) {
    return std::unique_ptr<T[], FreeFftw>(static_cast<T*>(fftwf_malloc(count * sizeof(T))));
}

fftwf_complex* fftw(Complex* values) { return reinterpret_cast<fftwf_complex*>(values); }

// Of a note, what is left out and what is listened to.
constexpr double attack_seconds = 0.1, least_seconds = 0.25;
constexpr double least_periods = 16, fewest_periods = 4; // wanted, and needed to tell one partial from the next

// What of a note is transformed: whole periods, so that its partials stand on lines of the spectrum.
struct Stretch {
    uint32_t first, frames;
};

Stretch tone_of(const engine::BankEntry& shape, uint32_t rate, double hertz) {
    const auto first = std::min(shape.frames / 4, static_cast<uint32_t>(attack_seconds * rate));
    const double there = (shape.frames - first) * hertz / rate;
    const double periods = std::floor(std::min(there, std::max(least_seconds * hertz, least_periods)));
    return {first, static_cast<uint32_t>(periods * rate / hertz)};
}

// The partials of a note's cells, each found as the largest line of the spectrum around its place: a partial of a stiff
// string stands beside it.
class Partials {
  public:
    Partials(const engine::Bank& bank, uint32_t note)
        : bank_(bank), note_(note),
          hertz_(440 * std::exp2((bank.pitches()[note / bank.velocities().size()] - 69) / 12.0)),
          stretch_(tone_of(bank.entry(note, 0), bank.rate(), hertz_)), time_(allocated<float>(stretch_.frames)),
          lines_(allocated<Complex>(stretch_.frames / 2 + 1)),
          plan_(
              fftwf_plan_dft_r2c_1d(static_cast<int>(stretch_.frames), time_.get(), fftw(lines_.get()), FFTW_ESTIMATE)),
          lines_apart_(hertz_ * stretch_.frames / bank.rate()) {
        if (lines_apart_ < fewest_periods - 0.5)
            throw Error(bank.path() + ": its notes are too short to find their periods; choose a higher --pitch");
        const auto held = static_cast<size_t>((stretch_.frames / 2.0) / lines_apart_ - 0.5);
        count_ = std::min(most_partials, held);
    }

    size_t count() const { return count_; }

    // Amplitudes with phases, the fundamental first.
    const std::vector<Complex>& of(uint32_t cell) {
        auto& partials = found_[cell];
        if (partials.empty()) partials = analysed(cell);
        return partials;
    }

  private:
    std::vector<Complex> analysed(uint32_t cell) {
        const engine::BankEntry& entry = bank_.entry(note_, cell);
        const int16_t* const pcm = bank_.pcm(entry) + size_t{stretch_.first} * 2;
        for (uint32_t i = 0; i < stretch_.frames; ++i) {
            const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / stretch_.frames);
            time_[i] = static_cast<float>(hann * entry.gain / 32767 * (pcm[2 * i] + pcm[2 * i + 1]) / 2);
        }
        fftwf_execute(plan_.get());
        std::vector<Complex> partials;
        for (size_t k = 1; k <= count_; ++k) {
            const auto from = lines_.get() + std::lround((static_cast<double>(k) - 0.5) * lines_apart_);
            const auto to = lines_.get() + std::lround((static_cast<double>(k) + 0.5) * lines_apart_);
            partials.push_back(*std::max_element(from, std::max(to, from + 1),
                                                 [](Complex a, Complex b) { return std::norm(a) < std::norm(b); }));
        }
        return partials;
    }

    const engine::Bank& bank_;
    uint32_t note_;
    double hertz_;
    Stretch stretch_;
    std::unique_ptr<float[], FreeFftw> time_;
    std::unique_ptr<Complex[], FreeFftw> lines_;
    Plan plan_;
    double lines_apart_;
    size_t count_;
    std::map<uint32_t, std::vector<Complex>> found_;
};

// Of each partial, where it is strongest, turned so that the fundamental is a sine.
std::vector<Complex> shared_phases(const engine::Bank& bank, Partials& partials) {
    std::vector<Complex> strongest(partials.count());
    for (uint32_t cell = 0; cell < bank.cells(); ++cell)
        for (size_t k = 0; k < strongest.size(); ++k)
            if (std::norm(partials.of(cell)[k]) > std::norm(strongest[k])) strongest[k] = partials.of(cell)[k];
    const float turn = strongest.empty() ? 0 : std::arg(strongest[0]) + std::numbers::pi_v<float> / 2;
    for (size_t k = 0; k < strongest.size(); ++k)
        strongest[k] = std::polar(1.0f, std::arg(strongest[k]) - static_cast<float>(k + 1) * turn);
    return strongest;
}

float root_mean_square(std::span<const float> samples) {
    double sum = 0;
    for (const float sample : samples) sum += double{sample} * sample;
    return static_cast<float>(std::sqrt(sum / static_cast<double>(samples.size())));
}

} // namespace

std::vector<float> wavetable(const engine::Bank& bank, uint32_t note, std::span<const PlanePlace> walk) {
    Partials partials(bank, note);
    const std::vector<Complex> phases = shared_phases(bank, partials);
    const auto lines = allocated<Complex>(wavetable_period / 2 + 1);
    const auto period = allocated<float>(wavetable_period);
    const Plan plan(fftwf_plan_dft_c2r_1d(wavetable_period, fftw(lines.get()), period.get(), FFTW_ESTIMATE));
    std::vector<float> frames;
    for (const PlanePlace place : walk) {
        std::fill_n(lines.get(), wavetable_period / 2 + 1, Complex());
        for (const auto& [cell, share] : cells_at(bank, place))
            for (size_t k = 0; k < phases.size(); ++k)
                lines[k + 1] += share * std::abs(partials.of(cell)[k]) * phases[k];
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
