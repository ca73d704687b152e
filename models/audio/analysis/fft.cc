// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/analysis/fft.h"

#include <fftw3.h>

#include <mutex>

namespace timbrel::audio {
namespace {

// Only FFTW's planner is not thread-safe.
std::mutex planner_mutex;

} // namespace

struct RealFft::Impl {
    explicit Impl(size_t n) : size(n), time(fftwf_alloc_real(n)), frequency(fftwf_alloc_complex(n / 2 + 1)) {
        const std::lock_guard lock(planner_mutex);
        // FFTW_ESTIMATE, because measured plans may differ from run to run and change the last bits of results.
        const int count = static_cast<int>(n);
        forward = fftwf_plan_dft_r2c_1d(count, time, frequency, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
        backward = fftwf_plan_dft_c2r_1d(count, frequency, time, FFTW_ESTIMATE);
    }
    ~Impl() {
        {
            const std::lock_guard lock(planner_mutex);
            fftwf_destroy_plan(forward);
            fftwf_destroy_plan(backward);
        }
        fftwf_free(time);
        fftwf_free(frequency);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    size_t size;
    float* time;
    fftwf_complex* frequency;
    fftwf_plan forward, backward;
};

RealFft::RealFft(size_t size) : impl_(std::make_unique<Impl>(size)) {}
RealFft::~RealFft() = default;
RealFft::RealFft(RealFft&&) noexcept = default;
RealFft& RealFft::operator=(RealFft&&) noexcept = default;

size_t RealFft::size() const { return impl_->size; }
std::span<float> RealFft::time() { return {impl_->time, impl_->size}; }
std::span<std::complex<float>> RealFft::frequency() {
    return {reinterpret_cast<std::complex<float>*>(impl_->frequency), impl_->size / 2 + 1};
}
void RealFft::forward() { fftwf_execute(impl_->forward); }
void RealFft::backward() { fftwf_execute(impl_->backward); }

struct ComplexFft::Impl {
    explicit Impl(size_t n) : size(n), data(fftwf_alloc_complex(n)) {
        const std::lock_guard lock(planner_mutex);
        backward = fftwf_plan_dft_1d(static_cast<int>(n), data, data, FFTW_BACKWARD, FFTW_ESTIMATE);
    }
    ~Impl() {
        {
            const std::lock_guard lock(planner_mutex);
            fftwf_destroy_plan(backward);
        }
        fftwf_free(data);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    size_t size;
    fftwf_complex* data;
    fftwf_plan backward;
};

ComplexFft::ComplexFft(size_t size) : impl_(std::make_unique<Impl>(size)) {}
ComplexFft::~ComplexFft() = default;
ComplexFft::ComplexFft(ComplexFft&&) noexcept = default;
ComplexFft& ComplexFft::operator=(ComplexFft&&) noexcept = default;

std::span<std::complex<float>> ComplexFft::data() {
    return {reinterpret_cast<std::complex<float>*>(impl_->data), impl_->size};
}
void ComplexFft::backward() { fftwf_execute(impl_->backward); }

size_t fast_fft_size(size_t least) {
    for (size_t size = least + least % 2;; size += 2) {
        size_t rest = size;
        for (const size_t factor : {2u, 3u, 5u})
            while (rest % factor == 0) rest /= factor;
        if (rest == 1) return size;
    }
}

} // namespace timbrel::audio
