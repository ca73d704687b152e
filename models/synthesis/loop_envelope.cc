// SPDX-License-Identifier: GPL-3.0-or-later
// Constants without a named source were set by hand; no comparison of other values is recorded.
#include "models/synthesis/loop_envelope.h"

#include <algorithm>

namespace timbrel::models {
namespace {

constexpr int start_frames = 20;      // over which the level of a struck sound at the loop's start is averaged
constexpr int transition_frames = 56; // before the loop, in which the levels of the loop are reached
constexpr double max_fall = 200, max_rise = 20; // dB per second, of a partial in the loop
constexpr double decaying_from = .3,
                 decaying_full = 1; // dB per second: slopes and slow fluctuations are removed gradually …
constexpr int64_t slow_frames = 29; // twice: slower fluctuations than 0.3 s are slow
constexpr double faded_from = 20, faded_full = 40;   // dB below the start, where fluctuations are removed
constexpr double struck_from = 15, struck_full = 30; // … and so are all fluctuations

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

// x [corners, frames, 2, …] averaged over slow_frames twice.
Tensor slow_part(const Tensor& x) {
    auto y = x.permute({0, 2, 3, 1}).flatten(0, 2).unsqueeze(0);
    const int64_t side = std::min<int64_t>(slow_frames / 2, x.size(1) - 1);
    for (int pass = 0; pass < 2; ++pass)
        y = torch::avg_pool1d(torch::reflection_pad1d(y, {side, side}), 2 * side + 1, 1);
    return y.view({x.size(0), x.size(2), x.size(3), x.size(1)}).permute({0, 3, 1, 2});
}

} // namespace

LoopChange flatten_loop(Tensor& x, const LoopRange& loop, const Tensor& decay) {
    const int64_t fade = loop.fade();
    auto part = x.slice(1, loop.start);
    const auto gradual = [&decay](double from, double full) {
        return ((decay - from) / (full - from)).clamp(0, 1).view({-1, 1, 1, 1});
    };
    const auto decaying = gradual(decaying_from, decaying_full);
    const auto slope = slope_of(x.slice(1, loop.start, loop.end).permute({0, 2, 3, 1})).clamp(-max_fall, max_rise);
    const auto line = slope.unsqueeze(1) * seconds(-fade, part.size(1), x.options());
    const auto rest = x.slice(1, loop.start - fade) - line, slow = slow_part(rest);
    const auto start = slow.slice(1, fade, fade + 1);
    const auto fallen = ((start - slow - line - faded_from) / (faded_full - faded_from)).clamp(0, 1);
    const auto removed = decaying * (line + slow - start + fallen * (rest - slow));

    const double half = double(loop.end - loop.start) / frames_per_second / 2;
    const auto faster = ((slope.unsqueeze(1) + decay.view({-1, 1, 1, 1})) * half).clamp_max(0.);
    const LoopChange change{removed.slice(1, 0, fade),
                            decaying *
                                (faster + slow.slice(1, fade, fade + loop.end - loop.start).mean(1, true) - start)};
    part.sub_(removed.slice(1, fade));
    const auto level = part.slice(1, 0, std::min<int64_t>(start_frames, part.size(1))).mean(1, true);
    part.add_(gradual(struck_from, struck_full) * (level - part));
    x.add_(change.offset * transition(-loop.start, x.size(1) - loop.start, x.options()));
    return change;
}

Tensor close_loop(const Tensor& x, const LoopRange& loop, const LoopChange& change) {
    const int64_t fade = loop.fade();
    auto y = x.clone();
    const auto w = (torch::hann_window(2 * fade + 2, false, x.options()).slice(0, 1, fade + 1)).view({1, -1, 1, 1});
    const auto before = x.slice(1, loop.start - fade, loop.start) - change.before +
                        change.offset * (1 - transition(-fade, 0, x.options()));
    const auto end = x.slice(1, loop.end - fade, loop.end);
    y.slice(1, loop.end - fade, loop.end).copy_((1 - w) * end + w * before);
    y.slice(1, loop.end, loop.end + 1).copy_(x.slice(1, loop.start, loop.start + 1));
    return y;
}

} // namespace timbrel::models
