// SPDX-License-Identifier: GPL-3.0-or-later
// Scala files of arbitrary bytes. An input is a scale, or a scale and a keyboard map with a line of %% between them.
// Every pitch of a tuning that is read is finite or that of a silent key.
#include "plugin/engine/midi/scala.h"
#include "tests/fuzz/fuzz.h"

#include <cmath>

using namespace timbrel::test;
using timbrel::engine::Tuning;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static MemoryFile scale, map;
    const std::span all(data, size);
    constexpr std::string_view separator = "\n%%\n";
    const auto at = std::ranges::search(all, separator);
    scale.assign({all.begin(), at.begin()});
    map.assign({at.end(), all.end()});
    try {
        const Tuning tuning = timbrel::engine::read_scala(scale.path(), at.empty() ? std::string() : map.path());
        for (const float pitch : tuning.pitch) require(!Tuning::sounds(pitch) || std::isfinite(pitch));
    } catch (const timbrel::engine::TuningError& error) {
        const std::string_view text = error.what();
        require(text.starts_with(scale.path()) || text.starts_with(map.path()));
    }
    return 0;
}
