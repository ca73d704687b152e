// SPDX-License-Identifier: GPL-3.0-or-later
// Plays notes while count_instructions.sh counts instructions. Usage: counted_notes timbrel|4|7 NOTES FRAMES SOUNDFONT
#include "tests/plugin/engine/support/synth_comparison.h"

#include <cstdlib>
#include <cstring>

using namespace timbrel::test;

int main(int count, char** arguments) {
    if (count != 5) return 2;
    const auto notes = static_cast<uint32_t>(std::atoi(arguments[2])),
               frames = static_cast<uint32_t>(std::atoi(arguments[3]));
    if (std::strcmp(arguments[1], "timbrel") == 0)
        TimbrelNotes(benchmark_bank().open(), notes, false).render(frames, 64);
    else
        FluidsynthVoices(arguments[4], notes, std::atoi(arguments[1])).render(frames, 64);
}
