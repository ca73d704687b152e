// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/osc.h"

#include "common/error.h"
#include "host/player/udp_socket.h"

#include <lo/lo_cpp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <limits>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace timbrel::host {

namespace {

constexpr size_t max_listeners = 16, max_commands = 8;
constexpr size_t max_datagram_bytes = 4096;
// At most this many datagrams are read in a cycle; a flood waits in the socket, where the kernel drops what is too
// much.
constexpr uint32_t datagrams_per_cycle = 32;
constexpr std::chrono::milliseconds cycle{2};
constexpr int wait_milliseconds = 50; // for a datagram, between two looks at stop_

std::string address_of(const Port& port) {
    const bool is_axis = port.symbol == "x" || port.symbol == "y";
    return std::string("/timbrel/") + (is_axis ? "" : "param/") + port.symbol;
}

class LibloOsc : public Osc {
  public:
    explicit LibloOsc(const std::string& address);
    ~LibloOsc() override;
    LibloOsc(const LibloOsc&) = delete;
    LibloOsc& operator=(const LibloOsc&) = delete;

    void set_instance(Instance* instance) override;
    void send_changes() override;
    std::optional<OscCommand> pop_command() override;

  private:
    struct Listener {
        SocketAddress address;
        std::unique_ptr<UdpSocket> socket;
        std::vector<float> last_sent; // by port; NaN at first
    };
    void receive_loop();
    void handle(std::span<char> packet, const SocketAddress& sender);
    void set(const OscControl& control);
    void play(const OscNote& note);
    void listen(SocketAddress address, int port);
    bool send_changes(Listener& listener);

    std::mutex mutex_; // guards the three members below against the receiving thread
    Instance* instance_ = nullptr;
    std::vector<Listener> listeners_;
    std::vector<OscCommand> commands_;
    UdpSocket socket_; // the receiving thread's
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

LibloOsc::LibloOsc(const std::string& address) : socket_(address) {
    thread_ = std::thread([this] { receive_loop(); });
}

LibloOsc::~LibloOsc() {
    stop_ = true;
    thread_.join();
}

void LibloOsc::receive_loop() {
    std::array<char, max_datagram_bytes> buffer;
    while (!stop_) {
        uint32_t received = 0;
        for (; received < datagrams_per_cycle; ++received) {
            SocketAddress sender;
            const auto datagram = socket_.receive(buffer, sender, received == 0 ? wait_milliseconds : 0);
            if (datagram.empty()) break;
            handle(datagram, sender);
        }
        std::this_thread::sleep_for(cycle);
    }
}

void LibloOsc::handle(std::span<char> packet, const SocketAddress& sender) {
    const std::vector<OscRequest> requests = read_osc_packet(packet);
    const std::lock_guard lock(mutex_);
    for (const OscRequest& request : requests) {
        if (const auto* const command = std::get_if<OscCommand>(&request)) {
            if (commands_.size() < max_commands) commands_.push_back(*command);
        } else if (const auto* const control = std::get_if<OscControl>(&request)) {
            set(*control);
        } else if (const auto* const note = std::get_if<OscNote>(&request)) {
            play(*note);
        } else if (const auto* const listener = std::get_if<OscListen>(&request)) {
            listen(sender, listener->port);
        }
    }
}

void LibloOsc::set_instance(Instance* instance) {
    const std::lock_guard lock(mutex_);
    instance_ = instance;
    for (Listener& listener : listeners_) listener.last_sent.clear();
}

void LibloOsc::set(const OscControl& control) {
    const Port* const port = instance_ ? instance_->find(control.symbol) : nullptr;
    if (port && is_parameter(*port))
        instance_->send_control(port->index, std::clamp(control.value, port->minimum, port->maximum));
}

void LibloOsc::play(const OscNote& note) {
    if (instance_)
        instance_->send_midi(
            std::array{std::byte{0x90}, static_cast<std::byte>(note.key), static_cast<std::byte>(note.velocity)});
}

std::optional<OscCommand> LibloOsc::pop_command() {
    const std::lock_guard lock(mutex_);
    if (commands_.empty()) return std::nullopt;
    OscCommand command = std::move(commands_.front());
    commands_.erase(commands_.begin());
    return command;
}

void LibloOsc::listen(SocketAddress address, int port) {
    address.set_port(port);
    std::erase_if(listeners_, [&](const Listener& listener) { return listener.address == address; });
    if (listeners_.size() == max_listeners) listeners_.erase(listeners_.begin());
    try {
        listeners_.push_back({address, std::make_unique<UdpSocket>(address), {}});
    } catch (const Error&) {
        // An address without a route cannot listen.
    }
}

void LibloOsc::send_changes() {
    const std::lock_guard lock(mutex_);
    if (!instance_) return;
    std::erase_if(listeners_, [this](Listener& listener) { return !send_changes(listener); });
}

// False when nobody listens any more.
bool LibloOsc::send_changes(Listener& listener) {
    listener.last_sent.resize(instance_->ports().size(), std::numeric_limits<float>::quiet_NaN());
    for (const Port& port : instance_->ports()) {
        if (!is_parameter(port)) continue;
        const float value = instance_->control(port.index);
        if (value == listener.last_sent[port.index]) continue;
        lo::Message message;
        message.add_float(value);
        const std::string address = address_of(port);
        std::vector<char> datagram(lo_message_length(message, address.c_str()));
        lo_message_serialise(message, address.c_str(), datagram.data(), nullptr);
        const auto sent = listener.socket->send(datagram);
        if (sent == UdpSocket::Sent::refused) return false;
        if (sent == UdpSocket::Sent::yes) listener.last_sent[port.index] = value;
    }
    return true;
}

} // namespace

std::unique_ptr<Osc> make_osc(const std::string& address) { return std::make_unique<LibloOsc>(address); }

} // namespace timbrel::host
