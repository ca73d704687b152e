// SPDX-License-Identifier: GPL-3.0-or-later
// The LV2 log feature: prints each message as one line on standard error.
// Threads: any but audio, except that trace messages, which are dropped, may come from the audio thread.
#pragma once

#include "host/lv2/atoms/urid_table.h"

#include <lv2/log/log.h>

namespace timbrel::host {

class Log {
  public:
    explicit Log(UridTable& urids);
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    LV2_Log_Log* feature() { return &feature_; }

  private:
    static int print_line(LV2_Log_Handle self, LV2_URID type, const char* format, ...);
    static int print(LV2_Log_Handle self, LV2_URID type, const char* format, va_list arguments);

    const LV2_URID trace_;
    LV2_Log_Log feature_;
};

} // namespace timbrel::host
