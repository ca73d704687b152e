// The feature through which plugins print: each message becomes a line on standard error. Not for the audio thread,
// except for trace messages, which are dropped.
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
