// Fast Fourier transforms by FFTW, single precision. Any number may exist in any threads; one serves one thread at a
// time.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

namespace timbrel::audio {

// A transform of one size with buffers of its own. Any number may exist in any threads; one serves one thread at a
// time.
class RealFft {
  public:
    explicit RealFft(size_t size); // even
    ~RealFft();
    RealFft(RealFft&&) noexcept;
    RealFft& operator=(RealFft&&) noexcept;

    size_t size() const;
    std::span<float> time();                    // size() samples
    std::span<std::complex<float>> frequency(); // size() / 2 + 1 bins
    void forward();                             // time() to frequency(); time() stays as it is
    void backward();                            // frequency() to time(), scaled by size(); destroys frequency()

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// From complex spectra to complex signals, in place.
class ComplexFft {
  public:
    explicit ComplexFft(size_t size);
    ~ComplexFft();
    ComplexFft(ComplexFft&&) noexcept;
    ComplexFft& operator=(ComplexFft&&) noexcept;

    std::span<std::complex<float>> data(); // size() of them
    void backward();                       // scaled by their number

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// The least size from `least` on that has no prime factors but 2, 3 and 5, which transforms are fast for. Even.
size_t fast_fft_size(size_t least);

} // namespace timbrel::audio
