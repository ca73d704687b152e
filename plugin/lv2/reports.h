// What became of requests: told by a loader to the audio thread, and to the host's log.
#pragma once

#include "plugin/engine/core/triple_buffer.h"

#include <lv2/log/logger.h>

#include <cstdint>
#include <string>

namespace timbrel::lv2 {

enum class Cause { request, state };

// Report has `message` (FixedText), `changes` (uint32_t), and set(const Wanted&), which takes over what is in force.
template<typename Wanted, typename Report>
class Reports {
  public:
    explicit Reports(const LV2_Log_Logger& log) : log_(log) {}

    // One thread at a time, not the audio thread. `message` tells why a request failed; it is empty when it did not. A
    // change counts unless a state brought it.
    void tell(const Wanted& wanted, const std::string& message, Cause cause) {
        if (!message.empty()) lv2_log_error(&log_, "Timbrel: %s\n", message.c_str());
        changes_ += cause != Cause::state && wanted != told_;
        told_ = wanted;
        Report& report = reports_.draft();
        report.set(wanted);
        report.message.set(message);
        report.changes = changes_;
        reports_.publish();
    }

    // Audio. As Latest.
    bool take() { return reports_.take(); }
    const Report& value() const { return reports_.value(); }

  private:
    LV2_Log_Logger log_;
    Wanted told_;
    uint32_t changes_ = 0;
    engine::Latest<Report> reports_;
};

} // namespace timbrel::lv2
