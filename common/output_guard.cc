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

void require_writable(const std::string& output) {
    const fs::path folder = fs::absolute(output).parent_path();
    if (access(folder.c_str(), W_OK | X_OK) != 0) {
        const int error = errno;
        throw Error(output + ": cannot be written (" + folder.string() + ": " + std::strerror(error) +
                    "); choose another path with -o");
    }
    if (fs::is_directory(output)) throw Error(output + ": is a folder; name a file with -o");
}

} // namespace timbrel
