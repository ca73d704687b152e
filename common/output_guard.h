// Keeps a command from writing over what it reads.
#pragma once

#include "common/error.h"

#include <filesystem>
#include <initializer_list>
#include <string>

namespace timbrel {

// Throws UsageError when `output` is one of the files that are read. Empty names and missing files are none.
inline void keep_apart(const std::string& output, std::initializer_list<std::string> inputs) {
    for (const std::string& input : inputs) {
        std::error_code missing;
        if (!input.empty() && std::filesystem::equivalent(output, input, missing))
            throw UsageError(output + " is read by this command; choose another name to write to");
    }
}

} // namespace timbrel
