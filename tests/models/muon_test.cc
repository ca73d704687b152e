// Muon learns what plain descent learns late: directions that gradients seldom show.
#include "models/training/muon.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace timbrel;
using namespace timbrel::models;

namespace {

// [16, 40] with singular values from 1 down to 1e-2.
Tensor uneven() {
    torch::manual_seed(1);
    const auto [u, s, v] = torch::linalg_svd(torch::randn({16, 40}), false);
    return torch::mm(u * torch::logspace(0, -2, 16), v);
}

// Makes a convolution's weights w [12, 3, 4] a mirror whose inputs are ever quieter, the last a tenth as loud as the
// first; what is missing of the last one's after `steps`.
template<class Step>
double missing(Tensor& w, int steps, const Step& step) {
    const auto loudness = torch::logspace(0, -1, 12);
    for (int i = 0; i < steps; ++i) {
        if (w.grad().defined()) w.mutable_grad().zero_();
        ((w.flatten(1) - torch::eye(12)) * loudness).square().sum().backward();
        step(1 - double(i) / steps);
    }
    return std::abs(1 - w.detach().flatten(1)[11][11].item<double>());
}

} // namespace

BOOST_AUTO_TEST_SUITE(muon)

BOOST_AUTO_TEST_CASE(singular_values_come_out_about_one_and_singular_vectors_as_they_were) {
    const auto matrix = uneven(), even = evened(matrix);
    const auto values = std::get<1>(torch::linalg_svd(even, false));
    BOOST_TEST(values.max().item<double>() < 1.3);
    BOOST_TEST(values.min().item<double>() > .6);
    const auto [u, s, v] = torch::linalg_svd(matrix, false);
    const auto seen = torch::mm(torch::mm(u.t(), even), v.t());
    const auto beside = seen - torch::diag(seen.diag());
    BOOST_TEST(beside.abs().max().item<double>() < .05);
    BOOST_TEST(seen.diag().min().item<double>() > .6);
    BOOST_TEST(evened(torch::zeros({4, 6})).abs().max().item<double>() == 0);
}

BOOST_AUTO_TEST_CASE(quiet_directions_are_learned_beside_loud_ones) {
    auto w = torch::zeros({12, 3, 4}, torch::requires_grad());
    Muon optimiser({w});
    BOOST_TEST(missing(w, 200, [&](double share) { optimiser.step(.05 * share); }) < .2);

    auto plain = torch::zeros({12, 3, 4}, torch::requires_grad());
    torch::optim::SGD descent({plain}, torch::optim::SGDOptions(.05));
    BOOST_TEST(missing(plain, 200, [&](double) { descent.step(); }) > .5);
}

BOOST_AUTO_TEST_SUITE_END()
