// SPDX-License-Identifier: GPL-3.0-or-later
// A folder for a test, and small text files in it. Thread: the test's.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace timbrel::test {

namespace fs = std::filesystem;

// Removed with its contents by the destructor.
class TemporaryFolder {
  public:
    explicit TemporaryFolder(const fs::path& parent = fs::temp_directory_path()) {
        std::string name = (parent / "timbrel-test-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("cannot create a temporary folder");
        path_ = name;
    }
    ~TemporaryFolder() { fs::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const fs::path& path() const { return path_; }
    std::string file(const std::string& name) const { return (path_ / name).string(); }

  private:
    fs::path path_;
};

inline void write_text(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

inline std::string read_text(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline size_t file_count(const TemporaryFolder& folder) {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder.path()), {}));
}

} // namespace timbrel::test
