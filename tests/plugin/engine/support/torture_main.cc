// The torture session by itself, for builds whose sanitizer ends the program at the first finding.
#include "tests/plugin/engine/support/torture.h"

#include <cstdio>
#include <cstdlib>

int main(int count, char** arguments) {
    const auto blocks = count > 1 ? static_cast<uint32_t>(std::strtoul(arguments[1], nullptr, 10)) : 3000u;
    timbrel::test::Torture torture;
    const float loudest = torture.run(
        blocks, [] {}, [] {});
    std::printf("%u blocks without a finding, peak %.3f\n", blocks, static_cast<double>(loudest));
    return loudest > 0.0f ? 0 : 1; // it did sound
}
