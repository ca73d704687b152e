// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/host/support/jack_probe.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <utility>

namespace timbrel::test {

namespace {

constexpr int stall_timeout = 40; // seconds; longer than a synchronous server waits for a client

void pause(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

} // namespace

JackServer::JackServer(int period, int rate, Scheduling pace) : pace_(pace) {
    setenv("JACK_NO_AUDIO_RESERVATION", "1", 1);
    setenv("JACK_NO_START_SERVER", "1", 1);
    for (int attempt = 0; attempt < host::ServerName::count && !up_; ++attempt) {
        while (!name_.take_next()) pause(50); // other tests use all names
        setenv("JACK_DEFAULT_SERVER", name_.get().c_str(), 1);
        start(period, rate);
    }
}

void JackServer::start(int period, int rate) {
    // A synchronous server sometimes loses the end of a cycle when a client comes or goes, and waits in vain until
    // this.
    constexpr const char* client_timeout = "4000"; // milliseconds; longer than a busy machine keeps a client waiting
    std::vector<std::string> arguments{"jackd"};
    if (pace_ == Scheduling::synchronous)
        arguments.insert(arguments.end(), {"-r", "-S", "-t", client_timeout});
    else if (pace_ == Scheduling::asynchronous)
        arguments.insert(arguments.end(), {"-r", "-t", "30000"});
    else
        arguments.insert(arguments.end(), geteuid() == 0 ? std::initializer_list<std::string>{"-R", "-P", "70"}
                                                         : std::initializer_list<std::string>{"-r"});
    arguments.insert(arguments.end(), {"-n", name_.get(), "-d", "dummy", "-r", std::to_string(rate), "-p",
                                       std::to_string(period), "-C", "2", "-P", "2"});
    // A server may hang at its start if many others start and end, because all share one registry; hence retries.
    up_ = false;
    for (int attempt = 0; attempt < 3 && !up_; ++attempt) {
        server_.reset();
        server_ = std::make_unique<Child>(arguments, folder_.file("log"));
        up_ = run({"jack_wait", "-s", name_.get(), "-w", "-t", "10"}).status == 0 && server_->alive();
        if (!server_->alive()) return; // a server outside the tests has this name
    }
}

JackProbe::JackProbe() {
    jack_set_error_function([](const char*) {});
    client_ = jack_client_open("probe", JackNoStartServer, nullptr);
    if (!client_) throw std::runtime_error("no JACK server");
    midi_ = jack_port_register(client_, "midi", JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput, 0);
    left_ = jack_port_register(client_, "left", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
    right_ = jack_port_register(client_, "right", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
    x_ = jack_port_register(client_, "x", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
    y_ = jack_port_register(client_, "y", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
    jack_set_process_callback(
        client_, [](uint32_t frames, void* self) { return static_cast<JackProbe*>(self)->process(frames); }, this);
    jack_set_xrun_callback(
        client_, [](void* self) { return ++static_cast<JackProbe*>(self)->xruns_, 0; }, this);
    jack_set_port_registration_callback(
        client_,
        [](jack_port_id_t id, int registered, void* self) {
            auto* const probe = static_cast<JackProbe*>(self);
            probe->set_ready(jack_port_by_id(probe->client_, id), registered != 0);
        },
        this);
    jack_activate(client_);
    const char** const list = jack_get_ports(client_, nullptr, nullptr, 0);
    for (const char** name = list; name && *name; ++name) set_ready(jack_port_by_name(client_, *name), true);
    jack_free(list);
}

void JackProbe::set_ready(jack_port_t* port, bool ready) {
    const std::lock_guard lock(ports_mutex_);
    if (ready)
        ready_ports_.insert(port);
    else
        ready_ports_.erase(port);
}

// Whether the server has put the port's client into its graph; it announces the ports then. A connection made earlier,
// while the client calls jack_activate(), stops a synchronous server until its time-out: the other client waits for one
// that does not run yet.
bool JackProbe::is_ready(const std::string& port) const {
    const std::lock_guard lock(ports_mutex_);
    return ready_ports_.contains(jack_port_by_name(client_, port.c_str()));
}

JackProbe::~JackProbe() { jack_client_close(client_); }

int JackProbe::process(uint32_t frames) {
    void* const midi = jack_port_get_buffer(midi_, frames);
    jack_midi_clear_buffer(midi);
    for (const auto& [port, axis] : {std::pair(x_, 0), std::pair(y_, 1)})
        std::fill_n(static_cast<float*>(jack_port_get_buffer(port, frames)), frames, cv[axis].load());
    const auto* const left_in = static_cast<const float*>(jack_port_get_buffer(left_, frames));
    const auto* const right_in = static_cast<const float*>(jack_port_get_buffer(right_, frames));
    if (!running_.load(std::memory_order_acquire)) return 0;
    if (done_ / frames < times.size()) times[done_ / frames] = jack_last_frame_time(client_);
    for (; next_ < events_->size() && (*events_)[next_].frame < done_ + frames; ++next_) {
        const Event& event = (*events_)[next_];
        const uint8_t kind = event.bytes[0] & 0xf0;
        const size_t size = kind == 0xc0 || kind == 0xd0 ? 2 : 3;
        jack_midi_event_write(midi, event.frame - std::min<uint32_t>(event.frame, done_), event.bytes.data(), size);
    }
    const uint32_t wanted = std::min<uint32_t>(frames, static_cast<uint32_t>(left.size()) - done_);
    std::copy_n(left_in, wanted, left.begin() + done_);
    std::copy_n(right_in, wanted, right.begin() + done_);
    done_ += wanted;
    if (done_ == left.size()) running_.store(false, std::memory_order_release);
    return 0;
}

void JackProbe::play_and_record(const std::vector<Event>& events, uint32_t frames) {
    left.assign(frames, 0.0f);
    right.assign(frames, 0.0f);
    times.assign(frames / jack_get_buffer_size(client_) + 1, 0);
    events_ = &events;
    next_ = 0;
    done_ = 0;
    running_.store(true, std::memory_order_release);
    using std::chrono::steady_clock;
    uint32_t last_done = 0;
    auto last_progress = steady_clock::now();
    while (running_.load(std::memory_order_acquire)) {
        pause(5);
        if (const uint32_t done = done_.load(std::memory_order_relaxed); done != std::exchange(last_done, done))
            last_progress = steady_clock::now();
        if (steady_clock::now() - last_progress > std::chrono::seconds(stall_timeout))
            throw std::runtime_error("the JACK server is not running");
    }
}

bool JackProbe::wait_for(const std::string& port, double seconds) const {
    for (int i = 0; i < seconds * 50; ++i) {
        if (is_ready(port)) return true;
        pause(20);
    }
    return false;
}

std::vector<std::string> JackProbe::ports(const std::string& client, const char* type, unsigned long flags) const {
    std::vector<std::string> names;
    const char** const list = jack_get_ports(client_, (client + ":.*").c_str(), type, flags);
    for (const char** name = list; name && *name; ++name) names.emplace_back(*name);
    jack_free(list);
    return names;
}

bool JackProbe::connect(const std::string& from, const std::string& to) const {
    if (!wait_for(from) || !wait_for(to)) return false;
    const int result = jack_connect(client_, from.c_str(), to.c_str());
    return result == 0 || result == EEXIST;
}

} // namespace timbrel::test
