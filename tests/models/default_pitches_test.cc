// SPDX-License-Identifier: GPL-3.0-or-later
// Which notes are baked by default.
#include "models/morph/default_pitches.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace timbrel::models;

namespace {

std::vector<int> keys(int first, int last, int step) {
    std::vector<int> all;
    for (int key = first; key <= last; key += step) all.push_back(key);
    return all;
}

int met(const std::vector<int>& pitches, const std::vector<int>& recorded) {
    return int(std::ranges::count_if(recorded, [&](int key) { return std::ranges::count(pitches, key) > 0; }));
}

void check_gaps(const std::vector<int>& pitches, int low, int high) {
    BOOST_TEST(pitches.front() == low);
    BOOST_TEST(pitches.back() == high);
    BOOST_TEST(pitches.size() <= size_t(max_default_pitches));
    for (size_t i = 1; i < pitches.size(); ++i) {
        BOOST_TEST(pitches[i] > pitches[i - 1]);
        BOOST_TEST(pitches[i] - pitches[i - 1] <= max_pitch_gap);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(default_notes)

BOOST_AUTO_TEST_CASE(without_recordings_every_fourth_note) {
    BOOST_TEST(default_pitches({{}, {}, {}, {}}) == keys(33, 97, 4), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(recorded_notes_are_baked_and_gaps_filled) {
    for (const auto& recorded :
         {keys(36, 96, 3), keys(36, 96, 4), keys(36, 84, 12), std::vector{60}, keys(55, 90, 5)}) {
        const auto pitches = default_pitches({recorded, {}, {}, {}});
        check_gaps(pitches, 33, 97);
        BOOST_TEST(met(pitches, recorded) == int(recorded.size()));
    }
    BOOST_TEST(default_pitches({keys(33, 97, 3), {}}).size() == 23u);
}

BOOST_AUTO_TEST_CASE(recordings_beyond_the_default_range_are_baked) {
    check_gaps(default_pitches({keys(21, 108, 3), {}}), 21, 108);
    check_gaps(default_pitches({{0, 127}, {}}), 0, 127);
}

BOOST_AUTO_TEST_CASE(many_recordings_do_not_make_many_notes) {
    const auto pitches = default_pitches({keys(21, 108, 1), {}});
    check_gaps(pitches, 21, 108);
    BOOST_TEST(pitches.size() == size_t(max_default_pitches));
    for (size_t i = 1; i < pitches.size(); ++i) BOOST_TEST(pitches[i] - pitches[i - 1] >= 2);
}

BOOST_AUTO_TEST_CASE(corners_with_other_keys_share_the_notes) {
    const auto a = keys(33, 96, 3), b = keys(34, 97, 3), c = keys(35, 95, 3);
    const auto two_alike = default_pitches({a, a, b, c});
    check_gaps(two_alike, 33, 97);
    BOOST_TEST(met(two_alike, a) >= int(a.size()) - 1); // 96 is next to the last note
    BOOST_TEST(two_alike.size() == a.size());
    const auto none_alike = default_pitches({a, b, c, {}});
    check_gaps(none_alike, 33, 97);
    BOOST_TEST(none_alike.size() == 17u);
    const std::vector<std::vector<int>> map(64, keys(21, 108, 1)); // as many corners as a map can have
    check_gaps(default_pitches(map), 21, 108);
}

BOOST_AUTO_TEST_SUITE_END()
