// SPDX-License-Identifier: GPL-3.0-or-later
// Plays notes while count_instructions.sh counts instructions. Usage: counted_notes timbrel|filter|modulation|space|4|7
// NOTES FRAMES SOUNDFONT
#include "tests/plugin/engine/support/synth_comparison.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <string_view>

using namespace timbrel::test;

// Callgrind counts inside this function only. With a C name and never inlined or cloned, so that it is found by name.
extern "C" [[gnu::noipa]] void count_instructions(const std::function<void()>& work) { work(); }

int main(int count, char** arguments) {
    if (count != 5) return 2;
    const auto note_count = static_cast<uint32_t>(std::atoi(arguments[2])),
               frames = static_cast<uint32_t>(std::atoi(arguments[3]));
    const std::string_view names[] = {"timbrel", "filter", "modulation", "space"}; // in the order of Extras
    const auto name = std::find(std::begin(names), std::end(names), arguments[1]);
    if (name != std::end(names)) {
        TimbrelNotes notes(benchmark_bank().open(), note_count, static_cast<Extras>(name - std::begin(names)));
        count_instructions([&] { notes.render(frames, 64); });
    } else {
        FluidsynthVoices voices(arguments[4], note_count, std::atoi(arguments[1]));
        count_instructions([&] { voices.render(frames, 64); });
    }
}
