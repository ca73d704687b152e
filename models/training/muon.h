// SPDX-License-Identifier: GPL-3.0-or-later
// Muon, an optimiser for the hidden weight matrices of a network: the momentum is orthogonalised (its singular values
// are all moved close to 1), so that directions with small gradients are learned as quickly as those with large ones.
// Thread: control; not thread-safe.
//
// K. Jordan and others, "Muon: an optimizer for hidden layers in neural networks" (kellerjordan.github.io/posts/muon,
// 2024). Updates have the RMS of AdamW's updates, so that both share a learning rate: J. Liu and others, "Muon is
// scalable for LLM training" (arXiv 2502.16982, 2025).
#pragma once

#include "models/tensor/tensors.h"

#include <vector>

namespace timbrel::models {

// Approximates U·Vᵀ of a matrix [n, m] = U·S·Vᵀ by a Newton-Schulz iteration, in bfloat16 where that is fast. The
// singular values of the result lie between about 0.7 and 1.2, except where those of `matrix` are close to zero. Faster
// for n ≤ m.
Tensor orthogonalise(const Tensor& matrix);

class Muon {
  public:
    // Weights of convolutions or linear layers; all dimensions after the first are flattened.
    explicit Muon(std::vector<Tensor> weights);
    void zero_grad();
    void step(double rate); // learning rate, on the scale of AdamW

  private:
    std::vector<Tensor> weights_, momenta_;
};

} // namespace timbrel::models
