// One running plugin. It owns the plugin's buffers; the control thread and the audio thread talk through two rings.
//
// Threads: the *control thread* is any that is not the audio thread (calls of several such threads are put in order by
// a lock among them). The *audio thread* is the one that calls begin_block() to run(); offline both may be the same.
#pragma once

#include "host/lv2/atoms/event_buffer.h"
#include "host/lv2/atoms/position_forge.h"
#include "host/lv2/atoms/ring.h"
#include "host/lv2/atoms/urid_table.h"
#include "host/lv2/log.h"
#include "host/lv2/port.h"
#include "host/lv2/worker.h"

#include <lv2/options/options.h>

#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace timbrel::host {

struct Hosting {
    double rate = 48000;        // frames per second
    uint32_t max_block = 8192;  // longest run(), frames
    uint32_t usual_block = 512; // frames that most blocks have
    Worker::Mode mode = Worker::Mode::live;
};

class Instance {
  public:
    // Instantiates and connects; audio outputs go to buffers of its own until connect_audio(). Throws Error when the
    // plugin is missing a feature or refuses.
    Instance(const World& world, const LilvPlugin* plugin, UridTable& urids, const Hosting& hosting);
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    // Control thread, once, before the first block.
    void activate();

    // --- Description: constant, any thread.
    const std::vector<Port>& ports() const { return ports_; }
    const Port* find(std::string_view symbol) const;                // null if there is none
    const Port* designated(std::string_view uri, bool input) const; // null if there is none
    const LilvPlugin* plugin() const { return plugin_; }
    const Hosting& hosting() const { return hosting_; }

    // --- Control thread. False when the audio thread has not yet taken the earlier messages.
    bool send_control(uint32_t port, float value);
    bool send_midi(std::span<const std::byte> bytes);
    bool send_event(LV2_URID type, std::span<const std::byte> body); // an atom of any type, to the main event input
    bool send_path(const char* property, const std::string& path);   // patch:Set
    bool send_get(const char* property);                             // patch:Get
    // Takes the oldest atom that the plugin has sent; empty when there is none.
    std::vector<std::byte> receive();
    // The value a control port has now, in its unit.
    float control(uint32_t port) const;
    // For saving and restoring states.
    const float* control_address(uint32_t port) const { return &controls_[port]; }
    const LV2_Feature* const* state_features() const { return features_.data(); }
    LilvInstance* lilv() const { return instance_; }
    bool restores_while_running() const; // state:threadSafeRestore

    // --- Audio thread: wait-free, no allocation. In this order for each block:
    void begin_block();
    bool midi(uint32_t frame, std::span<const std::byte> bytes); // frames must not descend; false when full
    // Where the song stands at `frame`; in order with the MIDI. Plugins that do not care are not told.
    void position(uint32_t frame, const SongPosition& song);
    void set_control(uint32_t port, float value);
    void connect_audio(uint32_t port, float* buffer); // valid until connected anew
    void run(uint32_t frames);                        // 1 … max_block

  private:
    struct EventPort {
        uint32_t index;
        bool input;
        EventBuffer buffer;
    };
    void instantiate();
    void allocate_buffers();
    void take_messages();
    void publish_events();

    const LilvPlugin* plugin_;
    UridTable& urids_;
    Hosting hosting_;
    std::vector<Port> ports_;
    LV2_URID midi_event_, sequence_;
    std::vector<float> controls_;           // one for each port; those of other kinds stay unused
    std::vector<std::vector<float>> audio_; // likewise, max_block frames each
    std::vector<EventPort> events_;
    EventBuffer* main_events_ = nullptr; // where MIDI and patch messages go
    bool hears_position_ = false;        // there
    PositionForge position_;
    std::vector<LV2_Options_Option> options_;
    std::vector<LV2_Feature> offered_;
    std::vector<const LV2_Feature*> features_; // those, with a null at the end
    int32_t minimum_block_ = 1, maximum_block_, usual_block_, sequence_size_;
    float rate_;
    Log log_;
    Worker worker_;
    LilvInstance* instance_ = nullptr;
    bool active_ = false;
    std::mutex senders_;
    Ring to_plugin_, from_plugin_;
    std::vector<std::byte> message_; // the audio thread's
};

} // namespace timbrel::host
