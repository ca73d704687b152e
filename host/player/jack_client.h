// SPDX-License-Identifier: GPL-3.0-or-later
// A JACK client with the player's ports. It never starts a server.
#pragma once

#include "common/error.h"
#include "common/realtime.h"
#include "host/lv2/atoms/position_forge.h"

#include <jack/jack.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace timbrel::host {

// The data of one JACK period. Thread: audio; valid during JackCallbacks::process() only.
class JackPeriod {
  public:
    JackPeriod(void* midi, uint32_t period_frames, uint32_t frame_time)
        : frames(period_frames), time(frame_time), midi_(midi) {}

    struct Midi {
        uint32_t frame; // within the period, ascending
        std::span<const std::byte> bytes;
    };
    uint32_t midi_count() const noexcept TIMBREL_REALTIME;
    Midi midi(uint32_t index) const noexcept TIMBREL_REALTIME;

    const uint32_t frames;
    const uint32_t time; // JACK frame time of the first frame
    float* left = nullptr;
    float* right = nullptr;
    const float* x = nullptr; // control voltages, 0–1; null while not connected
    const float* y = nullptr;
    TransportPosition song; // JACK transport at the first frame

  private:
    void* midi_;
};

class JackCallbacks {
  public:
    virtual ~JackCallbacks() = default;
    // Audio. Fills left and right. Must not block, except while freewheeling.
    virtual void process(const JackPeriod& period) = 0;
    // A thread of the JACK library, before the first period that it applies to.
    virtual void freewheel(bool on) = 0;
};

// No JACK server is running.
struct NoJackServer : Error {
    using Error::Error;
};

class JackClient {
  public:
    // Control. Connects to the server as `name` and registers the ports. Throws NoJackServer, or Error if the server
    // has no free ports.
    explicit JackClient(const std::string& name);
    ~JackClient();
    JackClient(const JackClient&) = delete;
    JackClient& operator=(const JackClient&) = delete;

    // Control. Starts processing. `callbacks` must outlive the client. Throws Error if the server refuses.
    void start(JackCallbacks& callbacks);

    // --- Any but audio.
    uint32_t rate() const;       // frames per second
    uint32_t period() const;     // frames
    uint32_t frame_time() const; // JACK's current frame time
    float load() const;          // JACK's CPU load, 0–1

    // --- Any.
    // True once the server has shut down or removed this client.
    bool server_lost() const { return server_lost_; }
    // Xruns since start(), without those while freewheeling.
    uint32_t xruns() const { return xruns_; }

    // --- Control, after start().
    // Connects the outputs to the first two hardware playback ports.
    void connect_outputs();
    // Connects all hardware MIDI inputs to midi_in.
    void connect_hardware_midi();
    // Connects the MIDI sources whose names match a regular expression to midi_in. Returns how many are connected now.
    int connect_midi(const std::string& pattern);
    // The sources connected to midi_in, each with its aliases after a space.
    std::vector<std::string> connected_midi() const;
    // All MIDI sources of the server.
    std::vector<std::string> midi_sources() const;

  private:
    static int process(jack_nframes_t frames, void* self);
    static void report_latency(jack_latency_callback_mode_t mode, void* self);
    TransportPosition song() const;
    jack_port_t* add_port(const char* name, const char* type, unsigned long flags);
    void set_port_metadata();
    std::vector<std::string> ports(const char* pattern, const char* type, unsigned long flags) const;

    jack_client_t* client_ = nullptr;
    JackCallbacks* callbacks_ = nullptr;
    jack_port_t *midi_in_, *left_, *right_, *x_, *y_;
    std::atomic<bool> server_lost_{false}, freewheeling_{false};
    std::atomic<uint32_t> xruns_{0};
};

} // namespace timbrel::host
