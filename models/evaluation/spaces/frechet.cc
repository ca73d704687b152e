// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/spaces/frechet.h"

namespace timbrel::models {
namespace {

constexpr double shrinkage = .1;

} // namespace

Gaussian gaussian_of(const Tensor& points) {
    const auto x = points.to(torch::kDouble);
    const auto mean = x.mean(0);
    const auto centred = x - mean;
    const auto covariance = torch::mm(centred.t(), centred) / double(x.size(0) - 1);
    const auto isotropic = torch::eye(x.size(1), torch::kDouble) * (covariance.trace() / double(x.size(1)));
    return {mean, (1 - shrinkage) * covariance + shrinkage * isotropic};
}

double frechet_distance(const Gaussian& a, const Gaussian& b) {
    const auto [values, vectors] = torch::linalg_eigh(a.covariance, "L");
    const auto root = torch::mm(vectors * values.clamp_min(0).sqrt(), vectors.t());
    const auto common = torch::linalg_eigvalsh(torch::mm(torch::mm(root, b.covariance), root), "L");
    const auto trace = a.covariance.trace() + b.covariance.trace() - 2 * common.clamp_min(0).sqrt().sum();
    return ((a.mean - b.mean).square().sum() + trace).item<double>();
}

} // namespace timbrel::models
