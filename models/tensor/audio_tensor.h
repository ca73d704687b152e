// SPDX-License-Identifier: GPL-3.0-or-later
// Converts between tensors and audio::Audio, which does not use libTorch.
// Threads: any that may allocate; pure.
#pragma once

#include "models/audio/io/audio.h"
#include "models/tensor/tensors.h"

namespace timbrel::models {

// x [2, frames] at model_rate, on any device. The result owns a copy.
inline audio::Audio to_audio(const Tensor& x) {
    const auto t = x.to(torch::kCPU).contiguous();
    const float* p = t.data_ptr<float>();
    const auto n = t.size(1);
    return {double(model_rate), {p, p + n}, {p + n, p + 2 * n}};
}

// The samples as [2, frames] on the CPU; a copy.
inline Tensor to_stereo_tensor(const audio::Audio& audio) {
    return torch::stack({to_tensor(audio.left), to_tensor(audio.right)});
}

} // namespace timbrel::models
