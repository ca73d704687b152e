// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/log.h"

#include <cstdarg>
#include <cstdio>

namespace timbrel::host {

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
    return std::vfprintf(stderr, format, arguments);
}

} // namespace timbrel::host
