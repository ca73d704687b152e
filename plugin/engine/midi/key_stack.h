// SPDX-License-Identifier: GPL-3.0-or-later
// The pressed keys, in the order of pressing; in mono mode, releasing a key returns to the newest one still pressed.
// Thread: audio.
#pragma once

#include "common/realtime.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace timbrel::engine {

struct PressedKey {
    uint8_t channel, key, velocity;
};

class KeyStack {
  public:
    // Puts the key on top. Beyond 64 keys, drops the oldest.
    void press(const PressedKey& key) noexcept TIMBREL_REALTIME {
        release(key.channel, key.key);
        if (count_ == keys_.size()) release(keys_[0].channel, keys_[0].key);
        keys_[count_++] = key;
    }
    void release(uint8_t channel, uint8_t key) noexcept TIMBREL_REALTIME {
        remove_if([=](const PressedKey& pressed) { return pressed.channel == channel && pressed.key == key; });
    }
    void release_channel(uint8_t channel) noexcept TIMBREL_REALTIME {
        remove_if([=](const PressedKey& pressed) { return pressed.channel == channel; });
    }
    void clear() noexcept TIMBREL_REALTIME { count_ = 0; }

    // The key pressed last; null when none is pressed.
    const PressedKey* last() const noexcept TIMBREL_REALTIME { return count_ > 0 ? &keys_[count_ - 1] : nullptr; }

  private:
    template<class Match>
    void remove_if(Match match) {
        count_ = static_cast<uint32_t>(std::remove_if(keys_.begin(), keys_.begin() + count_, match) - keys_.begin());
    }

    std::array<PressedKey, 64> keys_;
    uint32_t count_ = 0;
};

} // namespace timbrel::engine
