// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/streaming/memory_budget.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace timbrel::engine {

namespace {

constexpr uint64_t unlimited = std::numeric_limits<uint64_t>::max();

// The number that is a file's only content; unlimited for "max" and for a missing file.
uint64_t read_limit(const std::string& path) {
    uint64_t number = 0;
    return std::ifstream(path) >> number ? number : unlimited;
}

// The number after a name in a file of names and numbers; `missing` if it is not there.
uint64_t read_number(const std::string& path, const std::string& wanted, uint64_t missing) {
    std::ifstream file(path);
    std::string name;
    for (uint64_t number = 0; file >> name; file.clear())
        if (file >> number && name == wanted) return number;
    return missing;
}

uint64_t machine_available() {
    const uint64_t kilobytes = read_number("/proc/meminfo", "MemAvailable:", unlimited);
    return kilobytes == unlimited ? unlimited : kilobytes * 1024;
}

// The least that is left from the group up to the root: the limit minus the programs' anonymous memory, an entry of
// memory.stat. The rest of what a group uses is page cache, which the kernel can reclaim.
uint64_t hierarchy_left(const std::string& root, std::string group, const char* limit_file, const char* used_entry) {
    uint64_t least = unlimited;
    for (;; group.erase(group.rfind('/'))) {
        const std::string folder = root + group + "/";
        if (const uint64_t limit = read_limit(folder + limit_file); limit != unlimited)
            least = std::min(least, limit - std::min(limit, read_number(folder + "memory.stat", used_entry, 0)));
        if (group.find('/') == std::string::npos) return least;
    }
}

uint64_t control_group_left() {
    uint64_t least = unlimited;
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);) {
        const auto group = line.substr(std::min(line.size(), line.find('/')));
        if (line.rfind("0::", 0) == 0)
            least = std::min(least, hierarchy_left("/sys/fs/cgroup", group, "memory.max", "anon"));
        else if (line.find(":memory:") != std::string::npos)
            least =
                std::min(least, hierarchy_left("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes", "total_rss"));
    }
    return least;
}

} // namespace

uint64_t available_memory() { return std::min(machine_available(), control_group_left()); }

} // namespace timbrel::engine
