// SPDX-License-Identifier: GPL-3.0-or-later
// Muon learns directions with small gradients that gradient descent learns late.
#include "models/training/muon.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace timbrel;
using namespace timbrel::models;

namespace {

// [16, 40] with singular values from 1 down to 1e-2.
Tensor ill_conditioned() {
    torch::manual_seed(1);
    const auto [u, s, v] = torch::linalg_svd(torch::randn({16, 40}), false);
    return torch::mm(u * torch::logspace(0, -2, 16), v);
}

// Trains a convolution's weights w [12, 3, 4] to be the identity, with inputs whose gains fall from 1 to a tenth.
// Returns the error of the weight of the quietest input after `steps`.
template<class Step>
double error_of_quietest(Tensor& w, int steps, const Step& step) {
    const auto gain = torch::logspace(0, -1, 12);
    for (int i = 0; i < steps; ++i) {
        if (w.grad().defined()) w.mutable_grad().zero_();
        ((w.flatten(1) - torch::eye(12)) * gain).square().sum().backward();
        step(1 - double(i) / steps);
    }
    return std::abs(1 - w.detach().flatten(1)[11][11].item<double>());
}

} // namespace

BOOST_AUTO_TEST_SUITE(muon)

BOOST_AUTO_TEST_CASE(singular_values_become_about_one_and_singular_vectors_are_kept) {
    const auto matrix = ill_conditioned(), orthogonal = orthogonalise(matrix);
    const auto values = std::get<1>(torch::linalg_svd(orthogonal, false));
    BOOST_TEST(values.max().item<double>() < 1.3);
    BOOST_TEST(values.min().item<double>() > .6);
    const auto [u, s, v] = torch::linalg_svd(matrix, false);
    const auto rotated = torch::mm(torch::mm(u.t(), orthogonal), v.t());
    const auto off_diagonal = rotated - torch::diag(rotated.diag());
    BOOST_TEST(off_diagonal.abs().max().item<double>() < .05);
    BOOST_TEST(rotated.diag().min().item<double>() > .6);
    BOOST_TEST(orthogonalise(torch::zeros({4, 6})).abs().max().item<double>() == 0);
}

BOOST_AUTO_TEST_CASE(small_singular_directions_are_learned) {
    auto w = torch::zeros({12, 3, 4}, torch::requires_grad());
    Muon optimiser({w});
    BOOST_TEST(error_of_quietest(w, 200, [&](double remaining) { optimiser.step(.05 * remaining); }) < .2);

    auto plain = torch::zeros({12, 3, 4}, torch::requires_grad());
    torch::optim::SGD descent({plain}, torch::optim::SGDOptions(.05));
    BOOST_TEST(error_of_quietest(plain, 200, [&](double) { descent.step(); }) > .5);
}

BOOST_AUTO_TEST_SUITE_END()
