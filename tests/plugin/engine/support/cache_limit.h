// Puts this process into a control group of its own that allows it only so much memory, page cache included.
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
        // The second version's file is missing where the memory controller is not handed down.
        for (const auto& [root, file] : {std::pair{"/sys/fs/cgroup/memory/", "memory.limit_in_bytes"},
                                         std::pair{"/sys/fs/cgroup/", "memory.max"}}) {
            std::error_code refused;
            const auto group = std::filesystem::path(root) / name;
            if (!std::filesystem::create_directory(group, refused)) continue;
            holds_ = put(group / file, bytes) && put(group / "cgroup.procs", static_cast<uint64_t>(getpid()));
            group_ = group;
            if (holds_) return;
            leave();
        }
    }
    ~CacheLimit() { leave(); }
    CacheLimit(const CacheLimit&) = delete;
    CacheLimit& operator=(const CacheLimit&) = delete;

    bool holds() const { return holds_; }

  private:
    static bool put(const std::filesystem::path& file, uint64_t number) {
        if (!std::filesystem::exists(file)) return false;
        std::ofstream out(file);
        return static_cast<bool>(out << number << std::flush);
    }
    void leave() {
        if (group_.empty()) return;
        put(group_.parent_path() / "cgroup.procs", static_cast<uint64_t>(getpid()));
        std::error_code ignored;
        std::filesystem::remove(group_, ignored);
        group_.clear();
    }

    std::filesystem::path group_;
    bool holds_ = false;
};

} // namespace timbrel::test
