#include "models/training/dataset.h"

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

// A flute among what is not learned from: drums, a gunshot, a preset that is not there.
const std::vector<Instrument> some{{font + ":128:0", "Standard", "FluidR3_GM", "mallets"},
                                   {font + ":0:73", "Flute", "FluidR3_GM", "wind"},
                                   {font + ":0:127", "Gun Shot", "FluidR3_GM", "synth"},
                                   {font + ":99:99", "Nothing", "FluidR3_GM", "synth"}};

struct Folder {
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    std::string path = (fs::temp_directory_path() / "timbrel-test-dataset").string();
    std::string set = path + "/set";
};

} // namespace

BOOST_AUTO_TEST_SUITE(dataset)

BOOST_FIXTURE_TEST_CASE(only_what_is_melodic_is_learned_and_every_note_is_of_its_key, Folder) {
    write_dataset(set, some, training_takes, .4, .2);
    const auto data = load_dataset(set);
    const auto takes = training_takes(some[1]);
    BOOST_TEST_REQUIRE(data.size() == int64_t(takes.size()));
    BOOST_TEST(data.instruments() == 1);
    BOOST_TEST(data.db.size(2) == int64_t(.6 * frames_per_second));
    for (int64_t i = 0; i < data.size(); ++i) {
        const auto& take = takes[size_t(i)];
        const double f0 = data.f0[i].item<double>(), key = 440 * std::exp2((take.pitch - 69) / 12.);
        BOOST_TEST(std::abs(1200 * std::log2(f0 / key)) < 70);
        BOOST_TEST(data.key[i].item<int64_t>() == 128 * take.pitch + take.velocity);
        BOOST_TEST(data.instrument[i].item<int64_t>() == 1);
        // Decibels below the loudest partial; the features of one note, not of its neighbours.
        const auto partials = data.db[i].slice(0, 0, low_partials).to(torch::kFloat);
        BOOST_TEST(std::abs(partials.max().item<float>()) < 1);
    }
}

BOOST_FIXTURE_TEST_CASE(coupled_notes_have_partials_between_those_of_the_key, Folder) {
    write_dataset(set, {some[1]}, training_takes, .4, .2);
    const auto data = load_dataset(set);
    const auto takes = training_takes(some[1]);
    const auto between = [&](size_t i) {
        return data.db[int64_t(i)].slice(0, feature_count - half_slots).to(torch::kFloat).max().item<float>();
    };
    int coupled = 0;
    for (size_t i = 0; i < takes.size(); ++i) {
        if (takes[i].coupled == 0) continue;
        ++coupled;
        for (size_t plain = 0; plain < i; ++plain)
            if (takes[plain].pitch == takes[i].pitch && takes[plain].velocity == takes[i].velocity)
                BOOST_TEST(between(i) > between(plain) + 20);
    }
    BOOST_TEST(coupled == 3);
}

BOOST_FIXTURE_TEST_CASE(a_set_that_lost_a_part_is_refused_by_name, Folder) {
    write_dataset(
        set, {some[1]}, [](const Instrument& i) { return judged_takes(i, 3); }, .2, .1);
    BOOST_TEST(load_dataset(set).size() == 3);
    fs::resize_file(set + ".f16", fs::file_size(set + ".f16") - 2);
    BOOST_CHECK_EXCEPTION(load_dataset(set), std::runtime_error,
                          [&](const std::exception& e) { return std::string(e.what()).starts_with(set + ".f16: "); });
}

BOOST_AUTO_TEST_CASE(judges_hear_all_of_the_keyboard_at_every_velocity) {
    for (const int count : {8, 24}) {
        const auto takes = judged_takes(some[1], count);
        BOOST_TEST(takes.front().pitch == 33);
        BOOST_TEST(takes.back().pitch > 81);
        for (const int velocity : {45, 80, 115})
            BOOST_TEST(std::ranges::count(takes, velocity, &Take::velocity) >= count / 3);
    }
}

BOOST_AUTO_TEST_SUITE_END()
