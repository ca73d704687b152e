// Plays notes for a program that counts instructions. Usage: counted_notes timbrel|4|7 NOTES FRAMES SOUNDFONT
#include "tests/plugin/engine/support/compared.h"

#include <cstdlib>
#include <cstring>

using namespace timbrel::test;

int main(int count, char** arguments) {
    if (count != 5) return 2;
    const auto notes = static_cast<uint32_t>(std::atoi(arguments[2])),
               frames = static_cast<uint32_t>(std::atoi(arguments[3]));
    if (std::strcmp(arguments[1], "timbrel") == 0)
        Morph(plane_sound().open(), notes, false).render(frames, 64);
    else
        Fluid(arguments[4], notes, std::atoi(arguments[1])).render(frames, 64);
}
