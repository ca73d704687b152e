// SPDX-License-Identifier: GPL-3.0-or-later
// The longest block of a passage at 64 frames per block with 128 voices, in CPU time. The same passage is played
// repeatedly by new synths. The cost of a block is the minimum over all repetitions, because delays caused by the
// machine do not recur in the same block. Prints the longest cost; fails if it is more than half the period.
#include "tests/plugin/engine/support/dense_passage.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <limits>
#include <vector>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

constexpr uint32_t block = 64;
constexpr int repetitions = 15;

double thread_cpu_milliseconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

} // namespace

int main() {
    std::mt19937 random(1);
    const auto messages = dense_passage(random);
    const std::shared_ptr<const Bank> banks[] = {benchmark_bank().open(), benchmark_bank().open()};
    std::vector<double> minimum(passage_frames / block, std::numeric_limits<double>::max());
    double longest = 0;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        Player player(banks[0]);
        player.set(Parameter::polyphony, 128);
        size_t next = 0;
        float left[block], right[block];
        for (size_t i = 0; i < minimum.size(); ++i) {
            if (i % (passage_rate / block) == 0) {
                player.synth.exchange_bank(banks[i / (passage_rate / block) % 2]);
                player.synth.free_unused_banks();
            }
            const double start = thread_cpu_milliseconds();
            for (; next < messages.size() && messages[next].frame < (i + 1) * block; ++next)
                player.synth.midi(messages[next].frame % block, messages[next].bytes.data(), 3);
            player.synth.render(left, right, nullptr, nullptr, block);
            const double work = thread_cpu_milliseconds() - start;
            minimum[i] = std::min(minimum[i], work);
            longest = std::max(longest, work);
        }
    }
    double sum = 0;
    for (const double work : minimum) sum += work;
    std::ranges::sort(minimum);
    const double period = 1e3 * block / passage_rate, worst = minimum.back();
    std::printf("%zu blocks of %.3f ms, %d times: mean %.3f ms, 99.9 %% below %.3f, the longest %.3f (with delays "
                "of the machine %.3f)\n",
                minimum.size(), period, repetitions, sum / static_cast<double>(minimum.size()),
                minimum[minimum.size() * 999 / 1000], worst, longest);
    return worst < period / 2 ? 0 : 1;
}
