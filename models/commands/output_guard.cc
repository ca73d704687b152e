#include "models/commands/commands.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <unistd.h>

namespace timbrel::models {
namespace {

namespace fs = std::filesystem;

// One file under two names, which may be yet to be written.
bool same_file(const std::string& a, const std::string& b) {
    std::error_code missing;
    const auto whole = [&](const std::string& name) { return fs::weakly_canonical(fs::absolute(name), missing); };
    return fs::equivalent(a, b, missing) || whole(a) == whole(b);
}

} // namespace

void keep_apart(const std::vector<std::string>& outputs, const std::vector<std::string>& inputs) {
    for (size_t i = 0; i < outputs.size(); ++i) {
        if (outputs[i].empty()) continue;
        for (const auto& input : inputs)
            if (!input.empty() && same_file(outputs[i], input))
                throw CLI::ValidationError(outputs[i], "is read by this command, choose another name to write to");
        for (size_t k = 0; k < i; ++k)
            if (!outputs[k].empty() && same_file(outputs[i], outputs[k]))
                throw CLI::ValidationError(outputs[i], "is to be written twice, give each output a name of its own");
    }
}

void must_be_writable(const std::string& output) {
    const auto folder = fs::absolute(output).parent_path();
    if (access(folder.c_str(), W_OK | X_OK) != 0)
        throw std::runtime_error(output + ": cannot be written (" + folder.string() + ": " + std::strerror(errno) +
                                 "); choose another place with -o");
    if (fs::is_directory(output)) throw std::runtime_error(output + ": is a folder; name a file with -o");
}

} // namespace timbrel::models
