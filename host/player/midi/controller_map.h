// SPDX-License-Identifier: GPL-3.0-or-later
// Maps MIDI controllers to a plugin's parameters. The table consists of atomics, so the audio thread reads it while the
// control thread changes it.
#pragma once

#include "host/lv2/atoms/ring.h"
#include "host/lv2/port.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace timbrel::host {

// Distance between a 14-bit controller's number (MSB) and that of its LSB.
inline constexpr int lsb_offset = 32;

struct Controller {
    uint8_t channel = 0;    // 0–15
    uint8_t number = 0;     // 0–119; below 32 for 14 bits, whose LSB is number + 32
    bool is_14_bit = false; // MSB and LSB, else 7 bits
    bool operator==(const Controller&) const = default;
};

// Any; pure. Whether some message belongs to both controllers.
bool share_messages(const Controller& a, const Controller& b);

class ControllerMap {
  public:
    // Control. `ports`: all ports of a plugin, by index.
    explicit ControllerMap(std::vector<Port> ports);

    // Any; constant.
    const std::vector<Port>& ports() const { return ports_; }

    // --- Audio.
    struct Result {
        bool consumed = false;      // the message must not reach the plugin
        const Port* port = nullptr; // parameter to set; null for none
        float value = 0;            // in the port's unit
    };
    // Looks up a message, and queues its controller while the map listens.
    Result handle(std::span<const std::byte> message) noexcept TIMBREL_REALTIME;
    // Whether handle() would set a parameter.
    bool changes_port(std::span<const std::byte> message) const noexcept TIMBREL_REALTIME;

    // --- Control.
    // Assigns a controller to a port. Each port has one controller at most and the reverse, so earlier assignments of
    // either are removed.
    void assign(const Controller& controller, uint32_t port);
    void forget(uint32_t port);
    std::optional<Controller> controller_of(uint32_t port) const;

    // While listening, controllers set no parameters but are queued for pop_received(). Bank select and parameter
    // numbers are not affected.
    void set_listening(bool on);
    // Removes and returns the oldest queued controller.
    std::optional<Controller> pop_received();

  private:
    static constexpr size_t controller_count = 120; // 120–127 are channel mode messages
    // Table entries: a port's index, with one of the flags for the halves of a 14-bit controller.
    static constexpr uint16_t none = 0xffff, lsb_flag = 0x4000, msb_flag = 0x8000;

    static size_t table_index(int channel, int number) {
        return static_cast<size_t>(channel) * controller_count + static_cast<size_t>(number);
    }

    const std::vector<Port> ports_;
    std::vector<std::optional<Controller>> assigned_; // by port; control thread
    std::array<std::atomic<uint16_t>, 16 * controller_count> table_;
    std::array<std::array<uint8_t, 32>, 16> msb_{}; // last received, by channel and number; audio thread
    std::atomic<bool> listening_{false};
    Ring received_;
};

// Any; pure. The value at a fraction (0–1) of a port's range, on its linear or logarithmic scale.
float value_at(const Port& port, float fraction);

} // namespace timbrel::host
