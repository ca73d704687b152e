// SPDX-License-Identifier: GPL-3.0-or-later
// One running LV2 plugin: owns its buffers and connects control thread and audio thread through two wait-free rings.
//
// Threads. `audio`: the one thread that calls begin_block() to run(). `control`: any other; a mutex serialises calls of
// several. Offline, one thread may be both.
#pragma once

#include "common/realtime.h"
#include "host/lv2/atoms/event_buffer.h"
#include "host/lv2/atoms/position_forge.h"
#include "host/lv2/atoms/ring.h"
#include "host/lv2/atoms/urid_table.h"
#include "host/lv2/log.h"
#include "host/lv2/port.h"
#include "host/lv2/worker.h"

#include <lv2/options/options.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace timbrel::host {

struct InstanceOptions {
    double rate = 48000;          // frames per second
    uint32_t max_block = 8192;    // longest run(), frames
    uint32_t nominal_block = 512; // usual length of run(), frames
    Worker::Mode mode = Worker::Mode::live;
};

class Instance {
  public:
    // Control. Instantiates the plugin and connects all ports; audio ports use internal buffers until connect_audio().
    // `world` and `urids` must outlive the object. Throws Error if the plugin requires a feature that is not offered
    // here, or does not start.
    Instance(const World& world, const LilvPlugin* plugin, UridTable& urids, const InstanceOptions& options);
    // Control, once the audio thread no longer uses the object.
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    // Control, once, before the first block.
    void activate();

    // --- Description. Any; constant.
    const std::vector<Port>& ports() const { return ports_; }
    // The port with this symbol; null if there is none.
    const Port* find(std::string_view symbol) const;
    // The port with this lv2:designation; null if there is none.
    const Port* find_designated(std::string_view uri, bool input) const;
    const LilvPlugin* plugin() const { return plugin_; }
    const InstanceOptions& options() const { return options_; }

    // --- Control. Messages take effect in the next block. They return false if the ring to the audio thread is full.
    bool send_control(uint32_t port, float value);
    bool send_midi(std::span<const std::byte> bytes);
    // Sends an atom of any type to the main event input.
    bool send_event(LV2_URID type, std::span<const std::byte> body);
    // Sends a patch:Set with a path as its value.
    bool send_path(const char* property, const std::string& path);
    // Sends a patch:Get.
    bool send_get(const char* property);
    // Removes and returns the oldest atom that the plugin has sent, MIDI excepted; empty if there is none.
    std::vector<std::byte> receive();
    // True if the plugin has state:threadSafeRestore, so that its state may be restored while it runs.
    bool restores_while_running() const;
    // For saving and restoring states through lilv.
    const float* control_address(uint32_t port) const { return &controls_[port]; }
    const LV2_Feature* const* state_features() const { return features_.data(); }
    LilvInstance* lilv() const { return instance_; }

    // Any. The current value of a control port, in its unit.
    float control(uint32_t port) const noexcept TIMBREL_REALTIME;
    // Any. Whether a block has applied every control and event that was sent.
    bool all_applied() const noexcept { return applied_ == sent_; }

    // --- Audio. Per block: begin_block(), then events and controls, then run().
    void begin_block() noexcept TIMBREL_REALTIME;
    // Queues a MIDI message; `frame` must not be earlier than that of the event before. False if the buffer is full.
    bool midi(uint32_t frame, std::span<const std::byte> bytes) noexcept TIMBREL_REALTIME;
    // Queues the host's transport at `frame`, in order with the MIDI; ignored if the plugin does not support
    // time:Position.
    void position(uint32_t frame, const TransportPosition& song) noexcept TIMBREL_REALTIME;
    void set_control(uint32_t port, float value) noexcept TIMBREL_REALTIME;
    // `buffer` must hold the frames of each run() and stay valid until the port is connected to another.
    void connect_audio(uint32_t port, float* buffer);
    // Runs 1 … max_block frames. As real-time safe as the plugin; in offline mode it also does the plugin's work, which
    // may block.
    void run(uint32_t frames);

  private:
    struct EventPort {
        uint32_t index;
        bool input;
        EventBuffer buffer;
    };
    void allocate_buffers();
    void fill_lv2_options();
    void fill_features();
    void require_offered_features() const;
    void connect_ports();
    void read_messages() noexcept TIMBREL_REALTIME;
    void publish_events() noexcept TIMBREL_REALTIME;

    const LilvPlugin* plugin_;
    UridTable& urids_;
    InstanceOptions options_;
    std::vector<Port> ports_;
    LV2_URID midi_event_, sequence_;
    std::vector<float> controls_;           // by port; unused for other kinds than control
    std::vector<std::vector<float>> audio_; // by port; max_block frames for audio and CV ports
    std::vector<EventPort> events_;
    EventBuffer* main_events_ = nullptr; // the input for MIDI and patch messages; null if there is none
    bool takes_position_ = false;        // whether main_events_ supports time:Position
    PositionForge position_;
    std::vector<LV2_Options_Option> lv2_options_;
    std::vector<LV2_Feature> offered_;
    std::vector<const LV2_Feature*> features_; // pointers to offered_, null-terminated
    int32_t minimum_block_ = 1, maximum_block_, nominal_block_, sequence_size_;
    float rate_;
    Log log_;
    Worker worker_;
    LilvInstance* instance_ = nullptr;
    bool active_ = false;
    std::mutex control_mutex_; // serialises writers of to_plugin_
    Ring to_plugin_, from_plugin_;
    std::atomic<uint32_t> sent_{0}, applied_{0}; // messages of to_plugin_, modulo 2^32
    std::vector<std::byte> message_;             // the message being read by the audio thread
};

} // namespace timbrel::host
