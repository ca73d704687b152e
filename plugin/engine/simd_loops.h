// The loops of simd.h, written once for any instruction set. Included by one source file for each of them, compiled
// with that set's flags; everything here is a template on the set, so that no code of a wider set leaks to others.
#pragma once

#include "plugin/engine/resampling_kernel.h"
#include "plugin/engine/simd.h"

#include <xsimd/xsimd.hpp>

#include <cstddef>
#include <type_traits>

namespace timbrel {

template<class Arch>
struct SimdLoops {
    using Floats = xsimd::batch<float, Arch>;
    using Ints = xsimd::batch<int32_t, Arch>;
    static constexpr size_t width = Floats::size;

    static Floats ramp() {
        alignas(64) float lanes[width];
        for (size_t i = 0; i < width; ++i) lanes[i] = static_cast<float>(i);
        return Floats::load_aligned(lanes);
    }

    template<uint32_t streams>
    static void blend_streams(const BlendRun& run, float* left, float* right) {
        const Floats one(1.0f), scale(1.0f / 65536.0f), lanes = ramp();
        const Ints high(static_cast<int32_t>(0xffff0000u));
        for (uint32_t j = 0; j < run.frames; j += width) {
            const Floats at = lanes + Floats(static_cast<float>(j));
            const Floats u = xsimd::fma(at, Floats(run.u_step), Floats(run.u));
            const Floats v = xsimd::fma(at, Floats(run.v_step), Floats(run.v));
            const Floats both = u * v;
            const Floats share[4] = {one - u - v + both, u - both, v - both, both};
            Floats sum_left(0.0f), sum_right(0.0f);
            for (uint32_t s = 0; s < streams; ++s) {
                const auto frames =
                    Ints::load_unaligned(reinterpret_cast<const int32_t*>(run.pcm[s]) + j); // left low, right high
                const Floats weight = share[s % 4] * Floats(run.gain[s]);
                // Both channels are taken 65536 times too large, which saves a shift each.
                sum_left = xsimd::fma(xsimd::to_float(frames << 16), weight, sum_left);
                sum_right = xsimd::fma(xsimd::to_float(frames & high), weight, sum_right);
            }
            (sum_left * scale).store_unaligned(left + j);
            (sum_right * scale).store_unaligned(right + j);
        }
    }

    static void blend(const BlendRun& run, float* left, float* right) {
        if (run.streams == 4)
            blend_streams<4>(run, left, right);
        else
            blend_streams<8>(run, left, right);
    }

    struct Sums {
        Floats left, right;
    };

    static Sums convolve(const ResampleRun& run, uint64_t position, uint32_t taps) {
        constexpr uint32_t fraction_bits = 32 - resampling_phase_bits;
        const size_t frame = position >> 32;
        const auto fraction = static_cast<uint32_t>(position);
        const float* row = run.rows + size_t{fraction >> fraction_bits} * taps;
        const Floats between(static_cast<float>(fraction & ((1u << fraction_bits) - 1)) *
                             (1.0f / (1u << fraction_bits)));
        const float* left = run.left + frame;
        const float* right = run.right + frame;
        Sums sums{Floats(0.0f), Floats(0.0f)};
        for (uint32_t k = 0; k < taps; k += width) {
            const Floats here = Floats::load_aligned(row + k);
            const Floats next = Floats::load_aligned(row + taps + k);
            const Floats tap = xsimd::fma(next - here, between, here);
            sums.left = xsimd::fma(tap, Floats::load_unaligned(left + k), sums.left);
            sums.right = xsimd::fma(tap, Floats::load_unaligned(right + k), sums.right);
        }
        return sums;
    }

    // Sums of the lanes of eight registers. Written out because xsimd 8's haddp() mixes them up for AVX-512.
    static void add_lanes(const Floats (&rows)[8], float* sums) {
        if constexpr (width == 4) {
            xsimd::haddp(rows).store_aligned(sums);
            xsimd::haddp(rows + 4).store_aligned(sums + 4);
        } else {
            using Eight = xsimd::batch<float, std::conditional_t<(width > 4), xsimd::fma3<xsimd::avx2>, Arch>>;
            Eight halves[8];
            for (uint32_t i = 0; i < 8; ++i) {
                alignas(64) float lanes[width];
                rows[i].store_aligned(lanes);
                halves[i] = Eight::load_aligned(lanes);
                if constexpr (width == 16) halves[i] = halves[i] + Eight::load_aligned(lanes + 8);
            }
            xsimd::haddp(halves).store_aligned(sums);
        }
    }

    // A last group that is not full computes its first frame again in the places left over.
    template<uint32_t fixed_taps>
    static void resample_taps(const ResampleRun& run, float* left, float* right) {
        constexpr uint32_t group = 4;
        const uint32_t taps = fixed_taps ? fixed_taps : run.taps;
        uint64_t position = run.position;
        for (uint32_t n = 0; n < run.frames; n += group) {
            Floats rows[2 * group];
            for (uint32_t g = 0; g < group; ++g) {
                const auto sums = convolve(run, n + g < run.frames ? position + g * run.step : position, taps);
                rows[g] = sums.left;
                rows[g + group] = sums.right;
            }
            alignas(64) float sums[2 * group];
            add_lanes(rows, sums);
            for (uint32_t g = 0; g < group; ++g) {
                left[n + g] = sums[g];
                right[n + g] = sums[g + group];
            }
            position += group * run.step;
        }
    }

    static void resample(const ResampleRun& run, float* left, float* right) {
        if (run.taps == 32)
            resample_taps<32>(run, left, right);
        else if (run.taps == 48)
            resample_taps<48>(run, left, right);
        else
            resample_taps<0>(run, left, right);
    }

    static void mix(const MixRun& run, float* left, float* right) {
        const Floats lanes = ramp();
        for (uint32_t j = 0; j < run.frames; j += width) {
            const Floats at = lanes + Floats(static_cast<float>(j));
            const Floats gain = xsimd::fma(at, Floats(run.gain_step), Floats(run.gain));
            xsimd::fma(gain, Floats::load_unaligned(run.left + j), Floats::load_unaligned(left + j))
                .store_unaligned(left + j);
            xsimd::fma(gain, Floats::load_unaligned(run.right + j), Floats::load_unaligned(right + j))
                .store_unaligned(right + j);
        }
    }
};

} // namespace timbrel
