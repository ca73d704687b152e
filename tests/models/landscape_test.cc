// SPDX-License-Identifier: GPL-3.0-or-later
// Placing sounds on a map, by made-up embeddings.
#include "models/landscape/landscape.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>
#include <set>

using namespace timbrel::models;

namespace {

// The row of each number in `embeddings`, the other way round: what stands at each place, as rows of `original`.
std::vector<size_t> shuffled(size_t count, unsigned seed) {
    std::vector<size_t> order(count);
    std::iota(order.begin(), order.end(), 0);
    std::ranges::shuffle(order, std::mt19937(seed));
    return order;
}

Tensor rows(const Tensor& x, const std::vector<size_t>& order) {
    return x.index_select(0, torch::tensor(std::vector<int64_t>(order.begin(), order.end())));
}

// Points on a grid in a plane that lies askew in a space of 10 numbers.
Tensor grid_points(const MapSize& size) {
    torch::manual_seed(1);
    const auto axes = std::get<0>(torch::linalg_qr(torch::randn({10, 2})));
    auto points = torch::zeros({int64_t(size.places()), 2});
    for (int64_t i = 0; i < points.size(0); ++i) {
        points[i][0] = 1.5 * double(i % size.columns);
        points[i][1] = double(i / size.columns);
    }
    return torch::mm(points, axes.t());
}

// Points on three quarters of a circle: their first component does not order them.
Tensor bow_points(int64_t count) {
    const auto angle = torch::arange(count) * (1.5 * std::numbers::pi / double(count - 1));
    return torch::stack({torch::cos(angle), torch::sin(angle)}, 1);
}

// Places x in a random order; what stands at each place, as rows of x.
Placement placed(const Tensor& x, const MapSize& size, unsigned seed) {
    const auto order = shuffled(size.places(), seed);
    auto placement = place_on_map(rows(x, order), size);
    for (size_t& sound : placement) sound = order[sound];
    return placement;
}

bool neighbours_in_line(const Placement& placement) {
    for (size_t i = 1; i < placement.size(); ++i)
        if (std::max(placement[i], placement[i - 1]) - std::min(placement[i], placement[i - 1]) != 1) return false;
    return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(landscapes)

BOOST_AUTO_TEST_CASE(a_grid_is_recovered_in_any_order) {
    for (const MapSize size : {MapSize{6, 4}, {3, 2}, {2, 5}, {9, 1}}) {
        const auto x = grid_points(size);
        const auto first = placed(x, size, 0);
        for (unsigned seed = 1; seed < 8; ++seed)
            BOOST_TEST(placed(x, size, seed) == first, boost::test_tools::per_element());
        // Neighbours on the grid are neighbours on the map; columns may be mirrored, and so may rows.
        std::vector<size_t> identity(size.places());
        std::iota(identity.begin(), identity.end(), 0);
        const DistanceTable distances(x);
        BOOST_TEST(neighbour_distance(distances, size, first) <= neighbour_distance(distances, size, identity) + 1e-9);
        const auto column = [&](size_t place) { return int(first[place]) % size.columns; };
        for (const auto& [a, b] : neighbouring_places(size))
            BOOST_TEST(std::abs(column(a) - column(b)) +
                           std::abs(int(first[a] / size_t(size.columns)) - int(first[b] / size_t(size.columns))) ==
                       1);
    }
}

BOOST_AUTO_TEST_CASE(a_bent_line_is_recovered_where_components_fail) {
    const auto x = bow_points(9);
    const MapSize line{9, 1};
    BOOST_TEST(!neighbours_in_line(place_by_components(x, line)));
    for (unsigned seed = 0; seed < 8; ++seed) BOOST_TEST(neighbours_in_line(placed(x, line, seed)));
}

BOOST_AUTO_TEST_CASE(no_sound_is_lost_or_doubled_and_no_swap_helps) {
    for (unsigned seed = 0; seed < 4; ++seed)
        for (const MapSize size : {MapSize{6, 4}, {2, 1}, {1, 3}, {5, 5}, {12, 10}}) {
            torch::manual_seed(seed);
            const auto x = torch::randn({int64_t(size.places()), 7});
            const auto placement = place_on_map(x, size);
            auto sorted = placement;
            std::ranges::sort(sorted);
            for (size_t i = 0; i < sorted.size(); ++i) BOOST_TEST(sorted[i] == i);
            BOOST_TEST(place_on_map(x, size) == placement, boost::test_tools::per_element());
            const DistanceTable distances(x);
            const double least = neighbour_distance(distances, size, placement);
            BOOST_TEST(least <= neighbour_distance(distances, size, place_by_components(x, size)));
            for (size_t a = 0; a < placement.size(); ++a)
                for (size_t b = 0; b < a; ++b) {
                    auto swapped = placement;
                    std::swap(swapped[a], swapped[b]);
                    BOOST_REQUIRE(neighbour_distance(distances, size, swapped) > least - 1e-9);
                }
        }
}

BOOST_AUTO_TEST_CASE(equal_sounds_are_placed_each_once) {
    const auto placement = place_on_map(torch::zeros({6, 3}), {3, 2});
    BOOST_TEST(std::set(placement.begin(), placement.end()).size() == 6u);
    const auto chosen = spread_over(DistanceTable(torch::zeros({6, 3})), 4);
    BOOST_TEST(std::set(chosen.begin(), chosen.end()).size() == 4u);
}

BOOST_AUTO_TEST_CASE(more_sounds_than_places_are_chosen_from_all_over_the_space) {
    // Four heaps of different sizes, far apart: one of each, near the middle of its heap.
    torch::manual_seed(2);
    std::vector<Tensor> heaps;
    for (const int64_t heap : {1, 3, 10, 30})
        heaps.push_back(torch::randn({heap, 5}) + 100 * torch::tensor({heap % 2, heap % 3, heap % 5, heap % 7, heap}));
    const auto chosen = spread_over(DistanceTable(torch::cat(heaps)), 4);
    const auto heap_of = [](size_t sound) { return sound < 1 ? 0 : sound < 4 ? 1 : sound < 14 ? 2 : 3; };
    for (int heap = 0; heap < 4; ++heap) BOOST_TEST(std::ranges::count(chosen, heap, heap_of) == 1);
    const auto all = spread_over(DistanceTable(torch::cat(heaps)), 44);
    for (size_t i = 0; i < 44; ++i) BOOST_TEST(all[i] == i);
}

BOOST_AUTO_TEST_CASE(the_table_names_every_sound_its_place_and_its_distances) {
    Landscape l;
    l.sounds = {"/a/one.wav", "/a/two.wav", "/a/three.wav"};
    l.names = {"one", "two", "three"};
    l.distances = DistanceTable(torch::tensor({{0.f}, {3.f}, {4.f}}));
    l.size = {2, 1};
    l.placement = {1, 0};
    BOOST_TEST(describe(l) == "place   sound                           west    east   north   south\n"
                              "1,1     two                                -    3.00       -       -\n"
                              "2,1     one                             3.00       -       -       -\n"
                              "none    three                       like two,    1.00\n"
                              "neighbours' distance: 3.00 on the mean; 1.00 of the 3.00 of random placements\n");
}

BOOST_AUTO_TEST_SUITE_END()
