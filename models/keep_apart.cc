#include "models/commands.h"

#include <filesystem>

namespace timbrel {

void keep_apart(const std::string& output, const std::vector<std::string>& inputs) {
    for (const auto& input : inputs) {
        std::error_code missing;
        if (std::filesystem::equivalent(output, input, missing))
            throw CLI::ValidationError(output, "is read by this command, choose another name to write to");
    }
}

} // namespace timbrel
