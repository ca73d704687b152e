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
struct OfFamily {
    const char *name, *family;
};
constexpr std::array both_fonts{
    Font{"fluid-soundfont-gm", "/usr/share/sounds/sf2/FluidR3_GM.sf2"},
    Font{"musescore-general-soundfont-lossless", "/usr/share/sounds/sf2/MuseScore_General_Full.sf2"}};

// Two more, which play a few recordings that TimGM6mb plays too: nothing of those is learned from.
constexpr Font general_user{"minuet-data", "/usr/share/minuet/soundfonts/GeneralUser-v1.47.sf2"};
constexpr Font airfont{"denemo-data", "/usr/share/sounds/sf2/A320U.sf2"};

constexpr Font unknown_font{"timgm6mb-soundfont", "/usr/share/sounds/sf2/TimGM6mb.sf2"};

constexpr std::array held_out_programs{12, 14, 16, 24, 33, 48, 52, 60, 71, 73, 81, 89, 104};
constexpr std::array unknown_programs{0,  4,  6,  9,  10, 11, 13, 14, 16, 17, 19, 21,  22, 25,
                                      27, 32, 35, 36, 38, 40, 42, 46, 49, 50, 53, 54,  56, 57,
                                      60, 64, 66, 68, 70, 74, 75, 80, 88, 91, 95, 105, 108};

// Programs with melodic presets that play samples of TimGM6mb.sf2, bit for bit: what scripts/shared_samples.py
// finds.
constexpr std::array shared_by_general_user{10, 30, 31, 34, 79, 91, 101, 111, 115};
constexpr std::array shared_by_airfont{4, 5, 8, 9, 10, 19, 28, 31, 35, 38, 39, 47, 110, 116};

constexpr char zyn[] = "http://zynaddsubfx.sourceforge.net";
const std::map<std::string, std::string> zyn_banks{
    {"Bass", "bass"},      {"Brass", "wind"},      {"Choir and Voice", "voice"}, {"Guitar", "plucked"},
    {"Organ", "organ"},    {"Pads", "synth"},      {"Plucked", "plucked"},       {"Reed and Wind", "wind"},
    {"Rhodes", "plucked"}, {"Strings", "strings"}, {"Synth", "synth"},           {"SynthPiano", "plucked"}};

// Banks of persons, of all kinds of sounds, most of them nobody's imitation.
const std::map<std::string, std::string> zyn_collections{
    {"Collection", "synth"}, {"Companion", "synth"}, {"Laba170bank", "synth"}, {"olivers-100", "synth"}};

constexpr size_t zyn_taken = 2; // every second: neighbours are variants of one sound

// setBfree's own programs, which it keeps for MIDI program changes: the popular registrations, of which one is silence,
// and those wired into the upper manual of a Hammond A-102.
constexpr char organ[] = "http://gareus.org/oss/lv2/b_synth";
constexpr int silent_registration = 21;
struct Range {
    int first, last;
};
constexpr std::array registrations{Range{1, 25}, Range{81, 89}};

// Calf's subtractive, its additive and its wavetable synthesiser.
constexpr char calf[] = "http://calf.sourceforge.net/plugins/";
constexpr std::array calf_synths{OfFamily{"Monosynth", "synth"}, OfFamily{"Organ", "organ"},
                                 OfFamily{"Wavetable", "synth"}};

constexpr char mda[] = "http://drobilla.net/plugins/mda/";
constexpr std::array mda_presets{OfFamily{"Piano#Plain Piano", "plucked"},
                                 OfFamily{"Piano#Dark Piano", "plucked"},
                                 OfFamily{"EPiano#Default", "plucked"},
                                 OfFamily{"EPiano#Bright", "plucked"},
                                 OfFamily{"DX10#Jazz E.Piano", "plucked"},
                                 OfFamily{"DX10#Harpsichord", "plucked"},
                                 OfFamily{"DX10#Harp", "plucked"},
                                 OfFamily{"DX10#Koto", "plucked"},
                                 OfFamily{"DX10#Soft Chimes", "mallets"},
                                 OfFamily{"DX10#Steel Drum", "mallets"},
                                 OfFamily{"DX10#Tinkle", "mallets"},
                                 OfFamily{"DX10#Log Drum", "mallets"},
                                 OfFamily{"DX10#Chiff Organ", "organ"},
                                 OfFamily{"JX10#Hard Organ", "organ"},
                                 OfFamily{"JX10#Leslie Organ", "organ"},
                                 OfFamily{"DX10#Upright Bass 1", "bass"},
                                 OfFamily{"DX10#Sine Bass", "bass"},
                                 OfFamily{"JX10#Fretless Bass", "bass"},
                                 OfFamily{"DX10#Violin", "strings"},
                                 OfFamily{"JX10#Synth Strings", "strings"},
                                 OfFamily{"DX10#Trumpet", "wind"},
                                 OfFamily{"DX10#Reed 1", "wind"},
                                 OfFamily{"JX10#Soft Horn", "wind"},
                                 OfFamily{"JX10#Whistler", "wind"},
                                 OfFamily{"DX10#Space Pad", "synth"},
                                 OfFamily{"JX10#Power PWM", "synth"},
                                 OfFamily{"JX10#Very Soft Pad", "synth"},
                                 OfFamily{"JX10#5th Sweep Pad", "synth"},
                                 OfFamily{"JX10#Detuned Techno Lead", "synth"}};

