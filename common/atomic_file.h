// SPDX-License-Identifier: GPL-3.0-or-later
// A file that appears under its name only when it is complete: written to PATH.part, then renamed. Thread: control or
// worker; an object serves one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace timbrel {

// Advice for error messages about files that the command line names.
inline constexpr char advice_other_output[] = "choose another path with -o";

// All functions throw Error with the file's name, the cause and the advice when the file cannot be written.
class AtomicFile {
  public:
    // Creates PATH.part. `advice` ends every error message; empty for none.
    explicit AtomicFile(std::string path, std::string advice = {});
    ~AtomicFile(); // removes an unfinished PATH.part
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::span<const std::byte> bytes);

    // Allocates disk space, so that a full disk is noticed before the work.
    void reserve(uint64_t bytes);

    // The open PATH.part, readable and writable, for libraries that write files themselves. Do not close it.
    int descriptor() const { return file_; }

    // The name PATH.part, for libraries that open files by name.
    const std::string& part_path() const { return part_path_; }

    // Writes everything to the disk, closes PATH.part and returns its name, for a last check before finish().
    const std::string& sync_and_close();

    // Gives the file its name. Calls sync_and_close() if that has not happened.
    void finish();

    // The same without waiting for the disk, for large numbers of files that can easily be written again.
    void finish_unsynced();

    [[noreturn]] void fail(const std::string& cause) const;

  private:
    [[noreturn]] void fail(int error) const;
    void close_part();
    void rename_part();

    std::string path_, advice_, part_path_;
    int file_;
};

} // namespace timbrel
