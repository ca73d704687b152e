// SPDX-License-Identifier: GPL-3.0-or-later
// Places sounds on a map by their embeddings, so that neighbours are alike.
// Threads: any that may allocate; pure.
#pragma once

#include "models/tensor/tensors.h"

#include <cstddef>
#include <utility>
#include <vector>

namespace timbrel::models {

// Distances between sounds, symmetric.
class DistanceTable {
  public:
    // Euclidean distances between embeddings [sounds, numbers], in double precision.
    explicit DistanceTable(const Tensor& embeddings);
    // Of `count` sounds, all 0 until set().
    explicit DistanceTable(size_t count) : count_(count), values_(count * count) {}

    size_t size() const { return count_; }
    double operator()(size_t a, size_t b) const { return values_[a * count_ + b]; }
    void set(size_t a, size_t b, double distance) { values_[a * count_ + b] = values_[b * count_ + a] = distance; }

  private:
    size_t count_;
    std::vector<double> values_;
};

struct MapSize {
    int columns = 0, rows = 0;
    size_t places() const { return size_t(columns) * size_t(rows); }
};

// The index of the sound at each place, row by row from the north-west.
using Placement = std::vector<size_t>;

// The pairs of places that are next to each other, in a row or in a column.
std::vector<std::pair<size_t, size_t>> neighbouring_places(const MapSize& size);

// Mean distance of neighbouring sounds.
double neighbour_distance(const DistanceTable& distances, const MapSize& size, const Placement& placement);

// The mean of neighbour_distance() over `draws` random placements of the same sounds.
double random_neighbour_distance(const DistanceTable& distances, const MapSize& size, int draws);

// Indices of `count` of the sounds, ascending, spread over the space: the sound nearest to all others, then each time
// the one farthest from those chosen (Gonzalez 1985), at last moved to the middle of the sounds that it stands for.
// count ≤ sounds.
std::vector<size_t> spread_over(const DistanceTable& distances, size_t count);

// Places embeddings [size.places(), numbers] by their two principal components: columns by the first, each column's
// rows by the second; on a map that is higher than wide the other way round.
Placement place_by_components(const Tensor& embeddings, const MapSize& size);

// Starts from place_by_components() and swaps two sounds as long as that lowers the sum of neighbours' distances; then
// again from the best placement with some sounds shuffled, a number of times. The same set of embeddings, all
// different, gives the same map in any order.
Placement place_on_map(const Tensor& embeddings, const MapSize& size);

} // namespace timbrel::models
