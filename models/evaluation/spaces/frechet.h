// SPDX-License-Identifier: GPL-3.0-or-later
// The squared Fréchet distance between two sets of points.
// Threads: control, worker; pure.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

struct Gaussian {
    Tensor mean, covariance; // [n], [n, n]; double
};

// Fits a Gaussian to points [count, n]. Shrinks the covariance by a tenth towards a multiple of the identity, because
// there are few points.
Gaussian gaussian_of(const Tensor& points);

// |m₁ − m₂|² + tr(C₁ + C₂ − 2 (C₁^½ C₂ C₁^½)^½) (Dowson & Landau, Journal of Multivariate Analysis 1982).
double frechet_distance(const Gaussian& a, const Gaussian& b);

} // namespace timbrel::models
