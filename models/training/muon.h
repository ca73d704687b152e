// Muon, an optimiser for matrices inside a network: momentum whose singular values are all made about one, so that
// directions which gradients seldom show are learned as quickly as those they always show.
//
// K. Jordan and others, "Muon: an optimizer for hidden layers in neural networks" (kellerjordan.github.io/posts/muon,
// 2024); steps as long as AdamW's, so that one rate serves both: J. Liu and others, "Muon is scalable for LLM training"
// (arXiv 2502.16982, 2025).
#pragma once

#include "models/tensor/tensors.h"

#include <vector>

namespace timbrel::models {

// A matrix [n, m] of singular values between about 0.7 and 1.2 and the singular vectors of `matrix`, but where its
// singular values are next to nothing. Computed in bfloat16; n ≤ m is quicker.
Tensor evened(const Tensor& matrix);

class Muon {
  public:
    // Weights of convolutions or linear layers: what lies behind the first dimension counts as one.
    explicit Muon(std::vector<Tensor> weights);
    void zero_grad();
    void step(double rate); // AdamW's

  private:
    std::vector<Tensor> weights_, momentum_;
};

} // namespace timbrel::models
