// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/log.h"

#include "common/foreign_text.h"

#include <cstdarg>
#include <cstdio>
#include <string_view>

namespace timbrel::host {

namespace {
constexpr size_t max_message_bytes = 4096;
} // namespace

Log::Log(UridTable& urids) : trace_(urids.map(LV2_LOG__Trace)) {
    feature_.handle = this;
    feature_.printf = &Log::print_line;
    feature_.vprintf = &Log::print;
}

int Log::print_line(LV2_Log_Handle self, LV2_URID type, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int count = print(self, type, format, arguments);
    va_end(arguments);
    return count;
}

int Log::print(LV2_Log_Handle self, LV2_URID type, const char* format, va_list arguments) {
    if (type == static_cast<Log*>(self)->trace_) return 0;
    char text[max_message_bytes];
    const int bytes = std::vsnprintf(text, sizeof text, format, arguments);
    std::string_view rest = bytes < 0 ? "" : text;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        const bool ended = end != rest.npos;
        std::fprintf(stderr, "%s%s", printable(rest.substr(0, end), sizeof text).c_str(), ended ? "\n" : "");
        rest = ended ? rest.substr(end + 1) : std::string_view();
    }
    return bytes;
}

} // namespace timbrel::host
