// The keys that are down, in the order they were struck; mono playing goes back to the last of them. Real time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace timbrel::engine {

struct HeldKey {
    uint8_t channel, key, velocity;
};

class HeldKeys {
  public:
    void press(const HeldKey& key) {
        lift(key.channel, key.key);
        if (count_ == keys_.size()) lift(keys_[0].channel, keys_[0].key);
        keys_[count_++] = key;
    }
    void lift(uint8_t channel, uint8_t key) {
        const auto end = keys_.begin() + count_;
        const auto kept = std::remove_if(
            keys_.begin(), end, [=](const HeldKey& held) { return held.channel == channel && held.key == key; });
        count_ = static_cast<uint32_t>(kept - keys_.begin());
    }
    void lift_channel(uint8_t channel) {
        const auto end = keys_.begin() + count_;
        const auto kept =
            std::remove_if(keys_.begin(), end, [=](const HeldKey& held) { return held.channel == channel; });
        count_ = static_cast<uint32_t>(kept - keys_.begin());
    }
    void clear() { count_ = 0; }

    const HeldKey* last() const { return count_ > 0 ? &keys_[count_ - 1] : nullptr; }

  private:
    std::array<HeldKey, 64> keys_;
    uint32_t count_ = 0;
};

} // namespace timbrel::engine
