// The plugin on JACK, with everything that plays it: the server's ports, MIDI devices, OSC, a recording. Main thread
// only; it starts the other threads itself.
#pragma once

#include "host/lv2/instance.h"
#include "host/lv2/plugin_ui.h"
#include "host/player/host_window.h"
#include "host/player/jack_client.h"
#include "host/player/jack_processor.h"
#include "host/player/midi/device_events.h"
#include "host/player/midi/midi_devices.h"
#include "host/player/midi/midi_learn.h"
#include "host/player/osc.h"
#include "host/player/player.h"
#include "host/player/recorder.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <regex>
#include <set>
#include <string>

namespace timbrel::host {

class LivePlayer {
  public:
    // Throws UsageError for a MIDI pattern that is none, Error when the OSC port is taken. `order` must outlive the
    // object.
    explicit LivePlayer(const PlayOrder& order);

    // Joins the server under this name, leaving it first if it had joined; with a state file, in that setting. Throws
    // Error when there is no server, and for a bad state file.
    void join(const std::string& client_name, const std::string& state_file = {});

    // Leaves the server and forgets the setting: the next join() starts anew.
    void leave();

    // After join(). Whether a preset or state has chosen a bank, be it there or not.
    bool has_bank();
    // After join(). Asks the plugin for a bank; whether it opens is told later, on standard error.
    void set_bank(const std::string& bank);

    // After join(). Throws Error.
    void save(const std::string& state_file);
    // The same, into the order's state file or else as a new preset; tells the user, also of a failure.
    void keep();

    // Whether parameters or bank have changed since the last join() or save().
    bool changed() const;

    // What is due many times a second, and about once a second. A server that went is joined again when it is back;
    // when that fails, the window stays and the user is told why, once.
    void attend();
    void attend_slowly();

    bool has_window() const { return ui_ != nullptr; }
    bool window_closed() const { return window_closed_; } // by the user

  private:
    void build(const JackClient& client);
    void drop(); // the plugin and what lives on it; after the client
    void look_for_server();
    void read_messages();
    void do_wishes();
    void load_preset(const std::string& name);
    void keep_preset(const std::string& name);
    void do_keys();
    void open_window();
    void attend_window();
    void show_meter();
    void say(const std::string& text);
    void announce(const std::string& text);
    void show_title();
    void receive(std::span<const std::byte> message);
    void follow_midi();
    void follow_mpe();
    void remember();
    std::vector<float> controls() const;

    const PlayOrder& order_;
    const std::regex pattern_; // of the devices to play from
    World world_;
    UridTable urids_;
    std::unique_ptr<Instance> instance_;
    std::unique_ptr<Frame> frame_; // null without a window
    std::unique_ptr<PluginUi> ui_; // gone before its frame and instance
    bool window_closed_ = false;
    std::string title_, notice_; // the window's title; what was announced last
    std::chrono::steady_clock::time_point notice_until_;
    const bool meter_;
    int meter_turn_ = 0;
    std::optional<int> voices_; // as the plugin told last, for the meter
    DeviceEvents events_;
    std::unique_ptr<Lessons> lessons_; // from the first build() on
    std::unique_ptr<Recorder> recorder_;
    std::unique_ptr<Performance> performance_;
    std::unique_ptr<Osc> osc_;
    std::string client_name_;                         // empty before join()
    std::string refusal_;                             // why the server that is back could not be joined, as told last
    std::chrono::steady_clock::time_point next_look_; // for a server that went
    std::mutex clock_;                                // guards client_ against the devices' threads
    std::unique_ptr<JackClient> client_;              // gone before what its thread uses
    MidiDevices devices_;
    bool recorded_ = false; // a file is begun once, never written over by the next
    bool missing_midi_ = false;
    std::set<std::string> mpe_keyboards_; // that play now
    uint32_t told_xruns_ = 0;
    std::string bank_;          // as the plugin told last
    bool bank_changed_ = false; // since remember()
    std::vector<float> remembered_;
};

} // namespace timbrel::host
