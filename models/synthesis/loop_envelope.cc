// SPDX-License-Identifier: GPL-3.0-or-later
// Constants without a named source were set by hand; no comparison of other values is recorded.
#include "models/synthesis/loop_envelope.h"

#include <algorithm>

namespace timbrel::models {
namespace {

constexpr int start_frames = 20;      // over which the level of a struck sound at the loop's start is averaged
constexpr int transition_frames = 56; // before the loop, in which the levels of the loop are reached
constexpr double max_fall = 200, max_rise = 20;        // dB per second, of a partial in the loop
constexpr double decaying_from = 1, decaying_full = 4; // dB per second: the slopes are removed gradually …
constexpr double struck_from = 15, struck_full = 30;   // … and so are the fluctuations

// dB per second of each column of x [..., frames], frames at `frames_per_second`.
Tensor slope_of(const Tensor& x) {
    const auto n = x.size(-1);
    const auto t = (torch::arange(n, x.options()) - double(n - 1) / 2) / frames_per_second;
    return (x * t).sum(-1) / t.square().sum();
}

// Times in seconds of the frames `from` to `to`, for [positions, frames, 2, slots].
Tensor seconds(int64_t from, int64_t to, const torch::TensorOptions& options) {
    return (torch::arange(from, to, options) / frames_per_second).view({1, -1, 1, 1});
}

// Progress, 0 to 1, of the transition to the loop's levels for the frames `from` to `to`, counted from its start.
Tensor transition(int64_t from, int64_t to, const torch::TensorOptions& options) {
    return (1 + torch::arange(from, to, options) / double(transition_frames)).clamp(0, 1).view({1, -1, 1, 1});
}

} // namespace

LoopChange flatten_loop(Tensor& x, const LoopRange& loop, const Tensor& decay) {
    auto part = x.slice(1, loop.start);
    const auto decaying = ((decay - decaying_from) / (decaying_full - decaying_from)).clamp(0, 1).view({-1, 1, 1, 1});
    const auto slope =
        slope_of(x.slice(1, loop.start, loop.end).permute({0, 2, 3, 1})).clamp(-max_fall, max_rise).unsqueeze(1) *
        decaying;
    const double half = double(loop.end - loop.start) / frames_per_second / 2;
    const LoopChange change{slope, ((slope + decaying * decay.view({-1, 1, 1, 1})) * half).clamp_max(0.)};
    part.sub_(slope * seconds(0, part.size(1), x.options()));
    const auto struck = ((decay - struck_from) / (struck_full - struck_from)).clamp(0, 1).view({-1, 1, 1, 1});
    const auto level = part.slice(1, 0, std::min<int64_t>(start_frames, part.size(1))).mean(1, true);
    part.add_(struck * (level - part));
    x.add_(change.offset * transition(-loop.start, x.size(1) - loop.start, x.options()));
    return change;
}

Tensor close_loop(const Tensor& x, const LoopRange& loop, const LoopChange& change) {
    const int64_t fade = std::min((loop.end - loop.start) / 4, loop.start);
    auto y = x.clone();
    const auto w = (torch::hann_window(2 * fade + 2, false, x.options()).slice(0, 1, fade + 1)).view({1, -1, 1, 1});
    const auto before = x.slice(1, loop.start - fade, loop.start) - change.slope * seconds(-fade, 0, x.options()) +
                        change.offset * (1 - transition(-fade, 0, x.options()));
    const auto end = x.slice(1, loop.end - fade, loop.end);
    y.slice(1, loop.end - fade, loop.end).copy_((1 - w) * end + w * before);
    y.slice(1, loop.end, loop.end + 1).copy_(x.slice(1, loop.start, loop.start + 1));
    return y;
}

} // namespace timbrel::models
