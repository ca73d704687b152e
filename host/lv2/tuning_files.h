// `--tuning FILE [--keyboard-map FILE]`: Scala's files, checked before they go to the plugin.
#pragma once

#include "host/lv2/instance.h"

#include <string>

namespace timbrel::host {

struct TuningChoice {
    std::string scale, map; // files; empty for none
};

// Throws TuningError when a file cannot be read as a tuning.
void check(const TuningChoice& tuning);

// Asks the plugin for the files there are. Control thread.
void send(const TuningChoice& tuning, Instance& instance);

} // namespace timbrel::host
