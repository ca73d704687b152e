// Opens banks for one instrument, so that no host's worker, main loop or audio thread ever waits for a disk. A bank
// that is missing is looked for again and again until it is back.
#pragma once

#include "plugin/engine/core/triple_buffer.h"
#include "plugin/engine/engine.h"
#include "plugin/lv2/fixed_text.h"
#include "plugin/lv2/reports.h"
#include "plugin/lv2/shared/bank_search.h"
#include "plugin/lv2/shared/ports.h"

#include <mutex>
#include <string>
#include <string_view>

namespace timbrel::lv2 {

// What became of the last request.
struct BankReport {
    FixedText<path_bytes> path;       // the bank that plays, or that a session waits for; empty for none
    FixedText<message_bytes> message; // why the last request failed; empty when it did not
    uint32_t changes = 0;             // of the path since construction, but for those that a state brought

    void set(const std::string& wanted) { path.set(wanted); }
};

class BankLoader {
  public:
    // `instrument` must outlive the loader. The texts of failures go to `log`, from threads other than the audio
    // thread.
    BankLoader(engine::Instrument& instrument, const LV2_Log_Logger& log) : instrument_(instrument), reports_(log) {}

    // Audio. What attend() is to do: open the bank at `path` (empty for none), or the one of that number among the
    // installed banks, counted from 0. A later request overtakes an earlier one; one that fails, or a number that
    // there is not, leaves the bank as it was. Paths of path_bytes and more are ignored.
    void request(std::string_view path);
    void request_program(uint32_t number);

    // Audio. True when there is a new report; report() stays valid until the next call that returns true.
    bool take_report() { return reports_.take(); }
    const BankReport& report() const { return reports_.value(); }

    // Work thread, after a request and now and then.
    void attend();

    // Any thread but audio: opens a session's bank before it returns. One that is missing is waited for, in silence.
    void load(const WantedBank& wanted);

    // Any thread but audio: what a state has to remember.
    WantedBank wanted() const;

  private:
    struct Request {
        FixedText<path_bytes> path;
        int64_t program = -1; // when not negative, asked for instead of the path
    };
    // With mutex_ held. open() says why it failed, and then leaves the instrument as it was.
    void carry_out(const Request& request);
    std::string open(const WantedBank& wanted);
    void answer(const std::string& message, Cause cause) { reports_.tell(wanted_.path, message, cause); }

    engine::Instrument& instrument_;
    // Guards what follows up to the writer's side of reports_; never taken by the audio thread.
    mutable std::mutex mutex_;
    WantedBank wanted_;
    bool missing_ = false;
    Reports<std::string, BankReport> reports_;
    engine::Latest<Request> requests_;
};

} // namespace timbrel::lv2
