// SPDX-License-Identifier: GPL-3.0-or-later
// The space in which Fréchet distances are taken: standardised, weighted principal components of reference notes.
// Threads: control, worker; immutable after construction.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

class FeatureSpace {
  public:
    // Fits the space to descriptors of reference notes [presets, pitches, n]: removes the mean of each pitch, scales
    // each of the n dimensions to a standard deviation of 1, multiplies by `weights` [n], and keeps the 24 principal
    // components of largest variance.
    FeatureSpace(const Tensor& reference, const Tensor& weights);

    // Projects [count, pitches, n] to [count, pitches, 24], double. The pitches must be those of the reference.
    Tensor operator()(const Tensor& notes) const;

    double variance() const { return variance_; } // of the reference, summed over all n dimensions

  private:
    Tensor scaled(const Tensor& notes) const;

    Tensor mean_, scale_, directions_; // [pitches, n], [n], [n, 24]
    double variance_ = 0;
};

} // namespace timbrel::models
