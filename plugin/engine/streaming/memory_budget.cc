#include "plugin/engine/streaming/memory_budget.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace timbrel::engine {

namespace {

constexpr uint64_t unlimited = std::numeric_limits<uint64_t>::max();

// The number in a file that holds nothing else; "max" and a missing file are no limit.
uint64_t number_in(const std::string& path) {
    uint64_t number = 0;
    return std::ifstream(path) >> number ? number : unlimited;
}

uint64_t available() {
    std::ifstream file("/proc/meminfo");
    for (std::string name; file >> name;) {
        uint64_t kilobytes = 0;
        if (name == "MemAvailable:" && file >> kilobytes) return kilobytes * 1024;
    }
    return unlimited;
}

// The least limit from the group up to the root. Pages of files count against it, so the whole limit is room.
uint64_t limit_of(const std::string& root, std::string group, const char* file) {
    uint64_t least = unlimited;
    for (;; group.erase(group.rfind('/'))) {
        least = std::min(least, number_in(root + group + "/" + file));
        if (group.find('/') == std::string::npos) return least;
    }
}

uint64_t group_limit() {
    uint64_t least = unlimited;
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);) {
        const auto group = line.substr(std::min(line.size(), line.find('/')));
        if (line.rfind("0::", 0) == 0)
            least = std::min(least, limit_of("/sys/fs/cgroup", group, "memory.max"));
        else if (line.find(":memory:") != std::string::npos)
            least = std::min(least, limit_of("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
    return least;
}

} // namespace

uint64_t memory_room() { return std::min(available(), group_limit()); }

} // namespace timbrel::engine
