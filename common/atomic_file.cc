// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/atomic_file.h"

#include "common/error.h"
#include "common/foreign_text.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace timbrel {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view part_prefix = ".timbrel-part-";
constexpr int attempts = 100;                    // at an unused name
constexpr time_t young_seconds = 60;             // a file of another program that is not locked yet
constexpr size_t copied_bytes = size_t{1} << 16; // at a time, to a device or FIFO

// Closes the file at the end of the scope, also after an exception.
class ScopedDescriptor {
  public:
    explicit ScopedDescriptor(int file) : file_(file) {}
    ~ScopedDescriptor() { close(file_); }
    ScopedDescriptor(const ScopedDescriptor&) = delete;
    ScopedDescriptor& operator=(const ScopedDescriptor&) = delete;
    int get() const { return file_; }

  private:
    int file_;
};

std::string random_name() {
    static std::random_device random;
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%08x%08x", random(), random());
    return std::string(part_prefix) + text.data();
}

void remove_if_left_over(const fs::path& path) {
    const int file = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return;
    struct stat status {};
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
        status.st_mtime + young_seconds < time(nullptr) && flock(file, LOCK_EX | LOCK_NB) == 0)
        unlink(path.c_str());
    close(file);
}

// Once for each folder in the life of the program.
void remove_leftovers(const std::string& folder) {
    static std::set<std::string> seen;
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    if (!seen.insert(folder).second) return;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->path().filename().native().starts_with(part_prefix)) remove_if_left_over(entry->path());
}

std::string folder_of(const std::string& path) {
    const fs::path folder = fs::path(path).parent_path();
    return folder.empty() ? "." : folder.string();
}

// Makes a rename survive a power cut; ignores folders that cannot be synced.
void sync_folder(const std::string& folder) {
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    fsync(descriptor);
    close(descriptor);
}

} // namespace

AtomicFile::AtomicFile(std::string path, std::string advice) : path_(std::move(path)), advice_(std::move(advice)) {
    find_target();
    std::error_code error;
    const std::string folder = is_file_ ? folder_of(target_) : fs::temp_directory_path(error).string();
    remove_leftovers(folder);
    create(folder);
    if (!is_file_) return;
    rivals_.emplace(target_);
    warn_of_rivals();
}

AtomicFile::~AtomicFile() {
    if (file_ >= 0) close(file_);
    if (!part_path_.empty()) unlink(part_path_.c_str());
    if (lock_ >= 0) close(lock_);
}

void AtomicFile::fail(const std::string& cause) const {
    throw Error(path_ + ": cannot be written (" + cause + ")" + (advice_.empty() ? "" : "; ") + advice_);
}

void AtomicFile::fail(int error) const { fail(std::string(std::strerror(error))); }

void AtomicFile::find_target() {
    target_ = path_;
    struct stat status {};
    // A device or FIFO is written to, also by a link that names no path, as /dev/stdout may be.
    if (stat(path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
        is_file_ = false;
        return;
    }
    std::error_code error;
    if (fs::is_symlink(path_, error)) {
        target_ = fs::canonical(path_, error).string();
        if (error) fail("a link that leads to no file");
    }
    if (stat(target_.c_str(), &status) != 0) return;
    if (S_ISDIR(status.st_mode)) fail(EISDIR);
    is_file_ = S_ISREG(status.st_mode);
}

void AtomicFile::create(const std::string& folder) {
    for (int i = 0; i < attempts && file_ < 0; ++i) {
        part_path_ = folder + "/" + random_name();
        file_ = open(part_path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (file_ < 0 && errno != EEXIST) break;
    }
    if (file_ < 0) {
        const int error = errno;
        part_path_.clear();
        fail(error);
    }
    // On file systems without locks, a file that nobody has written to for a minute counts as left over.
    static_cast<void>(flock(file_, LOCK_EX | LOCK_NB));
    lock_ = fcntl(file_, F_DUPFD_CLOEXEC, 0);
}

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

void AtomicFile::publish() {
    if (!is_file_ || part_path_.empty()) return;
    if (std::rename(part_path_.c_str(), target_.c_str()) != 0) fail(errno);
    part_path_.clear();
}

void AtomicFile::copy_from(int in) {
    std::array<std::byte, copied_bytes> block;
    ssize_t bytes = 0;
    for (off_t offset = 0; (bytes = pread(in, block.data(), block.size(), offset)) > 0; offset += bytes)
        write(std::span(block).first(static_cast<size_t>(bytes)));
    if (bytes < 0) fail(errno);
}

void AtomicFile::copy_to_target() {
    file_ = open(target_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (file_ < 0) fail(errno);
    copy_from(lock_);
    close_part();
    unlink(part_path_.c_str());
    part_path_.clear();
}

// Whether the file had its name already and another writer took it.
bool AtomicFile::is_replaced() const {
    struct stat written {};
    struct stat target {};
    return part_path_.empty() && fstat(lock_, &written) == 0 && stat(target_.c_str(), &target) == 0 &&
           (written.st_ino != target.st_ino || written.st_dev != target.st_dev);
}

void AtomicFile::complete() {
    if (!is_file_) return copy_to_target();
    warn_of_rivals();
    if (is_replaced()) {
        const ScopedDescriptor written(std::exchange(lock_, -1));
        create(folder_of(target_));
        copy_from(written.get());
        sync_and_close();
    }
    publish();
    rivals_.reset();
}

void AtomicFile::warn_of_rivals() {
    if (rivals_ && rivals_->noticed())
        std::fprintf(stderr, "%s: %s: another program writes this file, too; the one that finishes last remains\n",
                     program_invocation_short_name, printable(path_, max_printed_line).c_str());
}

const std::string& AtomicFile::sync_and_close() {
    if (fsync(file_) != 0) fail(errno);
    close_part();
    return part_path_;
}

void AtomicFile::finish() {
    if (file_ >= 0) sync_and_close();
    complete();
    if (is_file_) sync_folder(folder_of(target_));
}

void AtomicFile::finish_unsynced() {
    close_part();
    complete();
}

std::optional<std::string> read_whole_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream bytes;
    if (!in) return {};
    // Fails for a folder, and sets badbit for a file that cannot be read on.
    if (in.peek() != std::ifstream::traits_type::eof()) bytes << in.rdbuf();
    return in.bad() || bytes.bad() ? std::nullopt : std::optional(bytes.str());
}

void write_whole_file(const std::string& path, std::string_view bytes) {
    AtomicFile out(path);
    out.write(std::as_bytes(std::span(bytes)));
    out.finish();
}

} // namespace timbrel
