// SPDX-License-Identifier: GPL-3.0-or-later
// A bake service of its own for a test or benchmark. Thread: the test's.
#pragma once

#include "tests/host/support/process.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace timbrel::test {

class BakeServiceFolder {
  public:
    // Services that this process starts meet in that folder. The program is that of the build.
    explicit BakeServiceFolder(std::string folder) : folder_(std::move(folder)) {
        setenv("XDG_RUNTIME_DIR", folder_.c_str(), 1);
        setenv("PATH", (std::string(BAKE_FOLDER) + ":" + std::getenv("PATH")).c_str(), 1);
    }
    ~BakeServiceFolder() { signal(SIGKILL); }
    BakeServiceFolder(const BakeServiceFolder&) = delete;
    BakeServiceFolder& operator=(const BakeServiceFolder&) = delete;

    // Sends a signal to the service and to its bakes.
    void signal(int number) const {
        for (const pid_t process : processes()) kill(process, number);
    }
    // The number of these processes.
    size_t count() const { return processes().size(); }

  private:
    std::vector<pid_t> processes() const {
        std::vector<pid_t> found;
        for (const auto& process : std::filesystem::directory_iterator("/proc")) {
            const std::string files = process.path().string();
            if (read_file(files + "/cmdline").find("timbrel-bake") != std::string::npos &&
                read_file(files + "/environ").find(folder_) != std::string::npos)
                found.push_back(std::atoi(process.path().filename().c_str()));
        }
        return found;
    }

    std::string folder_;
};

} // namespace timbrel::test
