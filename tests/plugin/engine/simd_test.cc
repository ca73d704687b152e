// SPDX-License-Identifier: GPL-3.0-or-later
// All instruction sets compute the same, and rendering restores the processor's floating-point mode.
#define BOOST_TEST_MODULE simd
#include "plugin/engine/dsp/resampling_kernel.h"
#include "plugin/engine/dsp/simd.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <random>
#include <vector>

#ifdef __x86_64__
#include <xmmintrin.h>
#endif

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

const Simd* simd_sets[3];
const uint32_t simd_set_count = available_simd(simd_sets);

std::vector<float> noise(size_t count) {
    std::mt19937 random(3);
    std::vector<float> values(count);
    for (auto& value : values) value = static_cast<float>(random() % 20001) / 10000.0f - 1.0f;
    return values;
}

double thread_cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

} // namespace

BOOST_AUTO_TEST_CASE(blending_agrees_across_instruction_sets) {
    std::vector<std::vector<int16_t>> cells(8, std::vector<int16_t>(400));
    const int16_t* pcm[8];
    float gain[8];
    std::mt19937 random(1);
    for (size_t s = 0; s < 8; ++s) {
        for (auto& sample : cells[s]) sample = static_cast<int16_t>(random());
        pcm[s] = cells[s].data();
        gain[s] = static_cast<float>(1 + s) / 32767.0f;
    }
    for (const uint32_t streams : {4u, 8u})
        for (const uint32_t frames : {1u, 7u, 64u}) {
            const BlendRun run{pcm, gain, 3, streams, 0.9f, -0.01f, 0.2f, 0.007f, frames};
            for (uint32_t set = 0; set < simd_set_count; ++set) {
                std::vector<float> left(128), right(128);
                simd_sets[set]->blend(run, left.data(), right.data());
                for (uint32_t n = 0; n < frames; ++n) {
                    const double u = 0.9 - 0.01 * n, v = 0.2 + 0.007 * n;
                    const double weight[4] = {(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v};
                    double expected[2] = {};
                    for (uint32_t s = 0; s < streams; ++s)
                        for (size_t c = 0; c < 2; ++c)
                            expected[c] += weight[s % 4] * gain[s] * cells[s][2 * (3 + n) + c];
                    BOOST_TEST_REQUIRE(std::abs(left[n] - expected[0]) < 1e-5);
                    BOOST_TEST_REQUIRE(std::abs(right[n] - expected[1]) < 1e-5);
                }
            }
        }
}

BOOST_AUTO_TEST_CASE(resampling_agrees_across_instruction_sets) {
    const auto left = noise(2048), right = noise(2048);
    const auto& kernels = ResamplingKernels::instance();
    for (uint32_t k = 0; k < kernels.size(); ++k) {
        const auto& kernel = kernels[k];
        for (uint32_t set = 0; set < simd_set_count; ++set) {
            const auto step = static_cast<uint64_t>(std::min(kernel.max_ratio, 16.0) * 4294967296.0);
            std::vector<float> out(64 * 2 + 64);
            simd_sets[set]->resample({left.data(), right.data(), kernel.rows, kernel.taps, 12345678901u, step, 61, 2},
                                     out.data());
            for (uint32_t n = 0; n < 61; ++n) {
                const uint64_t position = 12345678901u + n * step;
                const double phase = static_cast<double>(position & 0xffffffffu) / 4294967296.0 * resampling_phases;
                const auto row = static_cast<size_t>(phase);
                double expected[2] = {};
                for (uint32_t t = 0; t < kernel.taps; ++t) {
                    const double this_row = kernel.rows[row * kernel.taps + t],
                                 next_row = kernel.rows[(row + 1) * kernel.taps + t];
                    const double tap = this_row + (next_row - this_row) * (phase - static_cast<double>(row));
                    expected[0] += tap * left[(position >> 32) + t];
                    expected[1] += tap * right[(position >> 32) + t];
                }
                BOOST_TEST_REQUIRE(std::abs(out[2 * n] - expected[0]) < 2e-6);
                BOOST_TEST_REQUIRE(std::abs(out[2 * n + 1] - expected[1]) < 2e-6);
            }
        }
    }
}

#ifdef __x86_64__
BOOST_AUTO_TEST_CASE(the_hosts_denormal_mode_is_restored) {
    Player player(nullptr);
    for (const uint32_t flags : {0x1f80u, 0x9fc0u}) {
        _mm_setcsr(flags);
        player.play(64);
        BOOST_TEST((_mm_getcsr() & 0xffc0u) == flags);
    }
    _mm_setcsr(0x1f80);
}
#endif

BOOST_AUTO_TEST_CASE(denormal_levels_cost_no_more_than_playing) {
    SyntheticBank bank;
    bank.shape = {9600, 0, 9600};
    bank.sound = [](const SamplePosition& at) { return 0.5 * sine(1000, at.frame); };
    bank.decay = [](uint32_t, uint32_t) { return 200.0f; };
    Player player(bank.open());
    player.set(Parameter::cutoff, 1000.0f);
    for (int key = 60; key < 76; ++key) player.note_on(key);
    const auto cost = [&] { // seconds for 0.1 s of sound: the minimum of several runs
        double minimum = 1e9;
        for (int i = 0; i < 8; ++i) {
            const double start = thread_cpu_seconds();
            player.play(4800);
            minimum = std::min(minimum, thread_cpu_seconds() - start);
        }
        return minimum;
    };
    const double start = cost(); // ends at -160 dB: from here on all samples are denormal
    player.play(48000 * 4);
    const double end = cost();
    BOOST_TEST_MESSAGE("cost of denormal samples relative to the start: " << end / start << "");
    BOOST_TEST(end < 1.5 * start);
}
