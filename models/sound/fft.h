// Fast Fourier transforms of real signals by FFTW, single precision.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

namespace timbrel {

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

} // namespace timbrel
