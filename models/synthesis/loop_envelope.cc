#include "models/synthesis/loop_envelope.h"

#include <algorithm>

namespace timbrel::models {
namespace {

constexpr int held_frames = 20;   // over which a struck sound's level at the loop's start is taken
constexpr int settle_frames = 56; // before the loop, in which its levels are reached
constexpr double steepest = 200;  // dB per second

// dB per second of each column of x [..., frames], frames at `frames_per_second`.
Tensor slope_of(const Tensor& x) {
    const auto n = x.size(-1);
    const auto t = (torch::arange(n, x.options()) - double(n - 1) / 2) / frames_per_second;
    return (x * t).sum(-1) / t.square().sum();
}

// Seconds of frames `from` to `to`, for [places, frames, 2, slots].
Tensor seconds(int64_t from, int64_t to, const torch::TensorOptions& options) {
    return (torch::arange(from, to, options) / frames_per_second).view({1, -1, 1, 1});
}

// How far frames `from` to `to`, counted from the loop's start, have come to its levels: 0 to 1.
Tensor settled(int64_t from, int64_t to, const torch::TensorOptions& options) {
    return (1 + torch::arange(from, to, options) / double(settle_frames)).clamp(0, 1).view({1, -1, 1, 1});
}

} // namespace

LoopChange flatten_loop(Tensor& x, const LoopPlace& loop, const Tensor& decay) {
    auto part = x.slice(1, loop.start);
    const auto dying = ((decay - 1) / 3).clamp(0, 1).view({-1, 1, 1, 1});
    const auto slope =
        slope_of(x.slice(1, loop.start, loop.end).permute({0, 2, 3, 1})).clamp(-steepest, 20).unsqueeze(1) * dying;
    const double half = double(loop.end - loop.start) / frames_per_second / 2;
    const LoopChange change{slope, ((slope + dying * decay.view({-1, 1, 1, 1})) * half).clamp_max(0.)};
    part.sub_(slope * seconds(0, part.size(1), x.options()));
    const auto struck = ((decay - 15) / 15).clamp(0, 1).view({-1, 1, 1, 1});
    const auto level = part.slice(1, 0, std::min<int64_t>(held_frames, part.size(1))).mean(1, true);
    part.add_(struck * (level - part));
    x.add_(change.offset * settled(-loop.start, x.size(1) - loop.start, x.options()));
    return change;
}

Tensor closed(const Tensor& x, const LoopPlace& loop, const LoopChange& change) {
    const int64_t fade = std::min((loop.end - loop.start) / 4, loop.start);
    auto y = x.clone();
    const auto w = (torch::hann_window(2 * fade + 2, false, x.options()).slice(0, 1, fade + 1)).view({1, -1, 1, 1});
    const auto before = x.slice(1, loop.start - fade, loop.start) - change.slope * seconds(-fade, 0, x.options()) +
                        change.offset * (1 - settled(-fade, 0, x.options()));
    const auto end = x.slice(1, loop.end - fade, loop.end);
    y.slice(1, loop.end - fade, loop.end).copy_((1 - w) * end + w * before);
    y.slice(1, loop.end, loop.end + 1).copy_(x.slice(1, loop.start, loop.start + 1));
    return y;
}

} // namespace timbrel::models
