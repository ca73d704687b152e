// SPDX-License-Identifier: GPL-3.0-or-later
// Serialisation of a gesture for states, the same on every machine. Threads: control, worker; pure.
#pragma once

#include "plugin/engine/motion/gesture.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace timbrel::lv2 {

// Little-endian: version (32 bits, 1), number of points (32), song position in seconds and in beats (64 each,
// IEEE), then for each point its time (32), X and Y (16 each).
std::vector<uint8_t> gesture_bytes(const engine::Gesture& gesture);

// Nothing for bytes that are not a valid gesture.
std::optional<engine::Gesture> read_gesture(std::span<const uint8_t> bytes);

} // namespace timbrel::lv2
