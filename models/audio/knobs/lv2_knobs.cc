// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/knobs/families.h"

#include "models/audio/knobs/lv2_knob.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

namespace timbrel::audio {
namespace {

struct Lv2Instrument {
    std::string name, bundle; // bundle: its folder
    KnobUse use;
    int lowest_pitch, highest_pitch;
    std::string uri;
    std::vector<Lv2Base> base; // of all its families: a plain, steady tone without effects
};

struct Lv2Family {
    std::string knob, kind;
    std::vector<Lv2Base> base; // in addition to the instrument's, or instead of them
    std::vector<Lv2Move> moves;
};

Lv2Base fixed(const std::string& symbol, double value) { return {symbol, value, value}; }

// --- Calf: cutoffs in Hz, times in ms.

const Lv2Instrument calf_monosynth{"Calf Monosynth",
                                   "calf.lv2",
                                   KnobUse::training,
                                   33,
                                   93,
                                   "http://calf.sourceforge.net/plugins/Monosynth",
                                   {{"o1_wave", 0, 2, Scale::integer},
                                    {"o2_wave", 0, 4, Scale::integer},
                                    {"o12_mix", 0, 0.5},
                                    fixed("o12_detune", 0),
                                    {"key_follow", 0.5, 1},
                                    fixed("o2_xpose", 12),
                                    {"filter", 0, 2, Scale::integer},
                                    {"cutoff", 1500, 9000, Scale::logarithmic},
                                    {"res", 0.7, 2, Scale::logarithmic},
                                    {"adsr2_a", 1, 20, Scale::logarithmic},
                                    {"adsr2_d", 100, 2000, Scale::logarithmic},
                                    {"adsr2_s", 0.5, 1},
                                    {"adsr2_r", 40, 200, Scale::logarithmic},
                                    fixed("env2cutoff", 0),
                                    fixed("env2res", 0),
                                    fixed("adsr2_res", 0),
                                    fixed("vel2filter", 0),
                                    fixed("lfo2pitch", 0),
                                    fixed("mwhl2lfo", 0)}};

const std::vector<Lv2Family> calf_monosynth_families{
    {"cutoff", "cutoff", {{"res", 0.7, 4, Scale::logarithmic}}, {{"cutoff", 250, 700, 2500, 9000, Scale::logarithmic}}},
    {"resonance",
     "resonance",
     {{"cutoff", 400, 3000, Scale::logarithmic}},
     {{"res", 0.7, 1, 4, 8, Scale::logarithmic}}},
    {"band",
     "band",
     {{"filter", 6, 7, Scale::integer}, {"res", 1, 4, Scale::logarithmic}},
     {{"cutoff", 300, 700, 1800, 5000, Scale::logarithmic}}},
    {"mix",
     "mix",
     {{"o1_wave", 0, 3, Scale::integer}, {"o2_wave", 0, 15, Scale::integer}, fixed("o2_xpose", 0)},
     {{"o12_mix", 0, 0.2, 0.8, 1}}},
    {"width", "width", {fixed("o1_wave", 1), fixed("o12_mix", 0)}, {{"o1_pw", -0.1, 0.1, 0.7, 0.9}}},
    {"detuning",
     "detuning",
     {fixed("o1_wave", 0), fixed("o2_wave", 0), fixed("o2_xpose", 0), {"o12_mix", 0.3, 0.5}},
     {{"o12_detune", 1, 4, 15, 40, Scale::logarithmic}}},
    {"attack", "attack", {fixed("adsr2_s", 1)}, {{"adsr2_a", 3, 10, 120, 500, Scale::logarithmic}}},
    {"decay", "decay", {fixed("adsr2_s", 0)}, {{"adsr2_d", 150, 400, 1500, 5000, Scale::logarithmic}}}};

const Lv2Instrument calf_organ{"Calf Organ",
                               "calf.lv2",
                               KnobUse::training,
                               33,
                               93,
                               "http://calf.sourceforge.net/plugins/Organ",
                               {fixed("f1", 1),      fixed("f2", 2),      fixed("f3", 3),        fixed("f4", 4),
                                fixed("f5", 5),      fixed("f6", 6),      fixed("f7", 8),        fixed("f8", 10),
                                fixed("f9", 12),     {"l1", 4, 8},        {"l2", 0, 8},          {"l3", 0, 8},
                                {"l4", 0, 8},        {"l5", 0, 8},        {"l6", 0, 8},          {"l7", 0, 8},
                                {"l8", 0, 8},        {"l9", 0, 8},        fixed("transpose", 0), fixed("foldnote", 127),
                                fixed("vib_wet", 0), fixed("vib_amt", 0), fixed("vib_mode", 0),  fixed("perc_level", 0),
                                fixed("f1_env1", 0), fixed("f2_env2", 0)}};

std::vector<Lv2Base> for_all_drawbars(const std::string& prefix, double low, double high, Scale scale) {
    std::vector<Lv2Base> result;
    for (int bar = 1; bar <= 9; ++bar) result.push_back({prefix + std::to_string(bar), low, high, scale});
    return result;
}

// A few waveforms of the organ through its filter.
std::vector<Lv2Base> filtered_organ(std::vector<Lv2Base> further) {
    std::vector<Lv2Base> result = for_all_drawbars("routing", 1, 1, Scale::integer);
    for (const Lv2Base& bar : for_all_drawbars("l", 0, 0, Scale::linear)) result.push_back(bar);
    for (const Lv2Base& base :
         {Lv2Base{"l1", 5, 8}, {"l2", 0, 4}, {"w1", 4, 9, Scale::integer}, {"w2", 4, 9, Scale::integer}})
        result.push_back(base);
    result.insert(result.end(), further.begin(), further.end());
    return result;
}

const std::vector<Lv2Family> calf_organ_families{
    {"drawbars",
     "registration",
     {},
     {{"l1", 3, 8, 3, 8},
      {"l2", 0, 8, 0, 8},
      {"l3", 0, 8, 0, 8},
      {"l4", 0, 8, 0, 8},
      {"l5", 0, 8, 0, 8},
      {"l6", 0, 8, 0, 8},
      {"l7", 0, 8, 0, 8},
      {"l8", 0, 8, 0, 8},
      {"l9", 0, 8, 0, 8}}},
    {"cutoff",
     "cutoff",
     filtered_organ({{"f1_res", 0.7, 4, Scale::logarithmic}}),
     {{"f1_cutoff", 150, 500, 2500, 10000, Scale::logarithmic}}},
    {"highpass",
     "cutoff",
     filtered_organ({fixed("filter1_type", 1), {"f1_res", 0.7, 4, Scale::logarithmic}}),
     {{"f1_cutoff", 60, 250, 1000, 3000, Scale::logarithmic}}}};

// --- synthv1: a filter's coefficient is nearly the square of its cutoff, a time the square of its port. The waves stay
// as they are, because a thread of the plugin recomputes them at an unpredictable time.

const Lv2Instrument synthv1{"synthv1",
                            "synthv1.lv2",
                            KnobUse::test,
                            33,
                            76,
                            "http://synthv1.sourceforge.net/lv2",
                            {fixed("DCO1_BALANCE", -1),
                             fixed("DCO1_DETUNE", 0),
                             {"DCF1_CUTOFF", 0.5, 0.9},
                             {"DCF1_RESO", 0, 0.5},
                             fixed("DCF1_ENVELOPE", 0),
                             {"DCF1_SLOPE", 0, 1, Scale::integer},
                             fixed("LFO1_ENABLED", 0),
                             fixed("LFO2_ENABLED", 0),
                             {"DCA1_ATTACK", 0, 0.15},
                             {"DCA1_DECAY", 0.1, 0.6},
                             {"DCA1_SUSTAIN", 0.5, 1},
                             {"DCA1_RELEASE", 0.1, 0.3},
                             fixed("OUT1_FXSEND", 0),
                             fixed("OUT2_VOLUME", 0),
                             fixed("OUT2_FXSEND", 0),
                             fixed("DYN1_LIMITER", 0)}};

const std::vector<Lv2Family> synthv1_families{
    {"cutoff", "cutoff", {{"DCF1_RESO", 0, 1}}, {{"DCF1_CUTOFF", 0.2, 0.3, 0.5, 0.95, Scale::logarithmic}}},
    {"resonance", "resonance", {{"DCF1_CUTOFF", 0.25, 0.6, Scale::logarithmic}}, {{"DCF1_RESO", 0, 0.3, 0.8, 1}}},
    {"band",
     "band",
     {fixed("DCF1_TYPE", 1), fixed("DCF1_SLOPE", 0), {"DCF1_RESO", 0.3, 1}},
     {{"DCF1_CUTOFF", 0.2, 0.3, 0.5, 0.8, Scale::logarithmic}}},
    {"highpass",
     "cutoff",
     {fixed("DCF1_TYPE", 2), fixed("DCF1_SLOPE", 0)},
     {{"DCF1_CUTOFF", 0.08, 0.16, 0.35, 0.6, Scale::logarithmic}}},
    {"attack", "attack", {fixed("DCA1_SUSTAIN", 1)}, {{"DCA1_ATTACK", 0.03, 0.08, 0.3, 0.6, Scale::logarithmic}}},
    {"decay", "decay", {fixed("DCA1_SUSTAIN", 0)}, {{"DCA1_DECAY", 0.2, 0.35, 0.6, 1, Scale::logarithmic}}}};

// --- mda: all ports go from 0 to 1; frequencies and times are exponential functions of them, indices of FM are
// squares. A modulator of DX10 has the pitch of its carrier at 0.23 of `coarse`, an octave more at 0.33. The hardness
// of EPiano and Piano moves in steps, from one recording to the next, and is left out.

const Lv2Instrument mda_jx10{"mda JX10",
                             "mda.lv2",
                             KnobUse::test,
                             36,
                             88,
                             "http://drobilla.net/plugins/mda/JX10",
                             {{"osc_mix", 0, 0.5},
                              fixed("osc_tune", 0.75),
                              fixed("osc_fine", 0.5),
                              fixed("glide", 0),
                              fixed("gld_rate", 0),
                              fixed("gld_bend", 0.5),
                              {"vcf_freq", 0.6, 0.9},
                              {"vcf_reso", 0, 0.4},
                              fixed("vcf_env", 0.5),
                              fixed("vcf_vel", 0),
                              fixed("vcf_att", 0),
                              {"env_att", 0, 0.25},
                              {"env_dec", 0.4, 0.9},
                              {"env_sus", 0.5, 1},
                              {"env_rel", 0.3, 0.6},
                              fixed("vibrato", 0.5)}};

const std::vector<Lv2Family> mda_jx10_families{
    {"cutoff", "cutoff", {{"vcf_reso", 0, 0.7}}, {{"vcf_freq", 0.25, 0.45, 0.65, 0.9}}},
    {"resonance", "resonance", {{"vcf_freq", 0.4, 0.7}}, {{"vcf_reso", 0, 0.2, 0.7, 0.85}}},
    {"noise", "noise", {}, {{"noise", 0, 0.1, 0.4, 0.7}}},
    {"mix", "mix", {}, {{"osc_mix", 0, 0.1, 0.6, 1}}},
    {"attack", "attack", {fixed("env_sus", 1)}, {{"env_att", 0.1, 0.25, 0.5, 0.65}}},
    {"decay", "decay", {fixed("env_sus", 0)}, {{"env_dec", 0.45, 0.6, 0.75, 0.95}}}};

const Lv2Instrument mda_dx10{"mda DX10",
                             "mda.lv2",
                             KnobUse::test,
                             36,
                             93,
                             "http://drobilla.net/plugins/mda/DX10",
                             {{"attack", 0, 0.2},
                              {"decay", 0.7, 0.95},
                              {"release", 0.3, 0.5},
                              fixed("coarse", 0.23),
                              fixed("fine", 0),
                              {"mod_init", 0.2, 0.5},
                              {"mod_dec", 0.6, 0.95},
                              {"mod_sus", 0, 0.4},
                              fixed("mod_vel", 0),
                              fixed("vibrato", 0),
                              fixed("waveform", 0),
                              fixed("mod_thru", 0)}};

const std::vector<Lv2Family> mda_dx10_families{
    {"index",
     "index",
     {{"mod_dec", 0.85, 0.95}},
     {{"mod_init", 0.08, 0.15, 0.4, 0.8, Scale::logarithmic}, {"mod_sus", 0.05, 0.1, 0.25, 0.5, Scale::logarithmic}}},
    {"decay", "decay", {fixed("coarse", 0.33)}, {{"decay", 0.4, 0.55, 0.75, 0.95}}},
    {"brightness", "brightness", {{"mod_init", 0.5, 0.9}, fixed("mod_sus", 0)}, {{"mod_dec", 0.3, 0.5, 0.75, 1}}}};

const Lv2Instrument mda_epiano{"mda EPiano",
                               "mda.lv2",
                               KnobUse::test,
                               36,
                               93,
                               "http://drobilla.net/plugins/mda/EPiano",
                               {{"env_decay", 0.3, 0.7},
                                {"hardness", 0.3, 0.7},
                                {"treble_boost", 0.3, 0.7},
                                fixed("modulation", 0.5),
                                fixed("random_tuning", 0),
                                {"overdrive", 0, 0.3}}};

const std::vector<Lv2Family> mda_epiano_families{{"treble", "brightness", {}, {{"treble_boost", 0, 0.25, 0.75, 1}}},
                                                 {"decay", "decay", {}, {{"env_decay", 0, 0.25, 0.6, 1}}}};

const Lv2Instrument mda_piano{"mda Piano",
                              "mda.lv2",
                              KnobUse::test,
                              36,
                              88,
                              "http://drobilla.net/plugins/mda/Piano",
                              {{"env_decay", 0.3, 0.7},
                               {"hardness_offset", 0.3, 0.7},
                               {"muffling_filter", 0.6, 1},
                               fixed("random_detuning", 0),
                               fixed("stretch_tuning", 0.5)}};

const std::vector<Lv2Family> mda_piano_families{{"muffling", "brightness", {}, {{"muffling_filter", 0, 0.2, 0.6, 1}}},
                                                {"decay", "decay", {}, {{"env_decay", 0, 0.25, 0.6, 1}}}};

// Whether a plugin's bundle lies in the folders that LV2_PATH names, or in the usual ones.
bool is_installed(const std::string& bundle) {
    const char* const path = std::getenv("LV2_PATH");
    std::string folders = path ? path : "/usr/lib/lv2:/usr/local/lib/lv2";
    for (size_t from = 0; from <= folders.size();) {
        const size_t to = std::min(folders.find(':', from), folders.size());
        std::error_code error;
        if (std::filesystem::exists(std::filesystem::path(folders.substr(from, to - from)) / bundle, error))
            return true;
        from = to + 1;
    }
    return false;
}

void append(std::vector<KnobFamily>& families, const Lv2Instrument& instrument, const std::vector<Lv2Family>& knobs) {
    if (!is_installed(instrument.bundle)) return;
    for (const Lv2Family& knob : knobs) {
        Lv2KnobPlan plan{instrument.uri, instrument.base, knob.moves};
        plan.base.insert(plan.base.end(), knob.base.begin(), knob.base.end());
        families.push_back({instrument.name + " " + knob.knob, knob.kind, instrument.name, instrument.use,
                            instrument.lowest_pitch, instrument.highest_pitch,
                            [plan = std::move(plan)] { return open_lv2_knob(plan); }});
    }
}

} // namespace

KnobFamilies lv2_families() {
    std::vector<KnobFamily> families;
    append(families, calf_monosynth, calf_monosynth_families);
    append(families, calf_organ, calf_organ_families);
    append(families, synthv1, synthv1_families);
    append(families, mda_jx10, mda_jx10_families);
    append(families, mda_dx10, mda_dx10_families);
    append(families, mda_epiano, mda_epiano_families);
    append(families, mda_piano, mda_piano_families);
    return families;
}

} // namespace timbrel::audio
