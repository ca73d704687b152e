// SPDX-License-Identifier: GPL-3.0-or-later
// How long after a drop the window plays: the time to the first bank and to a plane of 3 × 3 cells over the whole
// keyboard, medians of five bakes, each by a service that starts from nothing. usage: PROGRAM
#include "plugin/engine/bank/bank.h"
#include "plugin/ui/baking/bake_client.h"
#include "tests/common/temporary_folder.h"
#include "tests/plugin/ui/bake_service.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

using namespace timbrel;
using std::chrono::duration;
using std::chrono::steady_clock;

int main() {
    constexpr int runs = 5;
    const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
    std::array<std::array<double, runs>, 2> seconds{};
    for (int run = 0; run < runs; ++run) {
        const test::TemporaryFolder folder;
        const test::BakeServiceFolder service(folder.file(""));
        ui::BakeClient client;
        client.start({"--map", "2x2", font + ":0:73", font + ":0:0", font + ":0:52", font + ":0:12", "-o",
                      folder.file("a.timbrel")});
        const auto start = steady_clock::now();
        for (size_t stage = 0; stage < seconds.size();) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            const auto message = client.next_message();
            if (!message) continue;
            if (message->contains("error")) {
                std::fprintf(stderr, "%s\n", message->dump().c_str());
                return 1;
            }
            if (message->contains("bank"))
                seconds[stage++][run] = duration<double>(steady_clock::now() - start).count();
        }
    }
    const char* const names[] = {"first sound", "plane of 3 x 3 cells"};
    for (size_t stage = 0; stage < seconds.size(); ++stage) {
        std::ranges::sort(seconds[stage]);
        std::printf("%-22s %5.1f s (%.1f to %.1f)\n", names[stage], seconds[stage][runs / 2], seconds[stage].front(),
                    seconds[stage].back());
    }
}
