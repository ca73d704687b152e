// SPDX-License-Identifier: GPL-3.0-or-later
// Polyphase windowed-sinc kernels (Kaiser window) for playback at another pitch or rate, free of images and aliases.
// The kernels are built once per process and constant afterwards.
#pragma once

#include "common/realtime.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace timbrel::engine {

// A kernel for ratios (input frames per output frame) up to max_ratio. `rows` holds resampling_phases + 1 rows of
// `taps` coefficients, 64-byte aligned. Row p is for a position p / resampling_phases after input frame c; its first
// tap belongs to input frame c - taps / 2 + 1.
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
    // Thread: control for the first call in a process, which takes milliseconds; any afterwards.
    static const ResamplingKernels& instance();

    // Index of the kernel for a ratio; ratios above the largest max_ratio get the last kernel.
    uint32_t choose(double ratio) const noexcept TIMBREL_REALTIME;
    const ResamplingKernel& operator[](uint32_t index) const noexcept TIMBREL_REALTIME { return kernels_[index]; }
    uint32_t size() const noexcept TIMBREL_REALTIME { return static_cast<uint32_t>(kernels_.size()); }

  private:
    ResamplingKernels();
    void add(double max_ratio);

    struct FreeAligned {
        void operator()(float* rows) const;
    };
    std::vector<ResamplingKernel> kernels_;
    std::vector<std::unique_ptr<float[], FreeAligned>> rows_;
};

} // namespace timbrel::engine
