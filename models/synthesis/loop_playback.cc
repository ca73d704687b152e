// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/synthesis/loop_playback.h"

#include <cmath>

namespace timbrel::models {

Tensor unroll_loop(const Tensor& sound, const LoopRange& loop, double decay, double seconds) {
    const int64_t start = loop.start * hop, end = loop.end * hop;
    const auto time = torch::arange(int64_t(std::lround(seconds * model_rate)));
    auto at = time;
    if (end > start) at = torch::where(at < end, at, start + (at - start).remainder(end - start));
    const auto fade_seconds = (time.to(torch::kFloat) - double(start)).clamp_min(0) / double(model_rate);
    return sound.index_select(1, at.clamp_max(sound.size(1) - 1)) * torch::pow(10, fade_seconds * (-decay / 20));
}

} // namespace timbrel::models
