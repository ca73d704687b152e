// SPDX-License-Identifier: GPL-3.0-or-later
// LV2 synthesisers as instruments with a knob. Families whose plugins are not installed are left out.
#define BOOST_TEST_MODULE lv2_knobs
#include <boost/test/unit_test.hpp>

#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/knobs/families.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace timbrel;
using namespace timbrel::audio;

namespace {

std::optional<KnobFamily> family(const std::string& name) {
    for (const KnobFamily& candidate : lv2_families())
        if (candidate.name == name) return candidate;
    BOOST_TEST_MESSAGE(name << " is not installed");
    return std::nullopt;
}

double peak(const Audio& audio) {
    double highest = 0;
    for (const float sample : audio.left) highest = std::max(highest, std::abs(double(sample)));
    return highest;
}

// Amplitudes of the partials of `pitch` from 0.3 s on, over 0.34 s.
std::vector<double> partials(const Audio& audio, int pitch, int count) {
    constexpr size_t from = 14400, length = 16384;
    std::vector<double> amplitudes;
    for (int partial = 1; partial <= count; ++partial) {
        const double step = 2 * std::numbers::pi * partial * note_to_hertz(pitch) / audio.rate;
        double real = 0, imaginary = 0;
        for (size_t i = 0; i < length; ++i) {
            const double window = 1 - std::cos(2 * std::numbers::pi * double(i) / length);
            real += window * audio.left[from + i] * std::cos(step * double(i));
            imaginary += window * audio.left[from + i] * std::sin(step * double(i));
        }
        amplitudes.push_back(2 * std::hypot(real, imaginary) / length);
    }
    return amplitudes;
}

double centroid(const Audio& audio, int pitch) {
    double sum = 0, weight = 0;
    const std::vector<double> amplitudes = partials(audio, pitch, 30);
    for (size_t i = 0; i < amplitudes.size(); ++i) {
        sum += double(i + 1) * amplitudes[i];
        weight += amplitudes[i];
    }
    return sum / weight;
}

// The first variant that gives a note; a note may be refused because it is silent or unpitched.
std::optional<KnobNote> first_note(Knob& knob, int pitch, double hold = 1) {
    for (uint64_t variant = 1; variant <= 4; ++variant) try {
            const KnobNote note{pitch, 100, hold, 0.2, variant};
            knob.note(note, 0);
            return note;
        } catch (const AudioError& error) {
            BOOST_TEST_MESSAGE(error.what());
        }
    return std::nullopt;
}

} // namespace

BOOST_AUTO_TEST_CASE(notes_are_repeatable_audible_and_in_tune) {
    std::set<std::string> names;
    for (const KnobFamily& family : lv2_families()) {
        BOOST_TEST_CONTEXT(family.name) {
            BOOST_TEST(names.insert(family.name).second);
            const auto knob = family.open();
            const auto note = first_note(*knob, 52);
            BOOST_REQUIRE(note);
            const Audio first = knob->note(*note, 0), between = knob->note(*note, 0.3), last = knob->note(*note, 1);
            BOOST_TEST((first.left != last.left)); // the knob does something
            double highest = 0;
            for (const Audio* const audio : {&first, &between, &last}) {
                BOOST_TEST(audio->rate == 48000);
                BOOST_TEST(audio->frames() == 57600u);
                BOOST_TEST(audio->right.size() == 57600u);
                BOOST_TEST(std::ranges::all_of(audio->left, [](float x) { return std::isfinite(x); }));
                const double level = peak(*audio);
                BOOST_TEST(level > 1e-4);
                BOOST_TEST(level <= 1);
                highest = std::max(highest, level);
                const auto estimate = detect_pitch(*audio);
                BOOST_REQUIRE(estimate);
                BOOST_TEST(std::abs(estimate->pitch - note->pitch) < 0.3);
            }
            BOOST_TEST(highest > 0.1);
            // The same note from the same object after another note.
            KnobNote other = *note;
            other.variant += 1;
            other.velocity = 60;
            try {
                knob->note(other, 0.7);
            } catch (const AudioError& error) {
                BOOST_TEST_MESSAGE(error.what());
            }
            BOOST_TEST((knob->note(*note, 0.3).left == between.left));
        }
    }
}

BOOST_AUTO_TEST_CASE(another_object_plays_the_same_note_and_a_variant_another_one) {
    for (const char* const name : {"Calf Monosynth cutoff", "mda JX10 cutoff"})
        if (const auto found = family(name)) {
            const auto knob = found->open(), again = found->open();
            const auto note = first_note(*knob, 60);
            BOOST_REQUIRE(note);
            BOOST_TEST((knob->note(*note, 0.6).left == again->note(*note, 0.6).left));
            KnobNote other = *note;
            other.variant = 77;
            BOOST_TEST((knob->note(*note, 0.6).left != knob->note(other, 0.6).left));
        }
}

BOOST_AUTO_TEST_CASE(a_cutoff_moves_the_centroid_in_one_direction) {
    for (const char* const name : {"Calf Monosynth cutoff", "mda JX10 cutoff"})
        if (const auto found = family(name)) {
            BOOST_TEST_CONTEXT(name) {
                const auto knob = found->open();
                const auto note = first_note(*knob, 45);
                BOOST_REQUIRE(note);
                std::vector<double> centroids;
                for (const double setting : {0.0, 0.25, 0.5, 0.75, 1.0})
                    centroids.push_back(centroid(knob->note(*note, setting), note->pitch));
                if (centroids.front() > centroids.back()) std::ranges::reverse(centroids);
                BOOST_TEST(std::ranges::is_sorted(centroids));
                BOOST_TEST(centroids.back() > 1.4 * centroids.front());
            }
        }
}

// Amplitudes are even in the positions of the bars, at one level for all settings.
BOOST_AUTO_TEST_CASE(drawbars_move_the_amplitudes_of_their_partials_evenly) {
    if (const auto found = family("Calf Organ drawbars")) {
        const auto knob = found->open();
        const auto note = first_note(*knob, 57);
        BOOST_REQUIRE(note);
        const auto from = partials(knob->note(*note, 0), note->pitch, 12),
                   middle = partials(knob->note(*note, 0.5), note->pitch, 12),
                   to = partials(knob->note(*note, 1), note->pitch, 12);
        int moved = 0;
        for (size_t i = 0; i < from.size(); ++i) {
            BOOST_TEST(std::abs(middle[i] - 0.5 * (from[i] + to[i])) < 0.003);
            moved += std::abs(amplitude_to_db((from[i] + 1e-4) / (to[i] + 1e-4))) > 3;
        }
        BOOST_TEST(moved >= 3);
    }
}
