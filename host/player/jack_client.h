// A client of the JACK server with Timbrel's ports. It never starts a server.
#pragma once

#include "common/error.h"
#include "host/lv2/atoms/position_forge.h"

#include <jack/jack.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace timbrel::host {

// What the server hands over for one period. Valid during Processor::process() only; every function is wait-free.
class JackPeriod {
  public:
    JackPeriod(void* midi, uint32_t period_frames, uint32_t frame_time)
        : frames(period_frames), time(frame_time), midi_(midi) {}

    struct Midi {
        uint32_t frame; // ascending over the period
        std::span<const std::byte> bytes;
    };
    uint32_t midi_count() const;
    Midi midi(uint32_t index) const;

    const uint32_t frames;
    const uint32_t time; // the server's frame time of the first frame
    float* left = nullptr;
    float* right = nullptr;
    const float* x = nullptr; // control voltages, 0 … 1 over the plane; null while nothing is connected
    const float* y = nullptr;
    SongPosition song; // the server's transport, at the first frame

  private:
    void* midi_;
};

class Processor {
  public:
    virtual ~Processor() = default;
    virtual void process(const JackPeriod& period) = 0; // audio thread: wait-free; fills left and right
    virtual void freewheel(bool on) = 0;                // a thread of the server's library, before the next period
};

struct NoServer : Error {
    using Error::Error;
};

class JackClient {
  public:
    // Joins the server as `name` and registers the ports. Throws NoServer, or Error when the server refuses.
    explicit JackClient(const std::string& name);
    ~JackClient();
    JackClient(const JackClient&) = delete;
    JackClient& operator=(const JackClient&) = delete;

    // Begins processing. `processor` must outlive the client. Throws Error when the server refuses.
    void start(Processor& processor);

    uint32_t rate() const;    // frames per second
    uint32_t period() const;  // frames
    std::string name() const; // as the server knows it, which may have made it unique

    // --- Main thread, after start():
    void connect_outputs();     // to the first two playback ports of the sound card
    void connect_card_inputs(); // every MIDI input of the machine to midi_in
    // Connects midi_in to the MIDI sources whose names match a regular expression. Returns how many are connected then.
    int connect_midi(const std::string& pattern);

    std::vector<std::string> connected_midi() const; // the sources of midi_in, with their aliases behind a space
    // The MIDI sources that there are.
    std::vector<std::string> midi_sources() const;

    // --- Any thread:
    uint32_t now() const;                     // the server's frame time
    float load() const;                       // share of the period that the server's clients use, 0 … 1
    bool lost() const { return lost_; }       // the server has gone, or has thrown this client out
    uint32_t xruns() const { return xruns_; } // since start(), those around freewheeling left out

  private:
    static int process(jack_nframes_t frames, void* self);
    static void report_latency(jack_latency_callback_mode_t mode, void* self);
    SongPosition song() const;
    jack_port_t* add_port(const char* name, const char* type, unsigned long flags);
    void describe_ports();
    std::vector<std::string> ports(const char* pattern, const char* type, unsigned long flags) const;

    jack_client_t* client_ = nullptr;
    Processor* processor_ = nullptr;
    jack_port_t *midi_in_, *left_, *right_, *x_, *y_;
    std::atomic<bool> lost_{false}, freewheeling_{false};
    std::atomic<uint32_t> xruns_{0};
};

} // namespace timbrel::host
