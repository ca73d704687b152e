#include "models/commands.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <unistd.h>

namespace timbrel {

void keep_apart(const std::string& output, const std::vector<std::string>& inputs) {
    for (const auto& input : inputs) {
        std::error_code missing;
        if (std::filesystem::equivalent(output, input, missing))
            throw CLI::ValidationError(output, "is read by this command, choose another name to write to");
    }
}

void must_be_writable(const std::string& output) {
    const auto folder = std::filesystem::absolute(output).parent_path();
    if (access(folder.c_str(), W_OK | X_OK) != 0)
        throw std::runtime_error(output + ": cannot be written (" + folder.string() + ": " + std::strerror(errno) +
                                 "); choose another place with -o");
    if (std::filesystem::is_directory(output)) throw std::runtime_error(output + ": is a folder; name a file with -o");
}

} // namespace timbrel
