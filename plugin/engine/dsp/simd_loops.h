// SPDX-License-Identifier: GPL-3.0-or-later
// The loops of simd.h for any instruction set. Each simd_*.cc includes this header and is compiled with the flags of
// its set. Everything is a template on the set, so that the linker cannot merge code of different sets. Thread: audio.
#pragma once

#include "plugin/engine/dsp/resampling_kernel.h"
#include "plugin/engine/dsp/simd.h"

#include <xsimd/xsimd.hpp>

#include <cstddef>
#include <cstring>

namespace timbrel::engine {

template<class Arch>
struct SimdLoops {
    using Floats = xsimd::batch<float, Arch>;
    using Ints = xsimd::batch<int32_t, Arch>;
    static constexpr size_t width = Floats::size;

    static Floats lane_numbers() {
        alignas(64) float lanes[width];
        for (size_t i = 0; i < width; ++i) lanes[i] = static_cast<float>(i);
        return Floats::load_aligned(lanes);
    }

    template<uint32_t streams>
    static void blend_streams(const BlendRun& run, float* left, float* right) {
        const Floats one(1.0f), scale(1.0f / 65536.0f), lanes = lane_numbers();
        const Ints high(static_cast<int32_t>(0xffff0000u));
        for (uint32_t j = 0; j < run.frames; j += width) {
            const Floats frame = lanes + Floats(static_cast<float>(j));
            const Floats u = xsimd::fma(frame, Floats(run.u_step), Floats(run.u));
            const Floats v = xsimd::fma(frame, Floats(run.v_step), Floats(run.v));
            const Floats uv = u * v;
            const Floats position[4] = {one - u - v + uv, u - uv, v - uv, uv};
            Floats sum_left(0.0f), sum_right(0.0f);
            for (uint32_t s = 0; s < streams; ++s) {
                const auto frames = Ints::load_unaligned(reinterpret_cast<const int32_t*>(run.pcm[s]) + run.first +
                                                         j); // left low, right high
                const Floats weight = position[s % 4] * Floats(run.gain[s]);
                // Each sample sits in the upper 16 bits, 65536 times too large; scaling the sum saves a shift per
                // sample.
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
        const size_t phase = (position >> fraction_bits) & (resampling_phases - 1);
        const auto remainder =
            static_cast<int32_t>(position & ((uint64_t{1} << fraction_bits) - 1)); // converts faster if signed
        const float* row = run.rows + phase * taps;
        const Floats fraction(static_cast<float>(remainder) * (1.0f / (1 << fraction_bits)));
        const float* left = run.left + frame;
        const float* right = run.right + frame;
        Sums sums{Floats(0.0f), Floats(0.0f)};
        for (uint32_t k = 0; k < taps; k += width) {
            const Floats here = Floats::load_aligned(row + k);
            const Floats next = Floats::load_aligned(row + taps + k);
            const Floats tap = xsimd::fma(next - here, fraction, here);
            sums.left = xsimd::fma(tap, Floats::load_unaligned(left + k), sums.left);
            sums.right = xsimd::fma(tap, Floats::load_unaligned(right + k), sums.right);
        }
        return sums;
    }

    // Computes whole groups, without a branch inside: the last one may exceed run.frames.
    template<uint32_t fixed_taps>
    static void resample_taps(const ResampleRun& run, float* out) {
        constexpr uint32_t group = resample_group;
        static_assert(width == 4 || width == 8); // xsimd 8's haddp() permutes the sums of wider registers
        const uint32_t taps = fixed_taps ? fixed_taps : run.taps;
        uint64_t position = run.position;
        for (uint32_t n = 0; n < run.frames; n += group) {
            Floats rows[2 * group];
            for (uint32_t g = 0; g < group; ++g, position += run.step) {
                const auto sums = convolve(run, position, taps);
                rows[2 * g] = sums.left;
                rows[2 * g + 1] = sums.right;
            }
            alignas(64) float sums[2 * group];
            for (uint32_t g = 0; g < 2 * group; g += width) xsimd::haddp(rows + g).store_aligned(sums + g);
            for (uint32_t g = 0; g < group; ++g, out += run.stride) std::memcpy(out, sums + 2 * g, 2 * sizeof(float));
        }
    }

    static void resample(const ResampleRun& run, float* out) {
        if (run.taps == 24) return resample_taps<24>(run, out);
        if (run.taps == 32) return resample_taps<32>(run, out);
        resample_taps<0>(run, out);
    }

    struct Ramp {
        Floats start, step;
        explicit Ramp(const LaneRamp& ramp)
            : start(Floats::load_aligned(ramp.start)), step(Floats::load_aligned(ramp.step)) {}
        Floats at(const Floats& frame) const { return xsimd::fma(step, frame, start); }
    };

    // Resampling and a resonant filter can raise a sound above the gains of its cells.
    static Floats bounded(const Floats& sound) {
        return xsimd::max(xsimd::min(sound, Floats(max_voice_amplitude)), Floats(-max_voice_amplitude));
    }

    static void mix_filtered(LaneRun& run, uint32_t frames) {
        const Ramp gain(run.gain), wet(run.wet), damping(run.damping), drive(run.drive), keep(run.keep);
        Floats frame = Floats::load_aligned(run.elapsed);
        Floats s1 = Floats::load_aligned(run.s1), s2 = Floats::load_aligned(run.s2);
        const Floats half(0.5f), one(1.0f);
        for (uint32_t n = 0; n < frames; ++n) {
            const Floats in = Floats::load_aligned(run.sound + n * width);
            const Floats drive_now = drive.at(frame);
            const Floats old_s2 = s2;
            s2 = xsimd::fma(drive_now, s1, xsimd::fma(keep.at(frame), s2 - in, in));
            s1 = xsimd::fma(damping.at(frame), s1, drive_now * (in - old_s2));
            const Floats low = (old_s2 + s2) * half;
            const Floats sound = xsimd::fma(wet.at(frame), low - in, in);
            float* sum = run.sum + n * width;
            xsimd::fma(bounded(sound), gain.at(frame), Floats::load_aligned(sum)).store_aligned(sum);
            frame = frame + one;
        }
        s1.store_aligned(run.s1);
        s2.store_aligned(run.s2);
    }

    static void mix_lanes(LaneRun& run, uint32_t frames) {
        if (run.filtered) return mix_filtered(run, frames);
        const Ramp gain(run.gain);
        const Floats one(1.0f);
        Floats frame = Floats::load_aligned(run.elapsed);
        for (uint32_t n = 0; n < frames; ++n) {
            float* sum = run.sum + n * width;
            const Floats sound = bounded(Floats::load_aligned(run.sound + n * width));
            xsimd::fma(sound, gain.at(frame), Floats::load_aligned(sum)).store_aligned(sum);
            frame = frame + one;
        }
    }
};

} // namespace timbrel::engine