template<class List>
auto of_package(const char* package, const List& list) {
    try {
        return list();
    } catch (const std::exception& error) {
        throw std::runtime_error(std::string(error.what()) + "; its package is " + package);
    }
}

// The presets of a font that `chosen` takes by their programs; no drums (bank 120 and up) and no effects (above 118).
template<class Chosen>
void add_presets(std::vector<Instrument>& to, const Font& font, const Chosen& chosen) {
    const std::string file = font.file, source = std::filesystem::path(file).stem();
    for (const auto& p : of_package(font.package, [&] { return audio::list_presets(file); }))
        if (p.bank < 120 && p.program <= 118 && chosen(p.program))
            to.push_back({file + ":" + std::to_string(p.bank) + ":" + std::to_string(p.program), p.name, source,
                          general_midi_family(p.program)});
}

bool lists(const auto& programs, int program) { return std::ranges::find(programs, program) != programs.end(); }

bool held_out(int program) { return lists(held_out_programs, program); }

// A font whose recordings TimGM6mb may have in another form, too: none of the programs that judge.
void add_related(std::vector<Instrument>& to, const Font& font, const auto& shared) {
    add_presets(to, font, [&](int p) { return !held_out(p) && !lists(unknown_programs, p) && !lists(shared, p); });
}

void add_zyn(std::vector<Instrument>& to, const std::map<std::string, std::string>& banks) {
    auto names = of_package("zynaddsubfx-lv2", [] { return audio::list_lv2_presets(zyn); });
    std::ranges::sort(names);
    size_t count = 0;
    for (const auto& name : names) // BANK: NUMBER-NAME
        if (const auto bank = banks.find(name.substr(0, name.find(": ")));
            bank != banks.end() && count++ % zyn_taken == 0)
            to.push_back({std::string("lv2:") + zyn + "#" + name, name, "ZynAddSubFX", bank->second});
}

void add_organ(std::vector<Instrument>& to) {
    of_package("setbfree", [] { return audio::list_lv2_presets(organ); });
    for (const auto& range : registrations)
        for (int program = range.first; program <= range.last; ++program) {
            const std::string name = "program " + std::to_string(program);
            if (program != silent_registration)
                to.push_back({std::string("lv2:") + organ + "#" + name, name, "setBfree", "organ"});
        }
}

void add_calf(std::vector<Instrument>& to) {
    for (const auto& [plugin, family] : calf_synths) {
        const auto uri = std::string(calf) + plugin;
        for (const auto& name : of_package("calf-plugins", [&] { return audio::list_lv2_presets(uri); }))
            to.push_back({"lv2:" + uri + "#" + name, name, "Calf", family});
    }
}

void add_mda(std::vector<Instrument>& to) {
    of_package("mda-lv2", [] { return audio::list_lv2_presets(std::string(mda) + "DX10"); });
    for (const auto& [preset, family] : mda_presets)
        to.push_back({std::string("lv2:") + mda + preset, preset, "mda", family});
}

} // namespace

std::vector<Instrument> reference_instruments() {
    std::vector<Instrument> all;
    for (const auto& font : both_fonts) add_presets(all, font, [](int program) { return !held_out(program); });
    add_organ(all);
    add_zyn(all, zyn_banks);
    return all;
}

std::vector<Instrument> training_instruments() {
    auto all = reference_instruments();
    add_related(all, general_user, shared_by_general_user);
    add_related(all, airfont, shared_by_airfont);
    add_calf(all);
    add_zyn(all, zyn_collections);
    return all;
}

std::vector<Instrument> held_out_instruments() {
    std::vector<Instrument> all;
    for (const auto& font : both_fonts) add_presets(all, font, held_out);
    add_presets(all, unknown_font, [](int program) { return lists(unknown_programs, program); });
    add_mda(all);
    return all;
}

std::vector<std::string> learned_fonts() {
    std::vector<std::string> files;
    for (const auto& font : both_fonts) files.push_back(font.file);
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
