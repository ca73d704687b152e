// SPDX-License-Identifier: GPL-3.0-or-later
// A minimal host for tests of the plugin, including wrong uses of it: it offers only the features that a test passes,
// buffers of any size, and checks nothing. Threads: those of the plugin's own functions.
#pragma once

#include "host/lv2/atoms/urid_table.h"
#include "host/lv2/world.h"
#include "plugin/lv2/shared/ports.h"

#include <lv2/atom/atom.h>
#include <lv2/state/state.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace timbrel::test {

class RawHost {
  public:
    static constexpr uint32_t max_block = 4096; // frames

    explicit RawHost(const std::string& uri = lv2::morph_uri, double rate = 48000);
    ~RawHost();

    void activate() { lilv_instance_activate(instance_); }
    void deactivate() { lilv_instance_deactivate(instance_); }

    // Events for the next run(); a path is sent with or without the NUL at its end.
    void midi(uint32_t frame, std::vector<uint8_t> bytes);
    void set_bank(const std::string& path, bool with_nul = true) { set_path(lv2::bank_property, path, with_nul); }
    void set_path(const char* property, const std::string& path, bool with_nul = true);
    void get(const char* property = nullptr);
    void event(uint32_t frame, LV2_URID type, const std::vector<uint8_t>& body);

    // Runs one block. Appends the output to `left` and `right` and stores notified properties in `properties`.
    void run(uint32_t frames);
    void play(uint32_t frames, uint32_t block = 64);
    // Runs until the plugin notifies its bank, or another property; false after `seconds`. Clears `properties` first.
    bool wait_for_bank(double seconds = 5) { return wait_for(lv2::bank_property, seconds); }
    bool wait_for(const char* property, double seconds = 5);

    float& control(std::string_view symbol);
    void connect(uint32_t port, void* data) { lilv_instance_connect_port(instance_, port, data); }
    const void* extension(const char* uri) { return lilv_instance_get_extension_data(instance_, uri); }
    LV2_Handle handle() { return lilv_instance_get_handle(instance_); }

    // A state as the plugin stores it: raw values by property URI.
    struct Value {
        std::string bytes;
        LV2_URID type;
        uint32_t flags;
    };
    using State = std::map<std::string, Value>;
    State save(const LV2_Feature* const* features = nullptr);
    void restore(const State& state, const LV2_Feature* const* features = nullptr);

    uint32_t notify_capacity = 8192; // size of the notify port's buffer, bytes
    bool notify_overrun() const;     // whether the last run() wrote behind that buffer

    host::UridTable urids;
    std::vector<float> left, right;
    std::map<std::string, std::string> properties; // value of the last patch:Set for each
    int state_changes = 0;                         // state:StateChanged notifications
    std::array<float, max_block> x_cv{}, y_cv{};

  private:
    const LV2_State_Interface& state_interface();
    void read_notify();

    host::World world_;
    LilvInstance* instance_ = nullptr;
    std::array<float, lv2::port_count_morph_cv> controls_{};
    std::array<float, max_block> left_{}, right_{};
    std::vector<uint64_t> events_, notify_;
    uint32_t used_ = 0; // bytes of the sequence in events_
};

} // namespace timbrel::test
