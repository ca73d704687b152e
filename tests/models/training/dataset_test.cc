// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/dataset.h"

#include "tests/common/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>

using namespace timbrel;
using namespace timbrel::audio;
using namespace timbrel::models;
namespace fs = std::filesystem;

namespace {

const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";

// One pitched preset, and three that are rejected: drums, a sound effect, and a preset that does not exist.
const std::vector<CorpusInstrument> instruments{{font + ":128:0", "Standard", "FluidR3_GM", "mallets"},
                                                {font + ":0:73", "Flute", "FluidR3_GM", "wind"},
                                                {font + ":0:127", "Gun Shot", "FluidR3_GM", "synth"},
                                                {font + ":99:99", "Nothing", "FluidR3_GM", "synth"}};

struct SetFolder {
    test::TemporaryFolder folder;
    std::string set = folder.file("set");
};

} // namespace

BOOST_AUTO_TEST_SUITE(dataset)

BOOST_FIXTURE_TEST_CASE(only_what_is_melodic_is_learned_and_every_note_is_of_its_key, SetFolder) {
    write_dataset(set, instrument_groups(instruments, training_notes, .4, .2), .6);
    const auto data = load_dataset(set);
    const auto notes = training_notes(instruments[1]);
    BOOST_TEST_REQUIRE(data.size() == int64_t(notes.size()));
    BOOST_TEST(data.instruments() == 1);
    BOOST_TEST(data.db.size(2) == int64_t(.6 * frames_per_second));
    for (int64_t i = 0; i < data.size(); ++i) {
        const auto& note = notes[size_t(i)];
        const double f0 = data.f0[i].item<double>(), key = 440 * std::exp2((note.pitch - 69) / 12.);
        BOOST_TEST(std::abs(1200 * std::log2(f0 / key)) < 70);
        BOOST_TEST(data.key[i].item<int64_t>() == 128 * note.pitch + note.velocity);
        BOOST_TEST(data.instrument[i].item<int64_t>() == 1);
        // Features are in dB relative to the note's loudest partial; rows of other notes would not have their maximum
        // at 0.
        const auto partials = data.db[i].slice(0, 0, low_partials).to(torch::kFloat);
        BOOST_TEST(std::abs(partials.max().item<float>()) < 1);
    }
}

BOOST_FIXTURE_TEST_CASE(coupled_notes_have_partials_between_those_of_the_key, SetFolder) {
    write_dataset(set, instrument_groups({instruments[1]}, training_notes, .4, .2), .6);
    const auto data = load_dataset(set);
    const auto notes = training_notes(instruments[1]);
    const auto half_slot_level = [&](size_t i) {
        return data.db[int64_t(i)].slice(0, feature_count - subharmonic_slots).to(torch::kFloat).max().item<float>();
    };
    int coupled = 0;
    for (size_t i = 0; i < notes.size(); ++i) {
        if (notes[i].coupled_interval == 0) continue;
        ++coupled;
        for (size_t plain = 0; plain < i; ++plain)
            if (notes[plain].pitch == notes[i].pitch && notes[plain].velocity == notes[i].velocity)
                BOOST_TEST(half_slot_level(i) > half_slot_level(plain) + 20);
    }
    BOOST_TEST(coupled == 3);
}

BOOST_FIXTURE_TEST_CASE(an_incomplete_set_is_refused_by_name, SetFolder) {
    const auto three_notes = [](const CorpusInstrument& i) { return evaluation_notes(i, 3); };
    write_dataset(set, instrument_groups({instruments[1]}, three_notes, .2, .1), .3);
    BOOST_TEST(load_dataset(set).size() == 3);
    fs::resize_file(set + ".f16", fs::file_size(set + ".f16") - 2);
    BOOST_CHECK_EXCEPTION(load_dataset(set), std::runtime_error,
                          [&](const std::exception& e) { return std::string(e.what()).starts_with(set + ".f16: "); });
}

BOOST_AUTO_TEST_CASE(evaluation_notes_cover_all_keys_and_velocities) {
    for (const int count : {8, 24}) {
        const auto notes = evaluation_notes(instruments[1], count);
        BOOST_TEST(notes.front().pitch == 33);
        BOOST_TEST(notes.back().pitch > 81);
        for (const int velocity : {45, 80, 115})
            BOOST_TEST(std::ranges::count(notes, velocity, &TrainingNote::velocity) >= count / 3);
    }
}

BOOST_AUTO_TEST_SUITE_END()
