// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/landscape/placement.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <span>

namespace timbrel::models {
namespace {

constexpr size_t compared_pairs = 4'000'000; // of sounds in all local searches together: bounds the time
constexpr size_t most_searches = 2000;
constexpr size_t shuffled_sounds = 4;
constexpr unsigned seed = 1;

using Random = std::mt19937;

// The standard's distributions differ between libraries.
size_t draw(Random& random, size_t count) { return random() % count; }

template<class Values>
void shuffle(Values& values, Random& random) {
    for (size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[draw(random, i)]);
}

// Lowers the sum of neighbours' distances by swaps.
class SwapSearch {
  public:
    SwapSearch(const DistanceTable& distances, const MapSize& size) : distances_(distances), near_(size.places()) {
        for (const auto& [a, b] : neighbouring_places(size)) {
            near_[a].push_back(b);
            near_[b].push_back(a);
        }
    }

    // Until no swap of two sounds lowers the sum. Returns how many pairs were compared.
    size_t descend(Placement& placement) const {
        constexpr double least_gain = 1e-9; // more than rounding
        size_t compared = 0;
        for (bool better = true; better;) {
            better = false;
            for (size_t a = 0; a < placement.size(); ++a)
                for (size_t b = a + 1; b < placement.size(); ++b, ++compared) {
                    const double before = around(placement, a) + around(placement, b);
                    std::swap(placement[a], placement[b]);
                    if (around(placement, a) + around(placement, b) < before - least_gain)
                        better = true;
                    else
                        std::swap(placement[a], placement[b]);
                }
        }
        return compared;
    }

  private:
    // Sum of the distances from the sound at a place to its neighbours.
    double around(const Placement& placement, size_t place) const {
        double sum = 0;
        for (const size_t other : near_[place]) sum += distances_(placement[place], placement[other]);
        return sum;
    }

    const DistanceTable& distances_;
    std::vector<std::vector<size_t>> near_; // of each place
};

// Exchanges a few sounds at random places.
void perturb(Placement& placement, Random& random) {
    for (size_t i = 1; i < shuffled_sounds; ++i)
        std::swap(placement[draw(random, placement.size())], placement[draw(random, placement.size())]);
}

// Indices of the rows in the order of their numbers.
std::vector<size_t> sorted_rows(const Tensor& embeddings) {
    const auto values = embeddings.to(torch::kCPU, torch::kDouble).contiguous();
    const auto row = [&](size_t i) {
        const double* first = values.data_ptr<double>() + int64_t(i) * values.size(1);
        return std::span(first, size_t(values.size(1)));
    };
    std::vector<size_t> order(size_t(values.size(0)));
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order,
                             [&](size_t a, size_t b) { return std::ranges::lexicographical_compare(row(a), row(b)); });
    return order;
}

Tensor rows_of(const Tensor& embeddings, const std::vector<size_t>& order) {
    return embeddings.index_select(0, torch::tensor(std::vector<int64_t>(order.begin(), order.end())));
}

// The chosen sound nearest to each sound, as an index into `chosen`; a chosen sound is nearest to itself.
std::vector<size_t> nearest_chosen(const DistanceTable& distances, const std::vector<size_t>& chosen) {
    std::vector<size_t> nearest(distances.size());
    for (size_t i = 0; i < distances.size(); ++i) {
        const auto distance = [&](size_t c) { return c == i ? -1 : distances(i, c); };
        nearest[i] = size_t(std::ranges::min_element(chosen, {}, distance) - chosen.begin());
    }
    return nearest;
}

} // namespace

DistanceTable::DistanceTable(const Tensor& embeddings) : DistanceTable(size_t(embeddings.size(0))) {
    const auto x = embeddings.to(torch::kCPU, torch::kDouble);
    for (size_t a = 0; a < count_; ++a) {
        const auto row = (x - x[int64_t(a)]).square().sum(1).sqrt().contiguous();
        for (size_t b = 0; b < a; ++b) set(a, b, row.data_ptr<double>()[b]);
    }
}

std::vector<std::pair<size_t, size_t>> neighbouring_places(const MapSize& size) {
    std::vector<std::pair<size_t, size_t>> pairs;
    const auto columns = size_t(size.columns);
    for (size_t place = 0; place < size.places(); ++place) {
        if ((place + 1) % columns != 0) pairs.emplace_back(place, place + 1);
        if (place + columns < size.places()) pairs.emplace_back(place, place + columns);
    }
    return pairs;
}

