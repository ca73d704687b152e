// How far one cloud of points is from another.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

struct Gaussian {
    Tensor mean, covariance; // [n], [n, n]; double
};

// Fitted to points [count, n], its covariance shrunk by a tenth towards equal spread in all directions, since the
// points are few.
Gaussian gaussian_of(const Tensor& points);

// |m₁ − m₂|² + tr(C₁ + C₂ − 2 (C₁^½ C₂ C₁^½)^½), the squared Fréchet distance (Dowson & Landau, Journal of Multivariate
// Analysis 1982).
double frechet_distance(const Gaussian& a, const Gaussian& b);

} // namespace timbrel::models
