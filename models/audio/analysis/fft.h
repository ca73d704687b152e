// SPDX-License-Identifier: GPL-3.0-or-later
// Fast Fourier transforms by FFTW, single precision. Thread: control, worker; one thread at a time per object. Objects
// may be made and used in several threads at once.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

namespace timbrel::audio {

// A real transform of one size, with its own buffers.
class RealFft {
  public:
    explicit RealFft(size_t size); // even
    ~RealFft();
    RealFft(RealFft&&) noexcept;
    RealFft& operator=(RealFft&&) noexcept;

    size_t size() const;
    std::span<float> time();                    // size() samples
    std::span<std::complex<float>> frequency(); // size() / 2 + 1 bins
    void forward();                             // time() to frequency(); keeps time()
    void backward();                            // frequency() to time(), scaled by size(); destroys frequency()

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// A complex transform from spectra to signals, in place.
class ComplexFft {
  public:
    explicit ComplexFft(size_t size);
    ~ComplexFft();
    ComplexFft(ComplexFft&&) noexcept;
    ComplexFft& operator=(ComplexFft&&) noexcept;

    std::span<std::complex<float>> data(); // as many values as the constructor's size
    void backward();                       // scaled by that size

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// The smallest even size, at least `least`, without prime factors but 2, 3 and 5, for which FFTW is fast.
size_t fast_fft_size(size_t least);

} // namespace timbrel::audio