double neighbour_distance(const DistanceTable& distances, const MapSize& size, const Placement& placement) {
    const auto pairs = neighbouring_places(size);
    double sum = 0;
    for (const auto& [a, b] : pairs) sum += distances(placement[a], placement[b]);
    return sum / double(pairs.size());
}

double random_neighbour_distance(const DistanceTable& distances, const MapSize& size, int draws) {
    Random random(seed);
    Placement placement(size.places());
    std::iota(placement.begin(), placement.end(), 0);
    double sum = 0;
    for (int i = 0; i < draws; ++i) {
        shuffle(placement, random);
        sum += neighbour_distance(distances, size, placement);
    }
    return sum / draws;
}

std::vector<size_t> spread_over(const DistanceTable& distances, size_t count) {
    const auto all = [&](size_t i) {
        double sum = 0;
        for (size_t j = 0; j < distances.size(); ++j) sum += distances(i, j);
        return sum;
    };
    std::vector<size_t> sounds(distances.size());
    std::iota(sounds.begin(), sounds.end(), 0);
    std::vector<size_t> chosen{*std::ranges::min_element(sounds, {}, all)};
    while (chosen.size() < count) {
        const auto nearest = nearest_chosen(distances, chosen);
        const auto distance = [&](size_t i) { return chosen[nearest[i]] == i ? -1 : distances(i, chosen[nearest[i]]); };
        chosen.push_back(*std::ranges::max_element(sounds, {}, distance));
    }
    const auto nearest = nearest_chosen(distances, chosen);
    for (size_t c = 0; c < count; ++c) {
        std::vector<size_t> group;
        for (const size_t i : sounds)
            if (nearest[i] == c) group.push_back(i);
        const auto within = [&](size_t i) {
            double sum = 0;
            for (const size_t j : group) sum += distances(i, j);
            return sum;
        };
        chosen[c] = *std::ranges::min_element(group, {}, within);
    }
    std::ranges::sort(chosen);
    return chosen;
}

Placement place_by_components(const Tensor& embeddings, const MapSize& size) {
    const auto x = embeddings.to(torch::kCPU, torch::kDouble);
    const auto directions = std::get<2>(torch::linalg_svd(x - x.mean(0), false)); // by falling variance
    const auto component = [&](int64_t k) {
        if (directions.size(0) <= k) return std::vector<double>(size.places(), 0.);
        const auto along = torch::mv(x - x.mean(0), directions[k]).contiguous();
        return std::vector<double>(along.data_ptr<double>(), along.data_ptr<double>() + along.numel());
    };
    const auto first = component(0), second = component(1);
    const bool wide = size.columns >= size.rows;
    const auto lines = size_t(wide ? size.columns : size.rows), length = size_t(wide ? size.rows : size.columns);
    std::vector<size_t> order(size.places());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](size_t i) { return first[i]; });
    Placement placement(size.places());
    for (size_t line = 0; line < lines; ++line) {
        const auto begin = order.begin() + int64_t(line * length);
        std::ranges::stable_sort(begin, begin + int64_t(length), {}, [&](size_t i) { return second[i]; });
        for (size_t k = 0; k < length; ++k) placement[wide ? k * lines + line : line * length + k] = begin[int64_t(k)];
    }
    return placement;
}

Placement place_on_map(const Tensor& embeddings, const MapSize& size) {
    const auto order = sorted_rows(embeddings);
    const auto sorted = rows_of(embeddings, order);
    const DistanceTable distances(sorted);
    const SwapSearch search(distances, size);
    Placement best = place_by_components(sorted, size);
    size_t compared = search.descend(best);
    double least = neighbour_distance(distances, size, best);
    Random random(seed);
    for (size_t i = 0; i < most_searches && compared < compared_pairs; ++i) {
        Placement other = best;
        perturb(other, random);
        compared += search.descend(other);
        const double sum = neighbour_distance(distances, size, other);
        if (sum < least) least = sum, best = other;
    }
    for (size_t& sound : best) sound = order[sound];
    return best;
}

} // namespace timbrel::models
