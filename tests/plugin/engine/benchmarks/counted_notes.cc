// SPDX-License-Identifier: GPL-3.0-or-later
// Plays notes while count_instructions.sh counts instructions. Usage: counted_notes timbrel|4|7 NOTES FRAMES SOUNDFONT
#include "tests/plugin/engine/support/synth_comparison.h"

#include <cstdlib>
#include <cstring>
#include <functional>

using namespace timbrel::test;

// Callgrind counts inside this function only. With a C name and never inlined or cloned, so that it is found by name.
extern "C" [[gnu::noipa]] void count_instructions(const std::function<void()>& work) { work(); }

int main(int count, char** arguments) {
    if (count != 5) return 2;
    const auto note_count = static_cast<uint32_t>(std::atoi(arguments[2])),
               frames = static_cast<uint32_t>(std::atoi(arguments[3]));
    if (std::strcmp(arguments[1], "timbrel") == 0) {
        TimbrelNotes notes(benchmark_bank().open(), note_count, false);
        count_instructions([&] { notes.render(frames, 64); });
    } else {
        FluidsynthVoices voices(arguments[4], note_count, std::atoi(arguments[1]));
        count_instructions([&] { voices.render(frames, 64); });
    }
}
