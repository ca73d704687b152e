// SPDX-License-Identifier: GPL-3.0-or-later
// Datagrams of arbitrary bytes to a session client, from its manager or from a stranger on this machine: only the
// manager is obeyed, and every reply is a message of the protocol. An input is a byte of options and a sequence of
// datagrams, each after its size (2 bytes).
#include "common/error.h"
#include "host/player/nsm_session.h"
#include "tests/fuzz/fuzz.h"

#include <array>
#include <vector>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

using namespace timbrel::test;

namespace {

enum Option : uint8_t { from_stranger = 1, refuse = 2, change = 4 };

class Client : public timbrel::host::SessionClient {
  public:
    void open_session(const std::string& folder, const std::string& name) override {
        ++opened;
        if (options & refuse) throw timbrel::Error(folder + name);
    }
    void save_session() override {
        ++saved;
        if (options & refuse) throw timbrel::Error("refused");
    }
    bool session_changed() override { return (options & change) != 0; }

    uint8_t options = 0;
    int opened = 0, saved = 0;
};

class Socket {
  public:
    Socket() : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        require(bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
    int port() const {
        sockaddr_in address{};
        socklen_t length = sizeof address;
        require(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
        return ntohs(address.sin_port);
    }
    void send(std::span<const uint8_t> bytes, const sockaddr_in& to) const {
        sendto(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    }
    bool wait() const {
        pollfd ready{socket_, POLLIN, 0};
        return poll(&ready, 1, 5000) > 0;
    }
    // The next datagram and its sender; empty if there is none.
    std::string receive(sockaddr_in& from) const {
        static std::array<char, 65536> buffer;
        socklen_t length = sizeof from;
        const ssize_t bytes =
            recvfrom(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &length);
        return bytes > 0 ? std::string(buffer.data(), static_cast<size_t>(bytes)) : std::string();
    }

  private:
    int socket_;
};

// A manager and a client that has announced itself.
struct Session {
    Session() {
        setenv("NSM_URL", ("osc.udp://127.0.0.1:" + std::to_string(manager.port()) + "/").c_str(), 1);
        session = timbrel::host::join_session(client, "timbrel");
        require(session && manager.wait() && manager.receive(address).starts_with("/nsm/server/announce"));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    void check_replies() const {
        sockaddr_in from{};
        for (std::string reply = manager.receive(from); !reply.empty(); reply = manager.receive(from))
            require(reply.size() % 4 == 0 &&
                    (reply.starts_with("/nsm/client/") || reply.starts_with("/reply") || reply.starts_with("/error")));
        require(stranger.receive(from).empty());
    }
    // Handles what has been sent so far: datagrams keep their order, so the last one is a request to save.
    void finish() {
        client.options = 0;
        static constexpr std::string_view save("/nsm/client/save\0\0\0\0,\0\0\0", 24);
        const int before = client.saved;
        manager.send({reinterpret_cast<const uint8_t*>(save.data()), save.size()}, address);
        while (client.saved == before) session->poll();
    }

    Client client;
    Socket manager, stranger;
    sockaddr_in address{}; // of the client
    std::unique_ptr<timbrel::host::NsmSession> session;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static Session& session = *new Session; // lives as long as the process
    Input input({data, size});
    const uint8_t options = input.number();
    const Socket& sender = options & from_stranger ? session.stranger : session.manager;
    session.client.options = options;
    session.client.opened = session.client.saved = 0;
    while (!input.empty()) {
        sender.send(input.bytes(input.number<uint16_t>()), session.address);
        session.session->poll();
        session.check_replies();
    }
    session.finish();
    session.check_replies();
    if (options & from_stranger) require(session.client.opened == 0 && session.client.saved == 1);
    return 0;
}
