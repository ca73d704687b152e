// SPDX-License-Identifier: GPL-3.0-or-later
// Publishes the result of requests: from a loader to the audio thread and to the host's log.
#pragma once

#include "common/foreign_text.h"
#include "common/realtime.h"
#include "plugin/engine/core/triple_buffer.h"

#include <lv2/log/logger.h>

#include <cstdint>
#include <string>

namespace timbrel::lv2 {

enum class Origin { request, state }; // what caused a change

// Report has `message` (FixedText), `changes` (uint32_t), and set(const Current&).
template<typename Current, typename Report>
class ReportPublisher {
  public:
    explicit ReportPublisher(const LV2_Log_Logger& log) : log_(log) {}

    // Control, worker; one thread at a time. `current`: what is in use after the request. `message`: why the request
    // failed, empty when it succeeded. Only changes by requests are counted.
    void publish(const Current& current, const std::string& message, Origin origin) {
        if (!message.empty()) lv2_log_error(&log_, "Timbrel: %s\n", printable(message, max_printed_line).c_str());
        changes_ += origin != Origin::state && current != last_;
        last_ = current;
        Report& report = reports_.draft();
        report.set(current);
        report.message.set(message);
        report.changes = changes_;
        reports_.publish();
    }

    // Audio. See TripleBuffer.
    bool take() noexcept TIMBREL_REALTIME { return reports_.take(); }
    const Report& value() const noexcept TIMBREL_REALTIME { return reports_.value(); }

  private:
    LV2_Log_Logger log_;
    Current last_;
    uint32_t changes_ = 0;
    engine::TripleBuffer<Report> reports_;
};

} // namespace timbrel::lv2
