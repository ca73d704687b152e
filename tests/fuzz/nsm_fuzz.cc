// SPDX-License-Identifier: GPL-3.0-or-later
// Datagrams of arbitrary bytes to a session client, from its manager and from a stranger on this machine: only the
// manager is obeyed, and every reply is a message of the protocol. An input is a sequence of datagrams, each after a
// byte of options and its size (2 bytes).
#include "common/error.h"
#include "host/player/nsm_session.h"
#include "tests/fuzz/fuzz.h"

#include <array>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>

using namespace timbrel::test;

namespace {

enum Option : uint8_t { from_stranger = 1, refuse = 2, change = 4 };

class Client : public timbrel::host::SessionClient {
  public:
    void open_session(const std::string& folder, const std::string& name) override { obey(folder + name); }
    void save_session() override { obey("saved"); }
    bool session_changed() override { return (options & change) != 0; }

    uint8_t options = 0;

  private:
    void obey(const std::string& text) const {
        require((options & from_stranger) == 0);
        if (options & refuse) throw timbrel::Error(text);
    }
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
        require(session && manager.receive(address).starts_with("/nsm/server/announce"));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    void check_replies() const {
        sockaddr_in from{};
        for (std::string reply = manager.receive(from); !reply.empty(); reply = manager.receive(from))
            require(reply.size() % 4 == 0 &&
                    (reply.starts_with("/nsm/client/") || reply.starts_with("/reply") || reply.starts_with("/error")));
        require(stranger.receive(from).empty());
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
    while (!input.empty()) {
        session.client.options = input.number();
        const auto datagram = input.bytes(input.number<uint16_t>());
        (session.client.options & from_stranger ? session.stranger : session.manager).send(datagram, session.address);
        session.session->poll();
        session.check_replies();
    }
    return 0;
}
