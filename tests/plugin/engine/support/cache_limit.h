// SPDX-License-Identifier: GPL-3.0-or-later
// Moves this process into a new control group with a limit on memory, page cache included. The destructor undoes it.
// Thread: control.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

namespace timbrel::test {

class CacheLimit {
  public:
    explicit CacheLimit(uint64_t bytes) {
        const std::string name = "timbrel-" + std::to_string(getpid());
        // Control groups version 1, then 2. In version 2 the file is missing unless the memory controller is delegated.
        for (const auto& [root, file] : {std::pair{"/sys/fs/cgroup/memory/", "memory.limit_in_bytes"},
                                         std::pair{"/sys/fs/cgroup/", "memory.max"}}) {
            std::error_code error;
            const auto group = std::filesystem::path(root) / name;
            if (!std::filesystem::create_directory(group, error)) continue;
            active_ = write_number(group / file, bytes) &&
                      write_number(group / "cgroup.procs", static_cast<uint64_t>(getpid()));
            group_ = group;
            if (active_) return;
            remove_group();
        }
    }
    ~CacheLimit() { remove_group(); }
    CacheLimit(const CacheLimit&) = delete;
    CacheLimit& operator=(const CacheLimit&) = delete;

    bool active() const { return active_; }

  private:
    static bool write_number(const std::filesystem::path& file, uint64_t number) {
        if (!std::filesystem::exists(file)) return false;
        std::ofstream out(file);
        return static_cast<bool>(out << number << std::flush);
    }
    void remove_group() {
        if (group_.empty()) return;
        write_number(group_.parent_path() / "cgroup.procs", static_cast<uint64_t>(getpid()));
        std::error_code error;
        std::filesystem::remove(group_, error);
        group_.clear();
    }

    std::filesystem::path group_;
    bool active_ = false;
};

} // namespace timbrel::test
