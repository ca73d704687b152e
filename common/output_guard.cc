// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/output_guard.h"

#include "common/error.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace timbrel {

namespace {

namespace fs = std::filesystem;

// Whether both names mean one file. The file need not exist yet.
bool same_file(const std::string& a, const std::string& b) {
    std::error_code ignored;
    const auto canonical = [&](const std::string& name) { return fs::weakly_canonical(fs::absolute(name), ignored); };
    return fs::equivalent(a, b, ignored) || canonical(a) == canonical(b);
}

} // namespace

void reject_overwrite(const std::vector<std::string>& outputs, const std::vector<std::string>& inputs) {
    for (size_t i = 0; i < outputs.size(); ++i) {
        if (outputs[i].empty()) continue;
        for (const std::string& input : inputs)
            if (!input.empty() && same_file(outputs[i], input))
                throw UsageError(outputs[i] + " is read by this command; choose another name to write to");
        for (size_t k = 0; k < i; ++k)
            if (!outputs[k].empty() && same_file(outputs[i], outputs[k]))
                throw UsageError(outputs[i] + " would be written twice; choose a different name for each output");
    }
}

void create_folder(const std::string& folder, const std::string& advice) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        throw Error(folder + ": the folder cannot be created (" + error.message() + ")" + (advice.empty() ? "" : "; ") +
                    advice);
}

void require_writable(const std::string& output) {
    std::error_code ignored;
    const fs::path target = fs::weakly_canonical(fs::absolute(output), ignored);
    if (fs::is_directory(target, ignored)) throw Error(output + ": is a folder; name a file with -o");
    // A device or FIFO is written to itself, a file is replaced by a new one in its folder.
    const bool is_file = !fs::exists(target, ignored) || fs::is_regular_file(target, ignored);
    const fs::path written = is_file ? target.parent_path() : target;
    if (access(written.c_str(), is_file ? W_OK | X_OK : W_OK) == 0) return;
    const int error = errno;
    throw Error(output + ": cannot be written (" + written.string() + ": " + std::strerror(error) +
                "); choose another path with -o");
}

} // namespace timbrel
