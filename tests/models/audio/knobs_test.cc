// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/audio/knobs/families.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

namespace timbrel::audio {
namespace {

constexpr double settings[] = {0, 0.5, 1};

double root_mean_square(const Audio& audio) {
    double squares = 0;
    for (const float sample : audio.left) squares += static_cast<double>(sample) * sample;
    return std::sqrt(squares / static_cast<double>(audio.frames()));
}

// The loudest 100 ms.
double loudest(const Audio& audio) {
    double best = 0;
    for (size_t from = 0; from + 4800 <= audio.frames(); from += 480) {
        double squares = 0;
        for (size_t i = from; i < from + 4800; ++i) squares += static_cast<double>(audio.left[i]) * audio.left[i];
        best = std::max(best, std::sqrt(squares / 4800));
    }
    return best;
}

void require_sound(const Audio& audio, const KnobNote& note, const std::string& name) {
    BOOST_TEST_REQUIRE(audio.frames() == static_cast<size_t>(std::lround((note.hold + note.release) * 48000)), name);
    BOOST_TEST_REQUIRE(audio.rate == 48000);
    BOOST_TEST_REQUIRE(std::ranges::all_of(audio.left, [](float sample) { return std::abs(sample) <= 1; }), name);
    BOOST_TEST_REQUIRE(root_mean_square(audio) > 0.001, name << " is silent");
}

const KnobFamily& family(const KnobFamilies& families, const std::string& name) {
    const auto found = std::ranges::find(families, name, &KnobFamily::name);
    BOOST_TEST_REQUIRE((found != families.end()), name);
    return *found;
}

bool plays_partials(const std::string& instrument) {
    static const std::set<std::string> names = {"STK Rhodey", "STK BeeThree", "STK FMVoices"};
    return names.contains(instrument);
}

// Seconds from 10 % to 90 % of the steady level, of the mean square over a period of the note.
double attack_seconds(const Audio& audio, double hz) {
    const size_t period = static_cast<size_t>(std::lround(48000 / hz));
    std::vector<double> levels;
    for (size_t from = 0; from + period <= audio.frames(); from += period / 4) {
        double squares = 0;
        for (size_t i = from; i < from + period; ++i) squares += static_cast<double>(audio.left[i]) * audio.left[i];
        levels.push_back(std::sqrt(squares));
    }
    const double peak = *std::ranges::max_element(levels);
    const auto reaches = [&](double share) {
        return std::ranges::find_if(levels, [&](double level) { return level > share * peak; }) - levels.begin();
    };
    return static_cast<double>(reaches(0.9) - reaches(0.1)) * static_cast<double>(period / 4) / 48000;
}

} // namespace

BOOST_AUTO_TEST_SUITE(knobs)

BOOST_AUTO_TEST_CASE(families_are_split_by_instrument_and_every_held_out_kind_is_also_taught_or_new) {
    const KnobFamilies families = knob_families();
    std::set<std::string> names;
    std::map<std::string, KnobUse> uses;
    std::map<KnobUse, int> counts;
    for (const KnobFamily& family : families) {
        BOOST_TEST(names.insert(family.name).second, family.name);
        BOOST_TEST((uses.emplace(family.instrument, family.use).first->second == family.use), family.instrument);
        BOOST_TEST(family.lowest_pitch + 12 <= family.highest_pitch);
        ++counts[family.use];
    }
    BOOST_TEST(counts[KnobUse::training] >= 20);
    BOOST_TEST(counts[KnobUse::development] >= 2);
    BOOST_TEST(counts[KnobUse::test] >= (stk_families().empty() ? 4 : 8));
}

BOOST_AUTO_TEST_CASE(synthesised_notes_sound_in_tune_at_one_level_and_their_ends_differ) {
    for (const KnobFamily& family : synthesis_families()) {
        const auto knob = family.open();
        int differing = 0, notes = 0;
        for (const int pitch :
             {family.lowest_pitch, (family.lowest_pitch + family.highest_pitch) / 2, family.highest_pitch})
            for (const uint64_t variant : {1u, 2u, 3u}) {
                const KnobNote note{pitch, 90, 1.2, 0.6, variant};
                std::vector<Audio> sounds;
                for (const double setting : settings) {
                    const std::string name = family.name + ", pitch " + std::to_string(pitch) + ", variant " +
                                             std::to_string(variant) + ", setting " + std::to_string(setting);
                    sounds.push_back(knob->note(note, setting));
                    require_sound(sounds.back(), note, name);
                    const auto found = refine_pitch(sounds.back(), pitch, 0.05, 1.2);
                    BOOST_TEST((found && std::abs(*found - pitch) < 0.3), name << " sounds as " << found.value_or(0));
                    BOOST_TEST(std::abs(20 * std::log10(loudest(sounds.back()) / loudest(sounds[0]))) < 0.5, name);
                }
                const Distances between = distances(sounds[0], sounds[2]);
                differing += std::max(between.elsd, between.attack_elsd) >= 2;
                ++notes;
            }
        BOOST_TEST(differing * 10 >= notes * 7, family.name << ": " << differing << " of " << notes << " are audible");
    }
}

BOOST_AUTO_TEST_CASE(the_same_note_is_the_same_sound_and_another_variant_another) {
    KnobFamilies families = synthesis_families();
    std::ranges::copy(stk_families(), std::back_inserter(families));
    for (const KnobFamily& family : families) {
        const KnobNote note{60, 90, 0.6, 0.3, 5};
        KnobNote other = note;
        other.variant = 6;
        try {
            const Audio first = family.open()->note(note, 0.3);
            BOOST_TEST((family.open()->note(note, 0.3).left == first.left), family.name);
            BOOST_TEST((family.open()->note(other, 0.3).left != first.left), family.name);
        } catch (const AudioError& error) {
            BOOST_TEST(family.name.starts_with("stk"), error.what());
        }
    }
}

BOOST_AUTO_TEST_CASE(stk_notes_are_in_tune_or_refused) {
    for (const KnobFamily& family : stk_families()) {
        const auto knob = family.open();
        int spoken = 0, tried = 0;
        for (const int pitch : {family.lowest_pitch + 5, (family.lowest_pitch + family.highest_pitch) / 2})
            for (const uint64_t variant : {1u, 2u, 3u, 4u}) {
                const KnobNote note{pitch, 90, 1.2, 0.6, variant};
                ++tried;
                try {
                    for (const double setting : settings) {
                        const Audio sound = knob->note(note, setting);
                        require_sound(sound, note, family.name);
                        // A carrier may stand alone on a partial of the key.
                        const auto found = detect_pitch(sound);
                        const bool in_tune = found && std::abs(found->pitch - pitch) < 0.35;
                        BOOST_TEST((in_tune || plays_partials(family.instrument)), family.name << " " << pitch);
                    }
                    ++spoken;
                } catch (const AudioError& error) {
                    BOOST_TEST_MESSAGE(error.what());
                }
            }
        BOOST_TEST(spoken * 2 >= tried, family.name << ": " << spoken << " of " << tried << " speak");
    }
}

BOOST_AUTO_TEST_CASE(half_way_between_two_attack_times_lies_their_geometric_mean) {
    const KnobFamilies families = synthesis_families();
    const auto knob = family(families, "attack time").open();
    for (uint64_t variant = 0; variant < 8; ++variant) {
        const KnobNote note{72, 100, 2.2, 0.8, variant};
        double seconds[3] = {};
        for (size_t i = 0; i < 3; ++i) seconds[i] = attack_seconds(knob->note(note, settings[i]), 523.25);
        const double expected = std::sqrt(seconds[0] * seconds[2]);
        // Attacks of a few periods are measured in steps of half a millisecond.
        BOOST_TEST(std::abs(seconds[1] - expected) < 0.002 + 0.15 * expected,
                   variant << ": " << seconds[0] << " " << seconds[1] << " " << seconds[2]);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
