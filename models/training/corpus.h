// Whose notes the network learns from, and who judges it. All come in Debian packages that anyone may install.
#pragma once

#include <string>
#include <vector>

namespace timbrel::models {

struct Instrument {
    std::string spec;   // as open_source takes it
    std::string name;   // of the preset
    std::string source; // the font or the plugins that it belongs to
    std::string family; // "plucked", "mallets", "organ", "bass", "strings", "voice", "wind" or "synth"
};

// The melodic presets of FluidR3 and MuseScore General without those below, registrations of setBfree's organ, and
// every second preset of ZynAddSubFX's banks that are named after instruments: what notes between instruments are
// compared with. Throws std::runtime_error with one line that names the package which is missing.
std::vector<Instrument> reference_instruments();

// These, and after them what training alone hears: GeneralUser GS and Airfont without the programs that are held out or
// that TimGM6mb is judged by (their other presets may play the same recordings), three of Calf's synthesisers, and
// every second preset of four more of ZynAddSubFX's banks. Throws as above.
std::vector<Instrument> training_instruments();

// Never learned from: some General MIDI programs of the two fonts, one or two of every family, in any of their banks;
// and two sources that training does not know at all, TimGM6mb and mda's synthesisers, a choice of each. Throws as
// above.
std::vector<Instrument> held_out_instruments();

// The files of the two fonts.
std::vector<std::string> learned_fonts();

// The family of a General MIDI program.
std::string general_midi_family(int program);

} // namespace timbrel::models
