// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the stress session alone, for builds whose sanitizer ends the program at the first finding.
// Argument: the number of blocks.
#include "tests/plugin/engine/support/stress_session.h"

#include <cstdio>
#include <cstdlib>

int main(int count, char** arguments) {
    const auto blocks = count > 1 ? static_cast<uint32_t>(std::strtoul(arguments[1], nullptr, 10)) : 3000u;
    timbrel::test::StressSession session;
    const float peak = session.run(
        blocks, [] {}, [] {});
    std::printf("%u blocks without a finding, peak %.3f\n", blocks, static_cast<double>(peak));
    return peak > 0.0f ? 0 : 1; // fails if the session is silent
}
