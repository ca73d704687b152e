// SPDX-License-Identifier: GPL-3.0-or-later
// A dense passage: a stream of MIDI messages, more than a musician sends, for benchmarks. Threads: any; pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <vector>

namespace timbrel::test {

inline constexpr uint32_t passage_rate = 48000, passage_frames = 10 * passage_rate;

struct PassageMessage {
    uint32_t frame;
    std::array<uint8_t, 3> bytes;
};

// Ten seconds, in order of time: 60 notes per second of two seconds each, 2000 controllers and pitch bends per second,
// one program change per second.
inline std::vector<PassageMessage> dense_passage(std::mt19937& random) {
    std::vector<PassageMessage> messages;
    const auto any = [&](uint32_t below) { return static_cast<uint8_t>(random() % below); };
    for (uint32_t i = 0; i < 600; ++i) {
        const uint32_t frame = i * (passage_frames / 600);
        const auto channel = any(16);
        const auto key = static_cast<uint8_t>(24 + any(84));
        messages.push_back({frame, {static_cast<uint8_t>(0x90 | channel), key, static_cast<uint8_t>(1 + any(127))}});
        messages.push_back({std::min(frame + 2 * passage_rate, passage_frames - 1),
                            {static_cast<uint8_t>(0x80 | channel), key, any(128)}});
    }
    for (uint32_t i = 0; i < 20000; ++i) {
        static constexpr uint8_t controllers[] = {16, 17, 16, 17, 1, 11, 74, 67};
        const uint32_t frame = i * (passage_frames / 20000);
        if (i % 10 == 9)
            messages.push_back({frame, {static_cast<uint8_t>(0xe0 | any(16)), any(128), any(128)}});
        else
            messages.push_back({frame, {static_cast<uint8_t>(0xb0 | any(16)), controllers[any(8)], any(128)}});
    }
    for (uint32_t second = 0; second < 10; ++second)
        messages.push_back({second * passage_rate, {0xc0, static_cast<uint8_t>(second % 2), 0}});
    std::ranges::stable_sort(messages, {}, &PassageMessage::frame);
    return messages;
}

} // namespace timbrel::test
