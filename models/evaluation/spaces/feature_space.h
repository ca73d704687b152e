// Coordinates in which notes are compared, taken from real ones.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

class NoteSpace {
  public:
    // Descriptions of real notes, [presets, pitches, n], and how much each of the n numbers weighs. What the notes of a
    // pitch have in common is left out, every number is scaled to a spread of 1 before it is weighted, and the 24
    // directions in which the notes differ most are kept.
    NoteSpace(const Tensor& real, const Tensor& weights);

    // [count, pitches, n] → [count, pitches, 24], the same pitches.
    Tensor operator()(const Tensor& notes) const;

    double variance() const { return variance_; } // of the real notes, all directions together

  private:
    Tensor scaled(const Tensor& notes) const;

    Tensor mean_, scale_, directions_; // [pitches, n], [n], [n, 24]
    double variance_ = 0;
};

} // namespace timbrel::models
