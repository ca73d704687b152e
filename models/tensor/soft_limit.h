// What shall go from corner to corner without turning back.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

// Values found at places, [places], brought near the mean of the corners' values, weighted by shares: on the way
// between two corners no farther off than w (1 − w) times `bend` times their difference, with which a bend of 1 or less
// hardly lets anything turn back; and 4 w (1 − w) times `slack`, which is too little to be heard. Nothing moves at a
// corner.
inline Tensor nearly_straight(const Tensor& found, const Tensor& shares, const Tensor& corners, double bend,
                              double slack) {
    const auto line = torch::mv(shares, corners);
    const auto apart = (corners.unsqueeze(0) - corners.unsqueeze(1)).abs();
    const auto room =
        (torch::mm(shares, apart) * shares).sum(1) * (bend / 2) + (1 - shares.square().sum(1)) * (2 * slack) + 1e-6;
    const auto off = (found - line) / room;
    return line + room * off / (1 + off.pow(4)).pow(.25);
}

// x, its excess beyond `most` on either side of 0 bent towards that.
inline Tensor no_more_than(const Tensor& x, double most) { return x / (1 + (x / most).pow(4)).pow(.25); }

} // namespace timbrel::models
