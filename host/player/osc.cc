// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/osc.h"

#include "common/error.h"
#include "common/foreign_text.h"
#include "host/player/udp_socket.h"

#include <lo/lo_cpp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <span>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace timbrel::host {

namespace {

constexpr std::string_view prefix = "/timbrel/", bundle_tag("#bundle\0", 8);
constexpr size_t bundle_head_bytes = 16; // tag and time
constexpr size_t max_listeners = 16, max_commands = 8, max_name_bytes = 100;
constexpr size_t max_datagram_bytes = 4096;
constexpr int max_bundle_depth = 4; // bundles within each other
// At most this many datagrams are read in a cycle; a flood waits in the socket, where the kernel drops what is too
// much.
constexpr uint32_t datagrams_per_cycle = 32;
constexpr std::chrono::milliseconds cycle{2};
constexpr int wait_milliseconds = 50; // for a datagram, between two looks at stop_

std::string address_of(const Port& port) {
    const bool is_axis = port.symbol == "x" || port.symbol == "y";
    return std::string(prefix) + (is_axis ? "" : "param/") + port.symbol;
}

// All arguments as numbers; empty if one is not a number.
std::vector<float> numbers(const lo::Message& message) {
    std::vector<float> values;
    const std::string types = message.types();
    for (size_t i = 0; i < types.size(); ++i) {
        if (!lo_is_numerical_type(static_cast<lo_type>(types[i]))) return {};
        values.push_back(
            static_cast<float>(lo_hires_val(static_cast<lo_type>(types[i]), message.argv()[static_cast<int>(i)])));
    }
    return values;
}

uint32_t big_endian(const char* bytes) {
    uint32_t number = 0;
    for (int i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
    return number;
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
    void handle(std::span<char> packet, const SocketAddress& sender, int depth);
    void handle_message(const std::string& name, const lo::Message& message, const SocketAddress& sender);
    bool queue_command(const std::string& name, const lo::Message& message);
    bool set(const char* symbol, float value);
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
            handle(datagram, sender, 0);
        }
        std::this_thread::sleep_for(cycle);
    }
}

void LibloOsc::handle(std::span<char> packet, const SocketAddress& sender, int depth) {
    const std::string_view text(packet.data(), packet.size());
    if (text.starts_with(bundle_tag)) {
        if (depth == max_bundle_depth) return;
        for (auto rest = packet.subspan(std::min(packet.size(), bundle_head_bytes)); rest.size() > 4;) {
            const uint32_t bytes = big_endian(rest.data());
            if (bytes == 0 || bytes > rest.size() - 4) return;
            handle(rest.subspan(4, bytes), sender, depth + 1);
            rest = rest.subspan(4 + bytes);
        }
        return;
    }
    if (!text.starts_with(prefix) || text.find('\0') == text.npos || text.size() % 4 != 0) return;
    const std::string name = &text[prefix.size()];
    const lo_message message = lo_message_deserialise(packet.data(), packet.size(), nullptr);
    if (message) handle_message(name, lo::Message(message), sender);
}

void LibloOsc::set_instance(Instance* instance) {
    const std::lock_guard lock(mutex_);
    instance_ = instance;
    for (Listener& listener : listeners_) listener.last_sent.clear();
}

bool LibloOsc::set(const char* symbol, float value) {
    const Port* const port = instance_->find(symbol);
    if (!port || !is_parameter(*port) || !std::isfinite(value)) return false;
    return instance_->send_control(port->index, std::clamp(value, port->minimum, port->maximum));
}

bool LibloOsc::queue_command(const std::string& name, const lo::Message& message) {
    if (message.types() != "s") return false;
    static const std::map<std::string, OscCommand::Kind> kinds = {{"learn", OscCommand::Kind::learn},
                                                                  {"forget", OscCommand::Kind::forget},
                                                                  {"save", OscCommand::Kind::save},
                                                                  {"load", OscCommand::Kind::load}};
    const auto kind = kinds.find(name);
    if (kind == kinds.end()) return false;
    const std::string argument = &message.argv()[0]->s;
    const bool valid = argument.size() <= max_name_bytes && printable(argument, max_name_bytes) == argument;
    if (valid && commands_.size() < max_commands) commands_.push_back({kind->second, argument});
    return true;
}

std::optional<OscCommand> LibloOsc::pop_command() {
    const std::lock_guard lock(mutex_);
    if (commands_.empty()) return std::nullopt;
    OscCommand command = std::move(commands_.front());
    commands_.erase(commands_.begin());
    return command;
}

void LibloOsc::handle_message(const std::string& name, const lo::Message& message, const SocketAddress& sender) {
    const std::lock_guard lock(mutex_);
    if (queue_command(name, message)) return;
    const std::vector<float> values = numbers(message);
    if (values.empty()) return;
    if (name == "listen") {
        if (values[0] >= 1 && values[0] <= 65535) listen(sender, static_cast<int>(values[0]));
    } else if (!instance_) {
        return;
    } else if (name == "xy" && values.size() == 2) {
        set("x", values[0]);
        set("y", values[1]);
    } else if ((name == "x" || name == "y") && values.size() == 1) {
        set(name.c_str(), values[0]);
    } else if (name.starts_with("param/") && values.size() == 1) {
        set(name.c_str() + 6, values[0]);
    } else if (name == "note" && values.size() == 2 && values[0] >= 0 && values[0] < 128 && std::isfinite(values[1])) {
        const auto key = static_cast<std::byte>(values[0]);
        const auto velocity = static_cast<std::byte>(std::clamp(values[1], 0.0f, 127.0f));
        instance_->send_midi(std::array{std::byte{0x90}, key, velocity});
    }
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
