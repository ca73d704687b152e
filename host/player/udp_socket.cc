// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/udp_socket.h"

#include "common/error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

namespace timbrel::host {

namespace {

const in_addr& ipv4(const SocketAddress& address) {
    return reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_addr;
}

const in6_addr& ipv6(const SocketAddress& address) {
    return reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_addr;
}

bool is_loopback(const SocketAddress& address) {
    if (address.storage.ss_family == AF_INET) return ntohl(ipv4(address).s_addr) >> 24 == 127;
    return address.storage.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&ipv6(address));
}

SocketAddress from_sockaddr(const sockaddr* address, size_t length) {
    SocketAddress copy;
    copy.length = static_cast<socklen_t>(std::min(length, sizeof copy.storage));
    std::memcpy(&copy.storage, address, copy.length);
    return copy;
}

std::vector<SocketAddress> look_up(const std::string& host, const std::string& port, int flags) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = flags;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return {};
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);
    std::vector<SocketAddress> addresses;
    for (const addrinfo* info = found; info; info = info->ai_next)
        addresses.push_back(from_sockaddr(info->ai_addr, info->ai_addrlen));
    return addresses;
}

SocketAddress parse_address(const std::string& text) {
    const auto colon = text.rfind(':');
    std::string host = colon == text.npos ? "127.0.0.1" : text.substr(0, colon);
    const std::string port = colon == text.npos ? text : text.substr(colon + 1);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    const bool is_number = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == port.npos;
    const auto found = is_number && std::stoi(port) > 0 && std::stoi(port) < 65536
                           ? look_up(host, port, AI_NUMERICHOST | AI_NUMERICSERV)
                           : std::vector<SocketAddress>();
    if (found.empty()) throw UsageError("--osc " + text + ": write PORT or ADDRESS:PORT, for example 192.168.1.5:9000");
    return found.front();
}

int open_socket(const SocketAddress& address) {
    const int opened = socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (opened < 0) throw Error(std::string("UDP is not available: ") + std::strerror(errno));
    return opened;
}

} // namespace

bool SocketAddress::operator==(const SocketAddress& other) const { return same_host(other) && port() == other.port(); }

bool SocketAddress::same_host(const SocketAddress& other) const {
    if (storage.ss_family != other.storage.ss_family) return false;
    if (storage.ss_family == AF_INET) return ipv4(*this).s_addr == ipv4(other).s_addr;
    return storage.ss_family == AF_INET6 && IN6_ARE_ADDR_EQUAL(&ipv6(*this), &ipv6(other));
}

int SocketAddress::port() const { // at the same place for IPv4 and IPv6
    return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

void SocketAddress::set_port(int port) {
    reinterpret_cast<sockaddr_in*>(&storage)->sin_port = htons(static_cast<uint16_t>(port));
}

bool SocketAddress::is_local() const {
    if (is_loopback(*this)) return true;
    ifaddrs* interfaces = nullptr;
    if (getifaddrs(&interfaces) != 0) return false;
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owned(interfaces, &freeifaddrs);
    for (const ifaddrs* entry = interfaces; entry; entry = entry->ifa_next) {
        if (!entry->ifa_addr) continue;
        const auto family = entry->ifa_addr->sa_family;
        if (family != AF_INET && family != AF_INET6) continue;
        const size_t length = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
        if (same_host(from_sockaddr(entry->ifa_addr, length))) return true;
    }
    return false;
}

std::vector<SocketAddress> resolve(const std::string& host, const std::string& port) { return look_up(host, port, 0); }

UdpSocket::UdpSocket(const std::string& text) {
    const SocketAddress address = parse_address(text);
    socket_ = open_socket(address);
    if (bind(socket_, address.get(), address.length) == 0) return;
    const int error = errno;
    close(socket_);
    if (error == EADDRINUSE)
        throw Error("UDP port " + std::to_string(address.port()) + " is taken; choose another with --osc");
    throw Error("--osc " + text + ": " + std::strerror(error) + "; name an address of this machine");
}

UdpSocket::UdpSocket(const SocketAddress& peer) : socket_(open_socket(peer)) {
    if (connect(socket_, peer.get(), peer.length) == 0) return;
    const int error = errno;
    close(socket_);
    throw Error(std::string("UDP cannot be sent: ") + std::strerror(error));
}

UdpSocket UdpSocket::any_port(const SocketAddress& peer) {
    SocketAddress address;
    address.storage.ss_family = peer.storage.ss_family;
    address.length = peer.length;
    const int opened = open_socket(address);
    if (bind(opened, address.get(), address.length) == 0) return UdpSocket(opened);
    const int error = errno;
    close(opened);
    throw Error(std::string("UDP cannot be received: ") + std::strerror(error));
}

UdpSocket::~UdpSocket() { close(socket_); }

std::span<char> UdpSocket::receive(std::span<char> buffer, SocketAddress& sender, int milliseconds) {
    pollfd ready{socket_, POLLIN, 0};
    if (poll(&ready, 1, milliseconds) <= 0) return {};
    sender.length = sizeof sender.storage;
    const ssize_t bytes = recvfrom(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC,
                                   reinterpret_cast<sockaddr*>(&sender.storage), &sender.length);
    if (bytes < 0 || static_cast<size_t>(bytes) > buffer.size()) return {};
    return buffer.first(static_cast<size_t>(bytes));
}

UdpSocket::Sent UdpSocket::send(std::span<const char> datagram) {
    if (::send(socket_, datagram.data(), datagram.size(), MSG_DONTWAIT) >= 0) return Sent::yes;
    return errno == ECONNREFUSED ? Sent::refused : Sent::no;
}

void UdpSocket::send_to(const SocketAddress& to, std::span<const char> datagram) {
    sendto(socket_, datagram.data(), datagram.size(), MSG_DONTWAIT, to.get(), to.length);
}

} // namespace timbrel::host
