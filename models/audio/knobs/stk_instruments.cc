// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of controls are those of the toolkit's headers; number 1 is the depth of vibrato where nothing else is
// said, and stays 0. Left out are instruments that are silent at 48 kHz (Brass), have no controls (Sitar) or do not
// change gradually (BandedWG and ModalBar; Bowed by the position of the bow, Saxofony by that of the reed).
#include "models/audio/knobs/stk_instruments.h"

#include <stk/BeeThree.h>
#include <stk/BlowBotl.h>
#include <stk/BlowHole.h>
#include <stk/Bowed.h>
#include <stk/Clarinet.h>
#include <stk/FMVoices.h>
#include <stk/Flute.h>
#include <stk/HevyMetl.h>
#include <stk/Mandolin.h>
#include <stk/PercFlut.h>
#include <stk/Plucked.h>
#include <stk/Rhodey.h>
#include <stk/Saxofony.h>
#include <stk/StifKarp.h>
#include <stk/VoicForm.h>
#include <stk/Wurley.h>

#include <filesystem>

namespace timbrel::audio {
namespace {

constexpr double lowest_hz = 20;

template<typename StkClass>
std::unique_ptr<stk::Instrmnt> make() {
    if constexpr (std::is_constructible_v<StkClass, stk::StkFloat>)
        return std::make_unique<StkClass>(lowest_hz);
    else
        return std::make_unique<StkClass>();
}

using enum KnobUse;

std::vector<StkRow> winds_and_bows() {
    const StkInstrument clarinet{"STK Clarinet", training, make<stk::Clarinet>, 45, 84};
    const StkInstrument blowhole{"STK BlowHole", training, make<stk::BlowHole>, 45, 76};
    const StkInstrument saxofony{"STK Saxofony", training, make<stk::Saxofony>, 40, 72};
    const StkInstrument flute{"STK Flute", test, make<stk::Flute>, 55, 88};
    const StkInstrument bowed{"STK Bowed", test, make<stk::Bowed>, 43, 84};
    const StkInstrument bottle{"STK BlowBotl", training, make<stk::BlowBotl>, 48, 84};
    return {
        {"stk clarinet reed", "reed", clarinet, {2, 36, 100}, 26, {{1, 0, 0}, {4, 0, 30}}},
        {"stk clarinet noise", "noise", clarinet, {4, 0, 128}, 60, {{1, 0, 0}, {2, 30, 100}}},
        {"stk blowhole reed", "reed", blowhole, {2, 36, 100}, 26, {{1, 0, 0}, {11, 0, 0}, {4, 0, 30}}},
        {"stk saxofony reed", "reed", saxofony, {2, 36, 100}, 26, {{1, 0, 0}, {4, 0, 30}, {11, 20, 100}, {26, 40, 90}}},
        {"stk flute noise", "noise", flute, {4, 0, 128}, 60, {{1, 0, 0}}},
        {"stk bowed pressure", "bow", bowed, {2, 10, 120}, 45, {{1, 0, 0}, {4, 30, 80}}},
        {"stk bottle noise", "noise", bottle, {4, 0, 128}, 50, {{1, 0, 0}}},
    };
}

std::vector<StkRow> strings_and_bars() {
    const StkInstrument plucked{"STK Plucked", training, make<stk::Plucked>, 33, 84};
    const StkInstrument stiff{"STK StifKarp", training, make<stk::StifKarp>, 33, 84};
    const StkInstrument mandolin{"STK Mandolin", test, make<stk::Mandolin>, 43, 84};
    return {
        {"stk plucked strength", "strike", plucked, {stk_amplitude, 0.05, 1}, 0.5, {}},
        {"stk stiff string pickup", "comb", stiff, {4, 3, 64}, 20, {{11, 80, 128}, {1, 0, 1}}},
        {"stk stiff string sustain", "decay", stiff, {11, 0, 128}, 60, {{4, 10, 60}, {1, 0, 1}}},
        {"stk mandolin pluck position", "comb", mandolin, {4, 5, 120}, 45, {{1, 0, 8}, {11, 60, 128}, {2, 40, 90}}},
        {"stk mandolin body size", "formants", mandolin, {2, 10, 120}, 45, {{1, 0, 8}, {11, 60, 128}, {4, 20, 100}}},
    };
}

std::vector<StkRow> frequency_modulation() {
    const StkInstrument rhodes{"STK Rhodey", training, make<stk::Rhodey>, 36, 84, true};
    const StkInstrument wurlitzer{"STK Wurley", training, make<stk::Wurley>, 36, 84, true};
    const StkInstrument metal{"STK HevyMetl", development, make<stk::HevyMetl>, 40, 76, true};
    const StkInstrument flute{"STK PercFlut", training, make<stk::PercFlut>, 48, 84, true, 7.02}; // 1.5 times
    const StkInstrument organ{"STK BeeThree", training, make<stk::BeeThree>, 36, 84, true};
    const StkInstrument fm_voice{"STK FMVoices", test, make<stk::FMVoices>, 40, 76, true};
    const StkInstrument voice{"STK VoicForm", training, make<stk::VoicForm>, 40, 76, true};
    const std::vector<StkControl> with_index = {{1, 0, 0}, {2, 20, 110}}, with_balance = {{1, 0, 0}, {4, 20, 110}};
    return {
        {"stk rhodes index", "index", rhodes, {2, 0, 128}, 60, with_balance},
        {"stk rhodes balance", "balance", rhodes, {4, 0, 128}, 60, with_index},
        {"stk wurlitzer index", "index", wurlitzer, {2, 0, 128}, 60, with_balance},
        {"stk heavy metal index", "index", metal, {2, 0, 128}, 60, with_balance},
        {"stk percussive flute index", "index", flute, {2, 0, 128}, 60, with_balance},
        {"stk organ balance", "registration", organ, {4, 0, 128}, 60, with_index},
        {"stk fm voice tilt", "brightness", fm_voice, {128, 40, 128}, 40, {{1, 0, 0}, {2, 30, 110}, {4, 0, 9}}},
        {"stk fm voice index", "index", fm_voice, {2, 10, 120}, 50, {{1, 0, 0}, {4, 0, 9}}},
        {"stk voice breath", "noise", voice, {2, 50, 128}, 30, {{1, 0, 0}, {4, 0, 9}}},
    };
}

} // namespace

std::vector<StkRow> stk_rows() {
    // Most instruments read a wave or an impulse from a file.
    if (!std::filesystem::exists(std::string(stk_rawwaves) + "sinewave.raw")) return {};
    std::vector<StkRow> rows = winds_and_bows();
    for (const auto& more : {strings_and_bars(), frequency_modulation()})
        rows.insert(rows.end(), more.begin(), more.end());
    return rows;
}

} // namespace timbrel::audio
