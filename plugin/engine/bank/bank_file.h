// SPDX-License-Identifier: GPL-3.0-or-later
// A bank's file on the disk: reads that notice when the file is no longer what was opened. Nothing is mapped, because
// a mapping of a file that someone shortens ends the process (SIGBUS).
// Threads: control, worker; several at once, except where noted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace timbrel::engine {

// Changes whenever the file's contents do.
struct FileIdentity {
    uint64_t device = 0, inode = 0, bytes = 0;
    int64_t modified = 0, changed = 0; // nanoseconds since 1970, of the contents and of anything
    bool operator==(const FileIdentity&) const = default;
    // The same contents; renaming, linking and deleting a file change only `changed`.
    bool same_contents(const FileIdentity& other) const {
        return device == other.device && inode == other.inode && bytes == other.bytes && modified == other.modified;
    }
};

class BankFile {
  public:
    // Opens a regular file of at least a page for reading. Throws BankError.
    explicit BankFile(const std::string& path);
    ~BankFile();
    BankFile(const BankFile&) = delete;
    BankFile& operator=(const BankFile&) = delete;

    const std::string& path() const { return path_; }

    // What the file is now. 0, or the error number.
    int identify(FileIdentity& identity) const;

    // Reads bytes at an offset. 0, or the error number; ENODATA when the file ends before the last byte. `failed_at`:
    // receives the offset of the first byte that could not be read; may be null.
    int read(void* to, uint64_t offset, uint64_t bytes, uint64_t* failed_at = nullptr) const;
    // Asks the system to read them soon; does not wait for the disk.
    void prefetch(uint64_t offset, uint64_t bytes) const;

    // Reads from `other`'s file from now on; reads on other threads that have begun end in the old one. One thread at a
    // time.
    void replace_by(const BankFile& other);

  private:
    std::string path_;
    int descriptor_;
};

} // namespace timbrel::engine
