// SPDX-License-Identifier: GPL-3.0-or-later
// Scala tuning files (--tuning FILE [--keyboard-map FILE]), checked before they are sent to the plugin. Thread:
// control.
#pragma once

#include "host/lv2/instance.h"

#include <string>

namespace timbrel::host {

struct TuningFiles {
    std::string scale, map; // .scl and .kbm files; empty for none
};

// Throws TuningError if a file is not a valid tuning.
void check_tuning_files(const TuningFiles& tuning);

// Sends the files' paths to the plugin; nothing without a scale.
void send_tuning_files(const TuningFiles& tuning, Instance& instance);

} // namespace timbrel::host
