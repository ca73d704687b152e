// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of output paths before a command starts its work, and folders for the outputs. Thread: control.
#pragma once

#include <concepts>
#include <string>
#include <vector>

namespace timbrel {

// Throws UsageError when an output is one of the inputs or another output, under any name. Empty names are skipped.
void reject_overwrite(const std::vector<std::string>& outputs, const std::vector<std::string>& inputs);

// The same for a single output. A template, so that a braced list always means the overload above.
void reject_overwrite(const std::same_as<std::string> auto& output, const std::vector<std::string>& inputs) {
    reject_overwrite(std::vector<std::string>{output}, inputs);
}

// Creates the folder, and those above it that are missing. Throws Error with the system's reason and the advice, which
// may be empty, when that fails.
void create_folder(const std::string& folder, const std::string& advice = {});

// Throws Error when the folder of `output` is missing or not writable, or when `output` is itself a folder.
void require_writable(const std::string& output);

} // namespace timbrel
