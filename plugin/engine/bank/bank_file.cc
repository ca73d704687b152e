// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/bank/bank_file.h"

#include "plugin/engine/bank/bank_error.h"
#include "plugin/engine/bank/bank_format.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace timbrel::engine {

namespace {

constexpr int64_t second = 1000000000;

int64_t nanoseconds(const timespec& time) { return time.tv_sec * second + time.tv_nsec; }

} // namespace

BankFile::BankFile(const std::string& path)
    // O_NONBLOCK: opening a FIFO must not block; fstat rejects it below.
    : path_(path), descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
    const auto fail = [this](const std::string& reason) {
        if (descriptor_ >= 0) close(descriptor_);
        throw BankError(path_ + ": " + reason);
    };
    struct stat status {};
    if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) fail(std::strerror(errno));
    if (!S_ISREG(status.st_mode)) fail("not a file");
    if (status.st_size < static_cast<off_t>(bank_page)) fail("not a Timbrel bank, too short");
}

BankFile::~BankFile() { close(descriptor_); }

int BankFile::identify(FileIdentity& identity) const {
    struct stat status {};
    if (fstat(descriptor_, &status) != 0) return errno;
    identity = {status.st_dev, status.st_ino, static_cast<uint64_t>(status.st_size), nanoseconds(status.st_mtim),
                nanoseconds(status.st_ctim)};
    return 0;
}

int BankFile::read(void* to, uint64_t offset, uint64_t bytes, uint64_t* failed_at) const {
    auto* into = static_cast<char*>(to);
    while (bytes > 0) {
        const ssize_t count = pread(descriptor_, into, bytes, static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            if (failed_at) *failed_at = offset;
            return count < 0 ? errno : ENODATA;
        }
        into += count;
        offset += static_cast<uint64_t>(count);
        bytes -= static_cast<uint64_t>(count);
    }
    return 0;
}

void BankFile::prefetch(uint64_t offset, uint64_t bytes) const {
    static_cast<void>(
        posix_fadvise(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(bytes), POSIX_FADV_WILLNEED));
}

void BankFile::replace_by(const BankFile& other) { static_cast<void>(dup3(other.descriptor_, descriptor_, O_CLOEXEC)); }

} // namespace timbrel::engine
