// SPDX-License-Identifier: GPL-3.0-or-later
// Sources that sound through a model: nn:FILE<SOURCE, in which FILE is a TorchScript file and SOURCE any source.
// Thread: any that may allocate; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace timbrel::models {

struct ModelFilter {
    std::string model, source;
};

// The two parts of a source of this kind, empty where they are missing; nothing for other sources. `source`: without
// the options of source_options.h.
std::optional<ModelFilter> split_filter(std::string_view source);

} // namespace timbrel::models
