// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/truth/triples.h"

#include "common/note_name.h"
#include "common/units.h"
#include "models/audio/knobs/body.h"
#include "models/audio/knobs/knob.h"
#include "models/recipe/recipe.h"
#include "models/tensor/audio_tensor.h"
#include "models/training/training_notes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <span>

namespace timbrel::models {
namespace {

constexpr int family_notes = 6, body_notes = 10, preset_notes = 4; // triples of each family, body, velocity preset
constexpr double release = .7;                                     // seconds recorded after the key is released
constexpr int softest = 40, hardest = 120, middle_velocity = 80, knob_velocity = 100;

// Training uses variants below 2^20.
constexpr uint64_t first_variant(Split split) { return split == Split::test ? 1ull << 40 : 1ull << 41; }

// Presets whose timbre depends on the velocity: of the layered ones those whose programs training skips.
struct LayeredPreset {
    const char *name, *spec;
};
constexpr std::array test_presets{
    LayeredPreset{"GeneralUser Tine Piano", "/usr/share/minuet/soundfonts/GeneralUser-v1.47.sf2:0:4"},
    LayeredPreset{"GeneralUser French Horns", "/usr/share/minuet/soundfonts/GeneralUser-v1.47.sf2:0:60"},
    LayeredPreset{"GeneralUser Cello", "/usr/share/minuet/soundfonts/GeneralUser-v1.47.sf2:0:42"},
    LayeredPreset{"MuseScore Strings Fast", "/usr/share/sounds/sf2/MuseScore_General_Full.sf2:0:48"},
    LayeredPreset{"mda EPiano", "lv2:http://drobilla.net/plugins/mda/EPiano#Default"},
    LayeredPreset{"mda Piano", "lv2:http://drobilla.net/plugins/mda/Piano#Plain Piano"},
    LayeredPreset{"mda DX10 Jazz E.Piano", "lv2:http://drobilla.net/plugins/mda/DX10#Jazz E.Piano"},
    LayeredPreset{"mda DX10 Trumpet", "lv2:http://drobilla.net/plugins/mda/DX10#Trumpet"}};
constexpr std::array development_presets{
    LayeredPreset{"A320U Acoustic Piano", "/usr/share/sounds/sf2/A320U.sf2:0:0"},
    LayeredPreset{"GeneralUser Violin", "/usr/share/minuet/soundfonts/GeneralUser-v1.47.sf2:0:40"},
    LayeredPreset{"GeneralUser Pan Flute", "/usr/share/minuet/soundfonts/GeneralUser-v1.47.sf2:0:75"}};
constexpr std::array velocity_pitches{41, 52, 64, 75};
static_assert(velocity_pitches.size() == preset_notes);

double hold_seconds() { return truth_seconds + morph_recipe().hold_margin; }

std::string note_text(const std::string& instrument, int pitch) { return instrument + ", " + note_name(pitch); }

// The kth of `count` pitches, evenly distributed.
int pitch_of(const audio::KnobFamily& family, int k, int count) {
    return family.lowest_pitch + int(std::lround((k + .5) * (family.highest_pitch - family.lowest_pitch) / count));
}

void add_families(std::vector<TruthTriple>& to, Split split, const char* group, audio::KnobUse use) {
    for (const auto& family : audio::knob_families()) {
        if (family.use != use) continue;
        for (int k = 0; k < family_notes; ++k) {
            audio::KnobNote note{pitch_of(family, k, family_notes), knob_velocity, hold_seconds(), release,
                                 first_variant(split) + uint64_t(k)};
            const auto open = [knob = family.open, note]() -> TruthTriple::Player {
                return [knob = std::shared_ptr<audio::Knob>(knob()), note](double setting) {
                    return to_stereo_tensor(knob->note(note, setting));
                };
            };
            to.push_back({group, family.name, note_text(family.instrument, note.pitch), note.pitch,
                          double(note.velocity), open});
        }
    }
}

TruthTriple body_triple(audio::BodyKind kind, const CorpusInstrument& instrument, const TrainingNote& note,
                        uint64_t seed) {
    const auto open = [=]() -> TruthTriple::Player {
        const auto source = open_pitched_source(instrument);
        const auto recording = source->note(note.pitch, note.velocity, hold_seconds(), release).audio;
        return [recording, body = audio::Body(kind, note_to_hertz(note.pitch), seed)](double setting) {
            return to_stereo_tensor(body.filtered(recording, setting));
        };
    };
    return {bodies_group, audio::name_of(kind),  note_text(instrument.source + " " + instrument.name, note.pitch),
            note.pitch,   double(note.velocity), open};
}

void add_bodies(std::vector<TruthTriple>& to, Split split) {
    const auto instruments = instruments_of(split);
    const size_t count = audio::body_kinds.size() * body_notes;
    for (size_t i = 0; i < count; ++i) {
        const auto& instrument = instruments[i * instruments.size() / count];
        const auto notes = evaluation_notes(instrument, preset_notes);
        // Neighbouring triples, and so presets of one program, get different kinds.
        const auto kind = audio::body_kinds[i % audio::body_kinds.size()];
        to.push_back(body_triple(kind, instrument, notes[i / audio::body_kinds.size() % notes.size()],
                                 first_variant(split) + i));
    }
    std::ranges::stable_sort(to.end() - std::ptrdiff_t(count), to.end(), {}, &TruthTriple::family);
}

// The key at the velocity of a setting, at the level of the middle velocity: the law of DLS, amplitude ∝ velocity², is
// taken out, because loudness between corners follows a law of its own.
Tensor velocity_sound(audio::Source& source, int pitch, double setting) {
    const auto velocity = int(std::lround(softest + setting * (hardest - softest)));
    const double gain = std::pow(double(middle_velocity) / velocity, 2);
    return to_stereo_tensor(source.note(pitch, velocity, hold_seconds(), release).audio) * gain;
}

void add_velocities(std::vector<TruthTriple>& to, std::span<const LayeredPreset> presets) {
    for (const auto& preset : presets)
        for (const int pitch : velocity_pitches) {
            const auto open = [spec = std::string(preset.spec), pitch]() -> TruthTriple::Player {
                return [source = std::shared_ptr<audio::Source>(audio::open_source(spec)), pitch](double setting) {
                    return velocity_sound(*source, pitch, setting);
                };
            };
            to.push_back({velocity_group, preset.name, note_text(preset.name, pitch), pitch, middle_velocity, open});
        }
}

} // namespace

std::vector<TruthTriple> truth_triples(Split split) {
    std::vector<TruthTriple> triples;
    const bool test = split == Split::test;
    add_families(triples, split, trained_group, audio::KnobUse::training);
    add_bodies(triples, split);
    add_families(triples, split, held_out_group, test ? audio::KnobUse::test : audio::KnobUse::development);
    add_velocities(triples, test ? std::span<const LayeredPreset>(test_presets) : development_presets);
    return triples;
}

} // namespace timbrel::models
