// Which MIDI controllers move which of a plugin's controls. The table is a fixed field of atomics, so the audio thread
// reads it while the main thread teaches it.
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

struct Controller {
    uint8_t channel = 0; // 0–15
    uint8_t number = 0;  // 0–119
    bool fine = false;   // 14 bits: `number`, below 32, has the upper seven, number + 32 the lower
    bool operator==(const Controller&) const = default;
};

inline constexpr int halves_apart = 32;

// Whether one message may belong to both.
bool overlap(const Controller& a, const Controller& b);

class ControllerMap {
  public:
    // `ports` of a plugin, by index.
    explicit ControllerMap(std::vector<Port> ports);

    const std::vector<Port>& ports() const { return ports_; }

    // --- Audio thread, wait-free.
    struct Heard {
        bool taken = false;         // the map's own: nothing else hears of the message
        const Port* port = nullptr; // that changes now, or null
        float value = 0;            // in the port's unit
    };
    Heard hear(std::span<const std::byte> message);
    bool moves(std::span<const std::byte> message) const; // whether a port would change now

    // --- Main thread.
    // A controller has one port and a port one controller: what either had before is forgotten.
    void assign(const Controller& controller, uint32_t port);
    void forget(uint32_t port);
    std::optional<Controller> controller_of(uint32_t port) const;

    // While it listens, controllers move nothing but are told by next_heard(), in order; those that belong to other
    // things, such as bank select and the parameter numbers, go their way.
    void listen(bool on);
    std::optional<Controller> next_heard();

  private:
    static constexpr size_t controllers = 120; // above them lie the channel modes
    static constexpr uint16_t none = 0xffff, lower_half = 0x4000, upper_half = 0x8000;

    static size_t place(int channel, int number) {
        return static_cast<size_t>(channel) * controllers + static_cast<size_t>(number);
    }

    const std::vector<Port> ports_;
    std::vector<std::optional<Controller>> assigned_; // by port; the main thread's
    // A port's index, and whether the controller is half of a pair.
    std::array<std::atomic<uint16_t>, 16 * controllers> table_;
    std::array<std::array<uint8_t, 32>, 16> upper_{}; // of 14 bits, as heard last; the audio thread's
    std::atomic<bool> listening_{false};
    Ring heard_;
};

// The value of a port at 0 … 1 of its range, as its description divides it.
float value_at(const Port& port, float share);

} // namespace timbrel::host
