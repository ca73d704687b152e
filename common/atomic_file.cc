// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/atomic_file.h"

#include "common/error.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace timbrel {

AtomicFile::AtomicFile(std::string path, std::string advice)
    : path_(std::move(path)), advice_(std::move(advice)), part_path_(path_ + ".part"),
      file_(open(part_path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (file_ < 0) fail(errno);
}

AtomicFile::~AtomicFile() {
    if (file_ >= 0) close(file_);
    if (!part_path_.empty()) unlink(part_path_.c_str());
}

void AtomicFile::fail(const std::string& cause) const {
    throw Error(path_ + ": cannot be written (" + cause + ")" + (advice_.empty() ? "" : "; ") + advice_);
}

void AtomicFile::fail(int error) const { fail(std::string(std::strerror(error))); }

void AtomicFile::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(errno);
        bytes = bytes.subspan(static_cast<size_t>(written));
    }
}

void AtomicFile::reserve(uint64_t bytes) {
    const int error = posix_fallocate(file_, 0, static_cast<off_t>(bytes));
    // Some file systems cannot reserve space.
    if (error != 0 && error != EINVAL && error != EOPNOTSUPP) fail(error);
}

void AtomicFile::close_part() {
    if (close(std::exchange(file_, -1)) != 0) fail(errno);
}

void AtomicFile::rename_part() {
    if (std::rename(part_path_.c_str(), path_.c_str()) != 0) fail(errno);
    part_path_.clear();
}

const std::string& AtomicFile::sync_and_close() {
    // EINVAL: pipes and other special files cannot be synced.
    if (fsync(file_) != 0 && errno != EINVAL) fail(errno);
    close_part();
    return part_path_;
}

void AtomicFile::finish() {
    if (file_ >= 0) sync_and_close();
    rename_part();
}

void AtomicFile::finish_unsynced() {
    close_part();
    rename_part();
}

} // namespace timbrel
