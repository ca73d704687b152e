// Windowed-sinc kernels for playing a sound at another pitch or rate without images and aliases. Built once in a
// process and never changed; reading them is real time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace timbrel::engine {

// One kernel, good for ratios (input frames per output frame) up to max_ratio. `rows` holds resampling_phases + 1 rows
// of `taps` coefficients, 64-byte aligned; row p serves a position p / resampling_phases beyond an input frame c, its
// first tap being for input frame c - taps / 2 + 1.
struct ResamplingKernel {
    double max_ratio;
    uint32_t taps; // a multiple of 8
    const float* rows;
};

inline constexpr uint32_t resampling_phase_bits = 7;
inline constexpr uint32_t resampling_phases = 1u << resampling_phase_bits;
inline constexpr uint32_t resampling_max_taps = 256;
inline constexpr double resampling_max_ratio = 16.0;

class ResamplingKernels {
  public:
    // Off the audio thread the first time it is called in a process (milliseconds); real time afterwards.
    static const ResamplingKernels& instance();

    // Index of the kernel for a ratio; ratios beyond the largest get the last one.
    uint32_t choose(double ratio) const;
    const ResamplingKernel& operator[](uint32_t index) const { return kernels_[index]; }
    uint32_t size() const { return static_cast<uint32_t>(kernels_.size()); }

  private:
    ResamplingKernels();
    void add(double max_ratio);

    struct Free {
        void operator()(float* rows) const;
    };
    std::vector<ResamplingKernel> kernels_;
    std::vector<std::unique_ptr<float[], Free>> rows_;
};

} // namespace timbrel::engine
