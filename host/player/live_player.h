// SPDX-License-Identifier: GPL-3.0-or-later
// The plugin on JACK with all that controls it: JACK's ports, MIDI devices, OSC, a window, and a recording. Starts its
// other threads itself. Thread: control, always the same one.
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
#include "host/player/play.h"
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
    // `options` must outlive the object. Throws UsageError for an invalid MIDI pattern, Error if the OSC port is taken.
    explicit LivePlayer(const PlayOptions& options);

    // Connects to the JACK server under this name, after closing an earlier connection, and restores `state_file` if
    // one is given. Throws NoJackServer, and Error for a bad state file.
    void join_server(const std::string& client_name, const std::string& state_file = {});

    // Disconnects and destroys the plugin; the next join_server() starts with a new one.
    void leave_server();

    // After join_server(). Whether a preset or state has chosen a bank, even one that is missing.
    bool has_bank();
    // After join_server(). Sends a bank's path to the plugin; success is reported later, on standard error.
    void set_bank(const std::string& bank);

    // After join_server(). Saves the plugin's state. Throws Error.
    void save(const std::string& state_file);
    // Saves to the options' state file, or else as a new preset. Reports success or failure to the user.
    void quick_save();

    // Whether parameters or bank have changed since the last join_server() or save().
    bool changed() const;

    // Processes messages, commands and the window; to be called 30 to 60 times a second. Rejoins a server that comes
    // back; if that fails, the reason is reported once.
    void poll();
    // Connects MIDI sources and reports xruns; to be called about once a second.
    void poll_slow();

    bool has_window() const { return ui_ != nullptr; }
    // Whether the user has closed the window.
    bool window_closed() const { return window_closed_; }

  private:
    void create_plugin(const JackClient& client);
    void apply_options(const std::vector<std::pair<uint32_t, float>>& settings);
    void start_recording(uint32_t rate);
    // Destroys the plugin and what depends on it; after the client.
    void destroy_plugin();
    void close_client();
    void try_rejoin();
    void read_messages();
    void show_tuning_master(const std::string& text);
    void run_command(const OscCommand& command);
    void run_next_command();
    void load_preset(const std::string& name);
    void save_named_preset(const std::string& name);
    void run_key_commands();
    void open_window();
    void poll_window();
    void show_meter();
    void print_line(const std::string& text);
    // Prints the text and shows it in the window's title for some seconds.
    void announce(const std::string& text);
    void show_title();
    // The thread of a MIDI device.
    void receive(std::span<const std::byte> message);
    void connect_midi_sources();
    // `devices`: the open MIDI devices.
    void configure_mpe(const std::vector<std::string>& devices);
    void expect_saved();
    void mark_saved();
    std::vector<float> controls() const;

    const PlayOptions& options_;
    const std::regex pattern_; // of MIDI device names
    World world_;
    UridTable urids_;
    std::unique_ptr<Instance> instance_;
    std::unique_ptr<HostWindow> host_window_; // null without a window
    std::unique_ptr<PluginUi> ui_;            // destroyed before its window and instance
    bool window_closed_ = false;
    std::string title_, notice_; // the window's title; the last announcement
    std::chrono::steady_clock::time_point notice_until_;
    const bool meter_;
    int meter_poll_count_ = 0;
    std::optional<int> voices_; // as last sent by the plugin, for the meter
    std::string tuning_master_; // as last printed
    DeviceEvents events_;
    std::unique_ptr<MidiLearn> midi_learn_; // from the first create_plugin() on
    std::unique_ptr<Recorder> recorder_;
    std::unique_ptr<JackProcessor> processor_;
    std::unique_ptr<Osc> osc_;
    int osc_saves_ = 0; // presets saved over OSC
    std::chrono::steady_clock::time_point next_osc_error_;
    std::string client_name_; // empty before join_server()
    std::string join_error_;  // the last reported reason why a server could not be rejoined
    std::chrono::steady_clock::time_point next_join_attempt_;
    std::mutex client_mutex_;              // guards client_ against the device threads
    std::unique_ptr<JackClient> client_;   // destroyed before what its thread uses
    std::unique_ptr<MidiDevices> devices_; // null in a program that is built without RtMidi
    bool recording_started_ = false;       // once only: a new recording would overwrite the file
    bool no_midi_source_ = false;
    std::set<std::string> mpe_keyboards_; // connected ones
    uint32_t reported_xruns_ = 0;
    std::string bank_;          // as last sent by the plugin
    bool bank_changed_ = false; // since mark_saved()
    std::vector<float>
        saved_controls_; // of mark_saved(); empty from expect_saved() until the plugin has applied what was sent
};

} // namespace timbrel::host
