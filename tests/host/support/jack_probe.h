// A JACK server without a sound card, and a client that plays notes at exact frames and records what comes back.
#pragma once

#include "tests/host/support/process.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <jack/jack.h>
#include <jack/midiport.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace timbrel::test {

// A dummy server with a name of its own, which this process and its children then use.
class JackServer {
  public:
    // `Pace::patient` waits for slow clients, so that a busy machine leaves no blocks out; `Pace::stage` goes on
    // without them, with real-time priority where the user has it; `Pace::easy` without that priority.
    enum class Pace { patient, stage, easy };
    explicit JackServer(int period = 64, int rate = 48000, Pace pace = Pace::patient);
    void start(int period, int rate); // again, under the same name
    bool up() const { return up_; }
    std::string log() const { return server_->output(); }
    void stop() { server_.reset(); }

  private:
    TemporaryFolder folder_;
    std::string name_;
    Pace pace_;
    std::unique_ptr<Child> server_;
    bool up_ = false;
};

class JackProbe {
  public:
    // Throws std::runtime_error without a server.
    JackProbe();
    ~JackProbe();

    // Waits for a port, at most `seconds`.
    bool wait_for(const std::string& port, double seconds = 30) const;
    // The ports of a client with these properties.
    std::vector<std::string> ports(const std::string& client, const char* type, unsigned long flags) const;
    // Waits for clients that are not ready yet, some seconds. True when they are connected then.
    bool connect(const std::string& from, const std::string& to) const;

    std::string midi_out() const { return "probe:midi"; }
    std::string audio_in(int side) const { return side == 0 ? "probe:left" : "probe:right"; }
    std::string cv_out(int axis) const { return axis == 0 ? "probe:x" : "probe:y"; }
    std::array<std::atomic<float>, 2> cv{0.0f, 0.0f};

    struct Event {
        uint32_t frame; // from the recording's first
        std::array<uint8_t, 3> bytes;
    };
    // Plays the events, in order of time, and records as many frames; returns when that is done. Throws
    // std::runtime_error when the server stands still.
    void perform(const std::vector<Event>& events, uint32_t frames);

    std::vector<float> left, right; // of the last perform()
    std::vector<uint32_t> times;    // of the server, in frames, at which its periods began
    jack_client_t* client() const { return client_; }

  private:
    int process(uint32_t frames);

    jack_client_t* client_ = nullptr;
    jack_port_t *midi_, *left_, *right_, *x_, *y_;
    const std::vector<Event>* events_ = nullptr;
    size_t next_ = 0;
    std::atomic<uint32_t> done_{0};
    std::atomic<bool> running_{false};
};

} // namespace timbrel::test
