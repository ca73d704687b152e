// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/input/uri_list.h"

#include <array>
#include <charconv>
#include <unistd.h>

namespace timbrel::ui {

namespace {

std::string decode(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        if (text[i] == '%' && digits.size() == 2 &&
            std::from_chars(digits.data(), digits.data() + 2, value, 16).ptr == digits.data() + 2) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

// Whether the host in a file URI is this machine.
bool is_local(std::string_view host) {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return host.empty() || host == "localhost" || host == name.data();
}

} // namespace

std::vector<std::string> paths_of_uri_list(std::string_view list) {
    constexpr std::string_view scheme = "file:";
    std::vector<std::string> paths;
    while (!list.empty()) {
        const size_t end = std::min(list.find_first_of("\r\n"), list.size());
        std::string_view line = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        if (!line.starts_with(scheme)) continue;
        line.remove_prefix(scheme.size());
        if (line.starts_with("//")) {
            const size_t path = std::min(line.find('/', 2), line.size());
            if (!is_local(line.substr(2, path - 2))) continue;
            line.remove_prefix(path);
        }
        std::string path = decode(line);
        while (path.size() > 1 && path.back() == '/') path.pop_back();
        if (path.starts_with('/') && path.find('\0') == path.npos) paths.push_back(std::move(path));
    }
    return paths;
}

} // namespace timbrel::ui
