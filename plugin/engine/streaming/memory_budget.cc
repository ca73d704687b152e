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

uint64_t machine_available() {
    std::ifstream file("/proc/meminfo");
    for (std::string name; file >> name;) {
        uint64_t kilobytes = 0;
        if (name == "MemAvailable:" && file >> kilobytes) return kilobytes * 1024;
    }
    return unlimited;
}

// The least limit from the group up to the root. The whole limit counts as available: what the group uses includes the
// page cache, which the kernel can reclaim.
uint64_t hierarchy_limit(const std::string& root, std::string group, const char* file) {
    uint64_t least = unlimited;
    for (;; group.erase(group.rfind('/'))) {
        least = std::min(least, read_limit(root + group + "/" + file));
        if (group.find('/') == std::string::npos) return least;
    }
}

uint64_t control_group_limit() {
    uint64_t least = unlimited;
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);) {
        const auto group = line.substr(std::min(line.size(), line.find('/')));
        if (line.rfind("0::", 0) == 0)
            least = std::min(least, hierarchy_limit("/sys/fs/cgroup", group, "memory.max"));
        else if (line.find(":memory:") != std::string::npos)
            least = std::min(least, hierarchy_limit("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
    return least;
}

} // namespace

uint64_t available_memory() { return std::min(machine_available(), control_group_limit()); }

} // namespace timbrel::engine
