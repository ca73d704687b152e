// SPDX-License-Identifier: GPL-3.0-or-later
// A JACK server without a sound card, and a client that sends MIDI at exact frames and records audio. Thread: the
// test's.
#pragma once

#include "host/player/jack_server/jack_server_name.h"
#include "tests/host/support/process.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <jack/jack.h>
#include <jack/midiport.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace timbrel::test {

// A jackd -d dummy with a name of its own, the default server of this process and its children.
class JackServer {
  public:
    // `synchronous` waits for slow clients, so that a busy machine skips no blocks. `realtime` does not wait and has
    // real-time priority if the user may. `asynchronous` does not wait and has no such priority.
    enum class Scheduling { synchronous, realtime, asynchronous };
    explicit JackServer(int period = 64, int rate = 48000, Scheduling pace = Scheduling::synchronous);
    // Starts the server again, under the same name.
    void start(int period, int rate);
    bool up() const { return up_; }
    std::string log() const { return server_->output(); }
    void stop() { server_.reset(); }

  private:
    TemporaryFolder folder_;
    host::ServerName name_;
    Scheduling pace_;
    std::unique_ptr<Child> server_;
    bool up_ = false;
};

class JackProbe {
  public:
    // Throws std::runtime_error if there is no server.
    JackProbe();
    ~JackProbe();

    // Waits for a port of an active client, at most `seconds`.
    bool wait_for(const std::string& port, double seconds = 30) const;
    // The ports of a client with this type (null for any) and these JackPortFlags.
    std::vector<std::string> ports(const std::string& client, const char* type, unsigned long flags) const;
    // Connects two ports; waits for clients that are not active yet. True if they are connected.
    bool connect(const std::string& from, const std::string& to) const;

    // How often the server has gone on without a client that was late. A recording has a gap there.
    int xruns() const { return xruns_; }

    std::string midi_out() const { return "probe:midi"; }
    std::string audio_in(int side) const { return side == 0 ? "probe:left" : "probe:right"; }
    std::string cv_out(int axis) const { return axis == 0 ? "probe:x" : "probe:y"; }
    std::array<std::atomic<float>, 2> cv{0.0f, 0.0f};

    struct Event {
        uint32_t frame; // from the start of perform()
        std::array<uint8_t, 3> bytes;
    };
    // Sends the events, which are in order of time, and records `frames` meanwhile. Throws std::runtime_error if the
    // server stalls.
    void play_and_record(const std::vector<Event>& events, uint32_t frames);

    std::vector<float> left, right; // recorded by the last perform()
    std::vector<uint32_t> times;    // JACK frame times at which its periods began
    jack_client_t* client() const { return client_; }

  private:
    int process(uint32_t frames);
    void set_ready(jack_port_t* port, bool ready);
    bool is_ready(const std::string& port) const;

    jack_client_t* client_ = nullptr;
    mutable std::mutex ports_mutex_; // also locked by libjack's notification thread
    std::set<jack_port_t*> ready_ports_;
    std::atomic<int> xruns_{0};
    jack_port_t *midi_, *left_, *right_, *x_, *y_;
    const std::vector<Event>* events_ = nullptr;
    size_t next_ = 0;
    std::atomic<uint32_t> done_{0};
    std::atomic<bool> running_{false};
};

} // namespace timbrel::test
