// Corners mixed by their shares of a place.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

// shares [places, corners], x [corners, …] → [places, …].
inline Tensor mixed(const Tensor& shares, const Tensor& x) {
    auto sizes = x.sizes().vec();
    sizes[0] = shares.size(0);
    return torch::mm(shares, x.reshape({x.size(0), -1})).view(sizes);
}

} // namespace timbrel::models
