#include "common/atomic_file.h"

#include "common/error.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace timbrel {

NewFile::NewFile(std::string path, std::string advice)
    : path_(std::move(path)), advice_(std::move(advice)), part_(path_ + ".part"),
      file_(open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (file_ < 0) fail(errno);
}

NewFile::~NewFile() {
    if (file_ >= 0) close(file_);
    if (!part_.empty()) unlink(part_.c_str());
}

void NewFile::fail(int error) const {
    throw Error(path_ + ": cannot be written (" + std::strerror(error) + ")" + (advice_.empty() ? "" : "; ") + advice_);
}

void NewFile::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(errno);
        bytes = bytes.subspan(static_cast<size_t>(written));
    }
}

void NewFile::reserve(uint64_t bytes) {
    const int error = posix_fallocate(file_, 0, static_cast<off_t>(bytes));
    if (error != 0 && error != EINVAL && error != EOPNOTSUPP) fail(error);
}

const std::string& NewFile::settle() {
    // What cannot be synced, such as a pipe, is no error.
    if (fsync(file_) != 0 && errno != EINVAL) fail(errno);
    if (close(std::exchange(file_, -1)) != 0) fail(errno);
    return part_;
}

void NewFile::finish() {
    if (file_ >= 0) settle();
    if (std::rename(part_.c_str(), path_.c_str()) != 0) fail(errno);
    part_.clear();
}

} // namespace timbrel
