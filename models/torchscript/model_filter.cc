// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/torchscript/model_filter.h"

#include <algorithm>

namespace timbrel::models {

std::optional<ModelFilter> split_filter(std::string_view source) {
    constexpr std::string_view prefix = "nn:";
    if (!source.starts_with(prefix)) return {};
    source.remove_prefix(prefix.size());
    const size_t end = std::min(source.find('<'), source.size());
    return ModelFilter{std::string(source.substr(0, end)),
                       std::string(source.substr(std::min(end + 1, source.size())))};
}

} // namespace timbrel::models
