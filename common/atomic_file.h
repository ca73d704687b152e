// SPDX-License-Identifier: GPL-3.0-or-later
// A file that appears under its name only when it is complete: written under a unique name in the same folder, then
// renamed. Of several writers of one name, the last one to finish wins, and each prints a line. A link is followed, so
// that its target is replaced and not the link; a device or FIFO gets the bytes when they are complete. What killed
// programs have left in the folder is removed. Thread: control or worker; an object serves one thread at a time.
#pragma once

#include "common/rival_writers.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace timbrel {

// Advice for error messages about files that the command line names.
inline constexpr char advice_other_output[] = "choose another path with -o";

// All functions throw Error with the file's name, the cause and the advice when the file cannot be written.
class AtomicFile {
  public:
    // Creates the temporary file. `advice` ends every error message; empty for none.
    explicit AtomicFile(std::string path, std::string advice = {});
    ~AtomicFile(); // removes an unfinished temporary file
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::span<const std::byte> bytes);

    // Allocates disk space, so that a full disk is noticed before the work.
    void reserve(uint64_t bytes);

    // The open temporary file, readable and writable, for libraries that write files themselves. Do not close it.
    int descriptor() const { return file_; }

    // Its name, for libraries that open files by name.
    const std::string& part_path() const { return part_path_; }

    // Gives the file its name already now, for a file that is whole at any time and grows, as a recording does. Writing
    // goes on. Nothing happens to a device or FIFO.
    void publish();

    // Writes everything to the disk, closes the temporary file and returns its name, for a last check before finish().
    const std::string& sync_and_close();

    // Gives the file its name, and syncs the folder. Calls sync_and_close() if that has not happened.
    void finish();

    // The same without waiting for the disk, for large numbers of files that can easily be written again.
    void finish_unsynced();

    [[noreturn]] void fail(const std::string& cause) const;

  private:
    [[noreturn]] void fail(int error) const;
    void find_target();
    void create(const std::string& folder);
    void close_part();
    void complete();
    void copy_to_target();
    bool is_replaced() const;
    void copy_from(int in);
    void warn_of_rivals();

    std::string path_, advice_;
    std::string target_;    // the path with links resolved
    std::string part_path_; // empty once it has its name
    bool is_file_ = true;   // the target, and not a device or FIFO
    int file_ = -1;
    int lock_ = -1;                      // keeps the lock that marks a file as in use and no leftover
    std::optional<RivalWriters> rivals_; // nothing for a device or FIFO
};

// The bytes of a small file; nothing if it cannot be read.
std::optional<std::string> read_whole_file(const std::string& path);

// Writes and finishes a small file.
void write_whole_file(const std::string& path, std::string_view bytes);

} // namespace timbrel
