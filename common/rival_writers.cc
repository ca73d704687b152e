// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/rival_writers.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <utility>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace timbrel {

namespace {

constexpr int most_writers = 8; // of one file that notice each other

struct Address {
    sockaddr_un name{};
    socklen_t length = 0;

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&name); }
};

// In the abstract namespace, which is not part of any file system.
Address address_of(const struct stat& folder, const std::string& file, int number) {
    Address address;
    address.name.sun_family = AF_UNIX;
    const int characters = std::snprintf(address.name.sun_path + 1, sizeof address.name.sun_path - 1,
                                         "timbrel-%jx-%jx-%zx-%d", static_cast<uintmax_t>(folder.st_dev),
                                         static_cast<uintmax_t>(folder.st_ino), std::hash<std::string>()(file), number);
    address.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + static_cast<size_t>(characters));
    return address;
}

} // namespace

RivalWriters::RivalWriters(const std::string& file) {
    const std::filesystem::path path(file);
    struct stat folder {};
    if (stat(path.has_parent_path() ? path.parent_path().c_str() : ".", &folder) != 0) return;
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket_ < 0) return;
    bool bound = false;
    for (int number = 0; number < most_writers; ++number) {
        const Address address = address_of(folder, path.filename().string(), number);
        if (!bound && bind(socket_, address.get(), address.length) == 0)
            bound = true;
        else if (sendto(socket_, "", 1, 0, address.get(), address.length) >= 0)
            noticed_ = true;
    }
}

RivalWriters::~RivalWriters() {
    if (socket_ >= 0) close(socket_);
}

bool RivalWriters::noticed() {
    for (char byte = 0; socket_ >= 0 && recv(socket_, &byte, 1, 0) >= 0;) noticed_ = true;
    return std::exchange(noticed_, false);
}

} // namespace timbrel
