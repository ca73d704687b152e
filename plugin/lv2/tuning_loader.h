// Reads Scala's files for one instrument, away from the audio thread.
#pragma once

#include "plugin/engine/core/triple_buffer.h"
#include "plugin/engine/engine.h"
#include "plugin/lv2/fixed_text.h"
#include "plugin/lv2/reports.h"
#include "plugin/lv2/shared/ports.h"

#include <mutex>
#include <string>
#include <string_view>

namespace timbrel::lv2 {

// A tuning as a state remembers it; see read_scala(). Without a scale it is equal temperament.
struct WantedTuning {
    std::string scale, map;
    friend bool operator==(const WantedTuning&, const WantedTuning&) = default;
};

// What became of the last request.
struct TuningReport {
    FixedText<path_bytes> scale, map; // in force, or remembered from a session; empty for none
    FixedText<message_bytes> message; // why the last request failed; empty when it did not
    uint32_t changes = 0;             // of the files since construction, but for those that a state brought

    void set(const WantedTuning& wanted) {
        scale.set(wanted.scale);
        map.set(wanted.map);
    }
};

class TuningLoader {
  public:
    // As for BankLoader.
    TuningLoader(engine::Instrument& instrument, const LV2_Log_Logger& log) : instrument_(instrument), reports_(log) {}

    // Audio. What attend() is to do: use that file, empty for none. One that fails leaves the tuning as it was. Paths
    // of path_bytes and more are ignored.
    void request_scale(std::string_view path) { request(scales_, path); }
    void request_map(std::string_view path) { request(maps_, path); }

    // Audio. True when there is a new report; report() stays valid until the next call that returns true.
    bool take_report() { return reports_.take(); }
    const TuningReport& report() const { return reports_.value(); }

    // Work thread, after a request.
    void attend();

    // Any thread but audio: reads a session's files before it returns. When they fail it is equal temperament, but
    // their names are kept. What MIDI told of the first program since stays where the files make what they made, unless
    // it is to be `anew`.
    void load(const WantedTuning& wanted, bool anew);

    // Any thread but audio: what a state has to remember.
    WantedTuning wanted() const;

  private:
    using Request = FixedText<path_bytes>;
    static void request(engine::Latest<Request>& requests, std::string_view path);
    // With mutex_ held, as in BankLoader.
    std::string open(const WantedTuning& wanted, bool anew);
    void use(const engine::Tuning& tuning, bool anew);
    void answer(const std::string& message, Cause cause) { reports_.tell(wanted_, message, cause); }

    engine::Instrument& instrument_;
    mutable std::mutex mutex_; // as in BankLoader
    WantedTuning wanted_;
    engine::Tuning used_ = engine::Tuning::equal(); // what the files made last
    Reports<WantedTuning, TuningReport> reports_;
    engine::Latest<Request> scales_, maps_;
};

} // namespace timbrel::lv2
