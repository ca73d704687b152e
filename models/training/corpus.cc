// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/corpus.h"

#include "models/audio/sources/source.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <stdexcept>

namespace timbrel::models {
namespace {

struct Font {
    const char *package, *file;
};
struct NamedFamily {
    const char *name, *family;
};
constexpr std::array reference_fonts{
    Font{"fluid-soundfont-gm", "/usr/share/sounds/sf2/FluidR3_GM.sf2"},
    Font{"musescore-general-soundfont-lossless", "/usr/share/sounds/sf2/MuseScore_General_Full.sf2"}};

// These two fonts share some samples with TimGM6mb; presets that play shared samples are excluded from training.
constexpr Font general_user{"minuet-data", "/usr/share/minuet/soundfonts/GeneralUser-v1.47.sf2"};
constexpr Font airfont{"denemo-data", "/usr/share/sounds/sf2/A320U.sf2"};

constexpr Font unseen_font{"timgm6mb-soundfont", "/usr/share/sounds/sf2/TimGM6mb.sf2"};

constexpr std::array held_out_programs{12, 14, 16, 24, 33, 48, 52, 60, 71, 73, 81, 89, 104};
constexpr std::array unseen_programs{0,  4,  6,  9,  10, 11, 13, 14, 16, 17, 19, 21,  22, 25,
                                     27, 32, 35, 36, 38, 40, 42, 46, 49, 50, 53, 54,  56, 57,
                                     60, 64, 66, 68, 70, 74, 75, 80, 88, 91, 95, 105, 108};

// Programs of unseen_font that are neither in unseen_programs nor in held_out_programs.
constexpr std::array development_programs{1,  5,  8,  15, 18, 20, 26, 29, 37, 39, 41, 43, 44,
                                          51, 58, 61, 65, 69, 72, 79, 82, 85, 86, 90, 94, 107};
constexpr bool in_test_split(int program) {
    return std::ranges::count(unseen_programs, program) + std::ranges::count(held_out_programs, program) > 0;
}
static_assert(std::ranges::none_of(development_programs, in_test_split));

// Programs whose melodic presets play samples that are bit-identical to samples of TimGM6mb.sf2, as listed by
// scripts/shared_samples.py.
constexpr std::array shared_by_general_user{10, 30, 31, 34, 79, 91, 101, 111, 115};
constexpr std::array shared_by_airfont{4, 5, 8, 9, 10, 19, 28, 31, 35, 38, 39, 47, 110, 116};

constexpr char zynaddsubfx_uri[] = "http://zynaddsubfx.sourceforge.net";
const std::map<std::string, std::string> zyn_banks{
    {"Bass", "bass"},      {"Brass", "wind"},      {"Choir and Voice", "voice"}, {"Guitar", "plucked"},
    {"Organ", "organ"},    {"Pads", "synth"},      {"Plucked", "plucked"},       {"Reed and Wind", "wind"},
    {"Rhodes", "plucked"}, {"Strings", "strings"}, {"Synth", "synth"},           {"SynthPiano", "plucked"}};

// Banks named after their authors: mixed sounds, mostly synthetic.
const std::map<std::string, std::string> zyn_collections{
    {"Collection", "synth"}, {"Companion", "synth"}, {"Laba170bank", "synth"}, {"olivers-100", "synth"}};

constexpr size_t zyn_stride = 2; // every second preset, because neighbours are variants of one sound
constexpr size_t zyn_development_stride = 8, zyn_development_first = 1; // odd numbers, which training skips

// setBfree's built-in MIDI programs: the popular registrations, one of them silent, and the presets of the upper manual
// of a Hammond A-102.
constexpr char setbfree_uri[] = "http://gareus.org/oss/lv2/b_synth";
constexpr int silent_registration = 21;
struct ProgramRange {
    int first, last;
};
constexpr std::array registrations{ProgramRange{1, 25}, ProgramRange{81, 89}};

// Calf's subtractive, additive and wavetable synthesisers.
constexpr char calf_uri[] = "http://calf.sourceforge.net/plugins/";
constexpr std::array calf_synths{NamedFamily{"Monosynth", "synth"}, NamedFamily{"Organ", "organ"},
                                 NamedFamily{"Wavetable", "synth"}};

constexpr char mda_uri[] = "http://drobilla.net/plugins/mda/";
constexpr std::array mda_presets{NamedFamily{"Piano#Plain Piano", "plucked"},
                                 NamedFamily{"Piano#Dark Piano", "plucked"},
                                 NamedFamily{"EPiano#Default", "plucked"},
                                 NamedFamily{"EPiano#Bright", "plucked"},
                                 NamedFamily{"DX10#Jazz E.Piano", "plucked"},
                                 NamedFamily{"DX10#Harpsichord", "plucked"},
                                 NamedFamily{"DX10#Harp", "plucked"},
                                 NamedFamily{"DX10#Koto", "plucked"},
                                 NamedFamily{"DX10#Soft Chimes", "mallets"},
                                 NamedFamily{"DX10#Steel Drum", "mallets"},
                                 NamedFamily{"DX10#Tinkle", "mallets"},
                                 NamedFamily{"DX10#Log Drum", "mallets"},
                                 NamedFamily{"DX10#Chiff Organ", "organ"},
                                 NamedFamily{"JX10#Hard Organ", "organ"},
                                 NamedFamily{"JX10#Leslie Organ", "organ"},
                                 NamedFamily{"DX10#Upright Bass 1", "bass"},
                                 NamedFamily{"DX10#Sine Bass", "bass"},
                                 NamedFamily{"JX10#Fretless Bass", "bass"},
                                 NamedFamily{"DX10#Violin", "strings"},
                                 NamedFamily{"JX10#Synth Strings", "strings"},
                                 NamedFamily{"DX10#Trumpet", "wind"},
                                 NamedFamily{"DX10#Reed 1", "wind"},
                                 NamedFamily{"JX10#Soft Horn", "wind"},
                                 NamedFamily{"JX10#Whistler", "wind"},
                                 NamedFamily{"DX10#Space Pad", "synth"},
                                 NamedFamily{"JX10#Power PWM", "synth"},
                                 NamedFamily{"JX10#Very Soft Pad", "synth"},
                                 NamedFamily{"JX10#5th Sweep Pad", "synth"},
                                 NamedFamily{"JX10#Detuned Techno Lead", "synth"}};

// Runs `list` and appends the name of the Debian package to its error.
template<class List>
auto with_package_hint(const char* package, const List& list) {
    try {
        return list();
    } catch (const std::exception& error) {
        throw std::runtime_error(std::string(error.what()) + "; its package is " + package);
    }
}

// Adds the presets of a font whose program satisfies `chosen`, without drums (banks from 120) and sound effects
// (programs above 118).
template<class Chosen>
void add_presets(std::vector<CorpusInstrument>& to, const Font& font, const Chosen& chosen) {
    const std::string file = font.file, source = std::filesystem::path(file).stem();
    for (const auto& p : with_package_hint(font.package, [&] { return audio::list_presets(file); }))
        if (p.bank < 120 && p.program <= 118 && chosen(p.program))
            to.push_back({file + ":" + std::to_string(p.bank) + ":" + std::to_string(p.program), p.name, source,
                          general_midi_family(p.program)});
}

bool contains(const auto& programs, int program) { return std::ranges::find(programs, program) != programs.end(); }

bool is_held_out(int program) { return contains(held_out_programs, program); }

// Adds a font that may share recordings with TimGM6mb in another form: skips all programs used for evaluation.
void add_related(std::vector<CorpusInstrument>& to, const Font& font, const auto& shared) {
    add_presets(to, font,
                [&](int p) { return !is_held_out(p) && !contains(unseen_programs, p) && !contains(shared, p); });
}

// Adds every `stride`th preset of the banks from `first` on.
void add_zynaddsubfx(std::vector<CorpusInstrument>& to, const std::map<std::string, std::string>& banks,
                     size_t stride = zyn_stride, size_t first = 0) {
    auto names = with_package_hint("zynaddsubfx-lv2", [] { return audio::list_lv2_presets(zynaddsubfx_uri); });
    std::ranges::sort(names);
    size_t count = 0;
    for (const auto& name : names) // BANK: NUMBER-NAME
        if (const auto bank = banks.find(name.substr(0, name.find(": ")));
            bank != banks.end() && count++ % stride == first)
            to.push_back({std::string("lv2:") + zynaddsubfx_uri + "#" + name, name, "ZynAddSubFX", bank->second});
}

void add_setbfree(std::vector<CorpusInstrument>& to) {
    with_package_hint("setbfree", [] { return audio::list_lv2_presets(setbfree_uri); });
    for (const auto& range : registrations)
        for (int program = range.first; program <= range.last; ++program) {
            const std::string name = "program " + std::to_string(program);
            if (program != silent_registration)
                to.push_back({std::string("lv2:") + setbfree_uri + "#" + name, name, "setBfree", "organ"});
        }
}

void add_calf(std::vector<CorpusInstrument>& to) {
    for (const auto& [plugin, family] : calf_synths) {
        const auto uri = std::string(calf_uri) + plugin;
        for (const auto& name : with_package_hint("calf-plugins", [&] { return audio::list_lv2_presets(uri); }))
            to.push_back({"lv2:" + uri + "#" + name, name, "Calf", family});
    }
}

void add_mda(std::vector<CorpusInstrument>& to) {
    with_package_hint("mda-lv2", [] { return audio::list_lv2_presets(std::string(mda_uri) + "DX10"); });
    for (const auto& [preset, family] : mda_presets)
        to.push_back({std::string("lv2:") + mda_uri + preset, preset, "mda", family});
}

} // namespace

std::vector<CorpusInstrument> reference_instruments() {
    std::vector<CorpusInstrument> all;
    for (const auto& font : reference_fonts) add_presets(all, font, [](int program) { return !is_held_out(program); });
    add_setbfree(all);
    add_zynaddsubfx(all, zyn_banks);
    return all;
}

std::vector<CorpusInstrument> training_instruments() {
    auto all = reference_instruments();
    add_related(all, general_user, shared_by_general_user);
    add_related(all, airfont, shared_by_airfont);
    add_calf(all);
    add_zynaddsubfx(all, zyn_collections);
    return all;
}

std::vector<CorpusInstrument> held_out_instruments() {
    std::vector<CorpusInstrument> all;
    for (const auto& font : reference_fonts) add_presets(all, font, is_held_out);
    add_presets(all, unseen_font, [](int program) { return contains(unseen_programs, program); });
    add_mda(all);
    return all;
}

std::vector<CorpusInstrument> development_instruments() {
    std::vector<CorpusInstrument> all;
    add_presets(all, unseen_font, [](int program) { return contains(development_programs, program); });
    add_zynaddsubfx(all, zyn_banks, zyn_development_stride, zyn_development_first);
    return all;
}

std::vector<CorpusInstrument> instruments_of(Split split) {
    return split == Split::test ? held_out_instruments() : development_instruments();
}

std::string development_font() { return unseen_font.file; }

std::vector<std::string> training_fonts() {
    std::vector<std::string> files;
    for (const auto& font : reference_fonts) files.push_back(font.file);
    return files;
}

std::string general_midi_family(int p) {
    const auto among = [p](std::initializer_list<int> list) { return std::ranges::find(list, p) != list.end(); };
    if (p < 8 || (p >= 24 && p < 32) || among({45, 46, 104, 105, 106, 107})) return "plucked";
    if (p < 16 || among({47, 108, 112, 113, 114, 115, 116, 117, 118})) return "mallets";
    if (p < 24) return "organ";
    if (p < 40) return "bass";
    if (p < 45 || among({48, 49, 110})) return "strings";
    if (among({52, 53, 54, 85, 91})) return "voice";
    if ((p >= 56 && p < 62) || (p >= 64 && p < 80) || among({109, 111})) return "wind";
    return "synth";
}

} // namespace timbrel::models
