// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/jack_server/jack_server_name.h"

#include "common/error.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace timbrel::host {

ServerName::~ServerName() {
    if (lock_ >= 0) close(lock_);
}

bool ServerName::take_next() {
    for (int tried = 0; tried < count; ++tried) {
        if (lock_ >= 0) close(std::exchange(lock_, -1));
        number_ = (number_ + 1) % count;
        name_ = "timbrel-" + std::to_string(number_ + 1);
        const std::string path = "/tmp/" + name_ + "-" + std::to_string(geteuid()) + ".lock";
        lock_ = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (lock_ < 0) throw Error("cannot open " + path);
        if (flock(lock_, LOCK_EX | LOCK_NB) == 0) return true;
    }
    close(std::exchange(lock_, -1));
    return false;
}

} // namespace timbrel::host
