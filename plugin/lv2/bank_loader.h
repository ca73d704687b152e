// SPDX-License-Identifier: GPL-3.0-or-later
// Opens banks for one synth on a worker thread, so that no thread of the host waits for a disk. A session's bank that
// is missing is looked for again until it is found. Reports once when the file of the bank in use changes or cannot be
// read, and once when it is as it was again.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/triple_buffer.h"
#include "plugin/engine/synth.h"
#include "plugin/lv2/fixed_text.h"
#include "plugin/lv2/report_publisher.h"
#include "plugin/lv2/shared/bank_recipe.h"
#include "plugin/lv2/shared/bank_search.h"
#include "plugin/lv2/shared/ports.h"

#include <mutex>
#include <string>
#include <string_view>

namespace timbrel::lv2 {

// The current bank, or the missing one of a session.
struct CurrentBank {
    std::string path;                                                              // empty for none
    std::string lost_recipe;                                                       // of the missing one
    bool operator==(const CurrentBank& other) const { return path == other.path; } // what counts as a change
};

// The result of the last request.
struct BankReport {
    FixedText<path_bytes> path;       // the current bank, or the missing one of a session; empty for none
    FixedText<message_bytes> message; // why the last request failed, or what is wrong with the file in use; or empty
    FixedText<recipe_bytes> recipe;   // of a session's bank that is missing; empty when it is not, or without recipe
    uint32_t changes = 0;             // changes of the path since construction, except those by a restored state

    void set(const CurrentBank& current) {
        path.set(current.path);
        recipe.set(current.lost_recipe);
    }
};

class BankLoader {
  public:
    // Control. `synth` must outlive the loader. Failures are logged to `log`, never from the audio thread.
    BankLoader(engine::Synth& synth, const LV2_Log_Logger& log) : synth_(synth), reports_(log) {}

    // Audio. Requests, for the next process_requests(), the bank at `path` (empty for none), or an installed bank by
    // its number (from 0, in the order of installed_banks()). A later request replaces an earlier one. A request that
    // fails, or a number without a bank, leaves the current bank. Paths of path_bytes and more are ignored.
    void request(std::string_view path) noexcept TIMBREL_REALTIME;
    void request_program(uint32_t number) noexcept TIMBREL_REALTIME;

    // Audio. True when there is a new report; report() is valid until the next call that returns true.
    bool take_report() noexcept TIMBREL_REALTIME { return reports_.take(); }
    const BankReport& report() const noexcept TIMBREL_REALTIME { return reports_.value(); }

    // Worker, after a request and periodically.
    void process_requests();

    // Control, worker. Opens a session's bank before it returns. A missing one is looked for by process_requests().
    void load(const BankReference& reference);

    // Control, worker. What a state has to store.
    BankReference reference() const;

  private:
    struct Request {
        FixedText<path_bytes> path;
        int64_t program = -1; // replaces the path unless negative
    };
    void check_file();
    // With mutex_ locked. open() returns why it failed, and then leaves the synth unchanged.
    void execute(const Request& request);
    std::string open(const BankReference& reference);
    void publish(const std::string& message, Origin origin) {
        reports_.publish({reference_.path, missing_ ? reference_.recipe : std::string()}, message, origin);
    }

    engine::Synth& synth_;
    // Guards the members up to the writing side of reports_; the audio thread never locks it.
    mutable std::mutex mutex_;
    BankReference reference_;
    bool missing_ = false;
    std::string reported_fault_; // of the file of the bank in use
    ReportPublisher<CurrentBank, BankReport> reports_;
    engine::TripleBuffer<Request> requests_;
};

} // namespace timbrel::lv2
