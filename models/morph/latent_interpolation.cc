#include "models/morph/latent_interpolation.h"

#include "models/tensor/weighted_mix.h"

#include <algorithm>
#include <utility>

namespace timbrel::models {
namespace {

constexpr double largest_idea = 6;        // dB
constexpr double loud = -40, fading = 20; // dB under the loudest partial: no idea from there on, all of it below that
constexpr double most_of_four = 2; // dB of it that no two corners tell: a peak in the middle, which crossfades miss

Tensor conditions_for(int64_t count, double f0, double velocity, torch::Device device) {
    return conditions(torch::full({count}, f0), torch::full({count}, velocity)).to(device);
}

Tensor limited(const Tensor& db, double most) { return torch::tanh(db / most) * most; }

// Of each frame: [places, 1, frames].
Tensor length(const Tensor& embedding) { return embedding.square().sum(1, true).sqrt(); }

void add(std::vector<std::vector<int64_t>>& list, const std::vector<int64_t>& corners) {
    if (std::ranges::find(list, corners) == list.end()) list.push_back(corners);
}

} // namespace

Imagination::Imagination(Autoencoder network, const Tensor& x, const Tensor& mask, double f0, double velocity)
    : network_(std::move(network)), f0_(f0), velocity_(velocity) {
    const auto c = conditions_for(x.size(0), f0, velocity, x.device());
    even_ = x.mean(2, true);
    embedding_ = network_->encode(to_network(x), mask, c);
    decoded_ = from_network(network_->decode(embedding_, c)).clamp_min(feature_floor + 10);
}

Imagination::Nodes Imagination::nodes_for(const Tensor& shares) {
    Nodes nodes;
    const auto on_cpu = shares.to(torch::kCPU);
    const auto w = on_cpu.accessor<float, 2>();
    for (int64_t i = 0; i < shares.size(0); ++i) {
        std::vector<int64_t> corners;
        for (int64_t c = 0; c < shares.size(1); ++c)
            if (w[i][c] > 0) corners.push_back(c);
        for (size_t a = 0; a < corners.size(); ++a)
            for (size_t b = a + 1; b < corners.size(); ++b) add(nodes.pairs, {corners[a], corners[b]});
        if (corners.size() == 4) add(nodes.squares, corners);
    }
    return nodes;
}

// [pairs and squares, feature_count, 1]; of the squares what the six pairs do not tell.
Tensor Imagination::ideas(const Nodes& nodes) const {
    auto middles = torch::zeros({int64_t(nodes.pairs.size() + nodes.squares.size()), embedding_.size(0)});
    int64_t row = 0;
    for (const auto* list : {&nodes.pairs, &nodes.squares})
        for (const auto& corners : *list) {
            for (const int64_t c : corners) middles[row][c] = 1. / double(corners.size());
            ++row;
        }
    const auto places = middles.to(embedding_.device());
    const auto c = conditions_for(row, f0_, velocity_, embedding_.device());
    auto middle = mixed(places, embedding_);
    for (const auto& [from, to] : {std::pair{0, moment_size}, std::pair{moment_size, latent_size}}) {
        auto part = middle.slice(1, from, to);
        part *= (mixed(places, length(embedding_.slice(1, from, to))) / length(part).clamp_min(1e-3)).clamp(1, 2);
    }
    const auto heard = from_network(network_->decode(middle, c)).clamp_min(feature_floor + 10);
    auto asked = ((loud - mixed(places, even_)) / fading).clamp(0, 1);
    asked.slice(1, noise_start, noise_start + noise_bands).fill_(1);
    auto ideas = limited((heard - mixed(places, decoded_)).mean(2, true) * asked, largest_idea);
    for (size_t s = 0; s < nodes.squares.size(); ++s)
        for (size_t p = 0; p < nodes.pairs.size(); ++p)
            if (std::ranges::includes(nodes.squares[s], nodes.pairs[p]))
                ideas[int64_t(nodes.pairs.size() + s)] -= ideas[int64_t(p)] / 4;
    const auto pairs = int64_t(nodes.pairs.size());
    return torch::cat({ideas.slice(0, 0, pairs), limited(ideas.slice(0, pairs), most_of_four)});
}

Tensor Imagination::between(const Tensor& shares) const {
    const auto nodes = nodes_for(shares);
    if (nodes.pairs.empty()) return torch::zeros({shares.size(0), feature_count, 1}, embedding_.options());
    std::vector<Tensor> growth; // of each node, 1 there
    for (const auto& pair : nodes.pairs) growth.push_back(4 * shares.select(1, pair[0]) * shares.select(1, pair[1]));
    for (const auto& square : nodes.squares)
        growth.push_back(256 * shares.index_select(1, torch::tensor(square).to(shares.device())).prod(1));
    return mixed(torch::stack(growth, 1), ideas(nodes));
}

} // namespace timbrel::models
