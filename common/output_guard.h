// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of output paths before a command starts its work. Thread: control.
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

// Throws Error when the folder of `output` is missing or not writable, or when `output` is itself a folder.
void require_writable(const std::string& output);

} // namespace timbrel
