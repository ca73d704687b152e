// SPDX-License-Identifier: GPL-3.0-or-later
// UDP bound to one address of this machine, because liblo's servers listen on all of them. Threads: one at a time for
// each object; every function may block.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <sys/socket.h>

namespace timbrel::host {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    bool operator==(const SocketAddress& other) const; // also of the port
    bool same_host(const SocketAddress& other) const;  // whatever the port
    int port() const;
    void set_port(int port);
    // Whether it is an address of this machine: loopback, or of one of its network interfaces.
    bool is_local() const;
};

// All addresses of a host (a name or a number) with this port; none if it is unknown. Asks the resolver.
std::vector<SocketAddress> resolve(const std::string& host, const std::string& port);

class UdpSocket {
  public:
    // Binds to "PORT" of the loopback interface, or to "ADDRESS:PORT" or "[ADDRESS]:PORT", where ADDRESS is a number of
    // this machine, or 0.0.0.0 for all of them. Throws UsageError for other texts, Error if it cannot be bound.
    explicit UdpSocket(const std::string& address);
    // Sends from any port to `peer` only, and receives from nobody else. Throws Error.
    explicit UdpSocket(const SocketAddress& peer);
    // Binds to a free port of all addresses of the kind of `peer`, to be found by an answer to send_to(). Throws Error.
    static UdpSocket any_port(const SocketAddress& peer);
    ~UdpSocket();
    UdpSocket(const UdpSocket&) = delete;
    UdpSocket& operator=(const UdpSocket&) = delete;

    // Waits up to `milliseconds` for a datagram and returns the part of the buffer that it fills; empty if there is
    // none, or if the next one is longer than the buffer, which is lost.
    std::span<char> receive(std::span<char> buffer, SocketAddress& sender, int milliseconds);

    // Sends to the peer without waiting. `no`: the send buffer is full. `refused`: nobody listens, which the system
    // learns from an earlier datagram.
    enum class Sent { yes, no, refused };
    Sent send(std::span<const char> datagram);
    // Sends to any address from a socket that is not bound to a peer, without waiting; the datagram is lost while the
    // send buffer is full.
    void send_to(const SocketAddress& to, std::span<const char> datagram);

  private:
    explicit UdpSocket(int socket) : socket_(socket) {}

    int socket_ = -1;
};

} // namespace timbrel::host
