// Sounds between libTorch and the code that knows nothing of it.
#pragma once

#include "models/audio/io/audio.h"
#include "models/tensor/tensors.h"

namespace timbrel::models {

// x [2, frames] at 48 kHz.
inline audio::Audio audio_of(const Tensor& x) {
    const auto t = x.to(torch::kCPU).contiguous();
    const float* p = t.data_ptr<float>();
    const auto n = t.size(1);
    return {double(model_rate), {p, p + n}, {p + n, p + 2 * n}};
}

} // namespace timbrel::models
