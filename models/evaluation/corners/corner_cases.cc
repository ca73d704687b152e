// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/corners/corner_cases.h"

#include "models/audio/knobs/families.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace timbrel::models {
namespace {

using audio::KnobFamily;
using audio::KnobUse;

// Every third key; of two regions a recorded key and one between it and the next.
const std::vector<int> thirds{45, 48, 51, 54, 57, 60, 63, 66, 69, 72, 75};
const std::vector<int> thirds_on{54, 66}, thirds_between{55, 68};

// A program of FluidR3 and keys at which it has samples, between which it resamples them.
struct SampledProgram {
    int program;
    std::vector<int> recorded, on, between; // MIDI notes
};

// All samples of a region are recorded; between them the font resamples the one that is nearest.
const std::vector<SampledProgram> development_zones{
    {40, {56, 59, 62, 65, 68}, {59, 65}, {57, 60, 66}},     // violin
    {41, {52, 55, 58, 61, 64}, {55, 61}, {57, 59, 60}},     // viola
    {42, {43, 46, 49, 52, 55}, {46, 52}, {47, 50, 53}},     // cello
    {57, {46, 48, 51, 53, 58, 60}, {51, 58}, {50, 56, 57}}, // trombone
    {70, {46, 49, 52, 55, 58}, {49, 55}, {51, 54, 57}},     // bassoon
};
const std::vector<SampledProgram> test_zones{
    {12, {48, 60, 66, 72}, {60, 66}, {57, 61, 63, 67}},     // marimba
    {24, {45, 50, 55, 59, 64}, {50, 55}, {52, 54, 56, 60}}, // guitar
    {48, {52, 58, 61, 64, 67}, {58, 64}, {57, 59, 63}},     // strings
    {52, {51, 54, 57, 60, 63}, {54, 60}, {53, 59, 62}},     // choir
    {60, {45, 51, 57, 63}, {51, 57}, {49, 50, 55, 56}},     // horns
    {71, {56, 59, 61, 65, 68}, {59, 65}, {58, 64, 67}},     // clarinet
    {73, {61, 64, 67, 71, 74}, {64, 71}, {63, 65, 70}},     // flute
    {104, {52, 55, 60, 64, 67}, {55, 60}, {56, 57, 61, 65}} // sitar
};

// Every second sample of a region is recorded; between them are the others.
const std::vector<SampledProgram> development_samples{
    {40, {56, 62, 68, 74}, {62, 68}, {59, 65, 71}},     // violin
    {41, {52, 58, 64, 70}, {58, 64}, {55, 61, 67}},     // viola
    {42, {43, 49, 55, 61, 67}, {49, 55}, {46, 52, 58}}, // cello
    {57, {48, 53, 60, 65, 70}, {53, 60}, {51, 58, 63}}, // trombone
    {65, {50, 54, 58, 62, 67}, {54, 58}, {52, 56, 60}}, // alto saxophone
    {70, {40, 46, 52, 58, 64}, {46, 52}, {49, 55, 61}}, // bassoon
};
const std::vector<SampledProgram> test_samples{
    {48, {52, 58, 64, 70}, {58, 64}, {55, 61, 67}},         // strings
    {52, {48, 54, 60, 66, 72}, {54, 60}, {51, 57, 63}},     // choir
    {71, {56, 61, 68, 72, 76}, {61, 68}, {59, 65, 70, 74}}, // clarinet
    {73, {61, 67, 74}, {61, 67}, {64, 71}},                 // flute
};

// Programs of TimGM6mb, and of FluidR3 those held out of training.
constexpr std::array development_presets{1, 8, 18, 26, 41, 58, 69, 90};
constexpr std::array test_presets{0, 4, 11, 19, 40, 53, 56, 68};
constexpr std::array held_out_presets{12, 16, 24, 48, 52, 60, 71, 73};

constexpr uint64_t knob_variant = 1;
constexpr double knob_setting = .5;

// An instrument with a knob that stands still.
class KnobSource final : public audio::Source {
  public:
    explicit KnobSource(const KnobFamily& family) : name_(family.name), knob_(family.open()) {}

    std::string name() const override { return name_; }
    nlohmann::json provenance() const override { return {{"type", "synthesis"}, {"name", name_}}; }
    audio::Recording note(int pitch, int velocity, double hold_seconds, double release_seconds) override {
        return {double(pitch), velocity, hold_seconds,
                knob_->note({pitch, velocity, hold_seconds, release_seconds, knob_variant}, knob_setting), name_};
    }
    std::vector<std::string> warnings() const override { return {}; }

  private:
    std::string name_;
    std::unique_ptr<audio::Knob> knob_;
};

CornerCase preset_case(const std::string& group, const std::string& font, const SampledProgram& sampled) {
    const auto spec = font + ":0:" + std::to_string(sampled.program);
    return {spec, group, [spec] { return audio::open_source(spec); }, sampled.recorded, sampled.on, sampled.between};
}

} // namespace

std::vector<CornerCase> corner_cases(Split split) {
    const auto reference = training_fonts().front(), unseen = development_font();
    const bool test = split == Split::test;
    std::vector<CornerCase> cases;
    const auto add_thirds = [&](const std::string& font, std::span<const int> programs) {
        for (const int program : programs)
            cases.push_back(preset_case("thirds", font, {program, thirds, thirds_on, thirds_between}));
    };
    const auto add_sampled = [&](const std::string& group, const std::vector<SampledProgram>& programs) {
        for (const auto& sampled : programs) cases.push_back(preset_case(group, reference, sampled));
    };
    if (test) add_thirds(reference, held_out_presets);
    add_thirds(unseen, test ? std::span<const int>(test_presets) : development_presets);
    add_sampled("zones", test ? test_zones : development_zones);
    add_sampled("samples", test ? test_samples : development_samples);
    for (auto families : {audio::synthesis_families(), audio::stk_families()})
        for (const auto& family : families)
            if (family.use == (test ? KnobUse::test : KnobUse::development))
                cases.push_back({family.name, "synthesis", [family] { return std::make_unique<KnobSource>(family); },
                                 thirds, thirds_on, thirds_between});
    return cases;
}

SparseSource::SparseSource(std::unique_ptr<audio::Source> instrument, std::vector<int> recorded, bool known)
    : instrument_(std::move(instrument)), recorded_(std::move(recorded)), known_(known) {}

std::string SparseSource::name() const { return instrument_->name(); }

nlohmann::json SparseSource::provenance() const { return instrument_->provenance(); }

audio::Recording SparseSource::note(int pitch, int velocity, double hold_seconds, double release_seconds) {
    const int nearest =
        *std::ranges::min_element(recorded_, {}, [pitch](int recorded) { return std::abs(recorded - pitch); });
    auto recording = instrument_->note(nearest, velocity, hold_seconds, release_seconds);
    recording.exact = nearest == pitch;
    return recording;
}

std::vector<int> SparseSource::recorded_pitches() const { return known_ ? recorded_ : std::vector<int>{}; }

std::vector<std::string> SparseSource::warnings() const { return instrument_->warnings(); }

} // namespace timbrel::models
