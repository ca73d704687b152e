// SPDX-License-Identifier: GPL-3.0-or-later
// The instruments that the network is trained on and evaluated with. All come in Debian packages.
// Threads: control; each call reads the lists from the installed fonts and plugins.
#pragma once

#include <string>
#include <vector>

namespace timbrel::models {

// Which instruments an evaluation uses. Constants are chosen on `development`; results are reported on `test`.
enum class Split { development, test };

struct CorpusInstrument {
    std::string spec;   // as audio::open_source takes it
    std::string name;   // of the preset
    std::string source; // the font or plugin collection
    std::string family; // "plucked", "mallets", "organ", "bass", "strings", "voice", "wind" or "synth"
};

// The reference set of evaluate_frechet_audio_distance: the melodic presets of FluidR3 and MuseScore General except the
// held-out programs, setBfree's organ registrations, and every second preset of ZynAddSubFX's banks that are named
// after instruments. Throws std::runtime_error with one line that names the missing package.
std::vector<CorpusInstrument> reference_instruments();

// reference_instruments(), followed by instruments used in training only: GeneralUser GS and Airfont without the
// programs that are held out or that TimGM6mb is evaluated with (their other presets may play the same recordings),
// three of Calf's synthesisers, and every second preset of four more ZynAddSubFX banks. Throws as above.
std::vector<CorpusInstrument> training_instruments();

// Never used in training: one or two General MIDI programs of every family of both reference fonts, in all their banks,
// and a selection of two sources that training does not use at all, TimGM6mb and the mda synthesisers. Throws as above.
std::vector<CorpusInstrument> held_out_instruments();

// Not used in training, and not in held_out_instruments(): other programs of TimGM6mb, and some of the ZynAddSubFX
// presets that training skips. They are closer to training than the test split: GeneralUser GS and Airfont may hold the
// same programs of TimGM6mb, and ZynAddSubFX presets are variants of their neighbours. Throws as above.
std::vector<CorpusInstrument> development_instruments();

// development_instruments() or held_out_instruments(). Throws as above.
std::vector<CorpusInstrument> instruments_of(Split split);

// The font of the development planes.
std::string development_font();

// Files of the two reference fonts.
std::vector<std::string> training_fonts();

// The family of a General MIDI program (0–127).
std::string general_midi_family(int program);

} // namespace timbrel::models
