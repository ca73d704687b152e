// Opens banks for one instrument on a thread of its own, so that no host's worker, main loop or audio thread ever waits
// for a disk. A bank that is missing is looked for again every few seconds until it is back.
#pragma once

#include "plugin/engine/instrument.h"
#include "plugin/engine/latest.h"
#include "plugin/lv2/ports.h"

#include <lv2/log/logger.h>

#include <array>
#include <atomic>
#include <mutex>
#include <semaphore.h>
#include <string>
#include <thread>

namespace timbrel::lv2 {

// What became of the last request. Texts end in NUL.
struct BankReport {
    std::array<char, path_bytes> path{}; // the bank that plays, or that a session waits for; empty for none
    std::array<char, 1024> message{};    // why the last request failed; empty when it did not
};

// A bank as a state remembers it.
struct WantedBank {
    std::string path; // empty for none
    std::string id;   // empty when not yet known
};

class BankLoader {
  public:
    // `instrument` must outlive the loader. The texts of failures go to `log`, from threads other than the audio
    // thread.
    BankLoader(Instrument& instrument, const LV2_Log_Logger& log);
    ~BankLoader(); // joins the thread

    // Audio. Asks for the bank at `path` (`size` bytes, with or without a NUL; empty for none); a later request
    // overtakes an earlier one, one that fails leaves the bank as it was. Paths longer than path_bytes are ignored.
    void request(const char* path, uint32_t size);

    // Audio, while freewheeling only: waits until nothing is being loaded.
    void wait() const;

    // Audio. True when there is a new report; report() stays valid until the next call that returns true.
    bool take_report() { return reports_.take(); }
    const BankReport& report() const { return reports_.value(); }

    // Any thread but audio: opens a session's bank before it returns. One that is missing is waited for, in silence.
    void load(const WantedBank& wanted);

    // Any thread but audio: what a state has to remember.
    WantedBank wanted() const;

  private:
    struct Request {
        std::array<char, path_bytes> path{};
    };
    void work();
    // With mutex_ held. open() says why it failed, and then leaves the instrument as it was; answer() publishes a
    // report.
    std::string open(const WantedBank& wanted);
    void answer(const std::string& message);

    Instrument& instrument_;
    LV2_Log_Logger log_;
    mutable std::mutex
        mutex_; // guards wanted_, missing_ and the writer's side of reports_; never taken by the audio thread
    WantedBank wanted_;
    bool missing_ = false;
    Latest<BankReport> reports_;
    Latest<Request> requests_;
    std::atomic<uint32_t> asked_{0};
    std::atomic<uint32_t> answered_{0};
    std::atomic<bool> stop_{false};
    sem_t wake_;
    std::thread thread_;
};

} // namespace timbrel::lv2
