// SPDX-License-Identifier: GPL-3.0-or-later
// Reads Scala files for one synth on a worker thread.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/triple_buffer.h"
#include "plugin/engine/synth.h"
#include "plugin/lv2/fixed_text.h"
#include "plugin/lv2/report_publisher.h"
#include "plugin/lv2/shared/ports.h"

#include <mutex>
#include <string>
#include <string_view>

namespace timbrel::lv2 {

// A tuning as a state stores it: paths of a scale and a keyboard map, see read_scala(). Without a scale it is equal
// temperament.
struct TuningFiles {
    std::string scale, map;
    friend bool operator==(const TuningFiles&, const TuningFiles&) = default;
};

// The result of the last request.
struct TuningReport {
    FixedText<path_bytes> scale, map; // the current files, or the unreadable ones of a session; empty for none
    FixedText<message_bytes> message; // why the last request failed; empty when it succeeded
    uint32_t changes = 0;             // changes of the files since construction, except those by a restored state

    void set(const TuningFiles& current) {
        scale.set(current.scale);
        map.set(current.map);
    }
};

class TuningLoader {
  public:
    // Control. `synth` must outlive the loader. Failures are logged to `log`, never from the audio thread.
    TuningLoader(engine::Synth& synth, const LV2_Log_Logger& log) : synth_(synth), reports_(log) {}

    // Audio. Requests a file for the next process_requests(); empty for none. A file that cannot be read leaves the
    // tuning unchanged. Paths of path_bytes and more are ignored.
    void request_scale(std::string_view path) noexcept TIMBREL_REALTIME { request(scales_, path); }
    void request_map(std::string_view path) noexcept TIMBREL_REALTIME { request(maps_, path); }

    // Audio. True when there is a new report; report() is valid until the next call that returns true.
    bool take_report() noexcept TIMBREL_REALTIME { return reports_.take(); }
    const TuningReport& report() const noexcept TIMBREL_REALTIME { return reports_.value(); }

    // Worker, after a request.
    void process_requests();

    // Control, worker. Reads a session's files before it returns. When they cannot be read, the tuning is equal
    // temperament, in place of the scale, but the paths are kept. Files that give the same tuning as the last ones are
    // not applied again, so that changes of the first tuning program by MIDI stay; `force` applies them always.
    void load(const TuningFiles& files, bool force);

    // Control, worker. What a state has to store.
    TuningFiles files() const;

  private:
    using Request = FixedText<path_bytes>;
    static void request(engine::TripleBuffer<Request>& requests, std::string_view path) noexcept TIMBREL_REALTIME;
    // With mutex_ locked. open() returns why it failed, and then leaves the synth unchanged.
    std::string open(const TuningFiles& files, bool force);
    // `is_scale`: from a file; otherwise the notes may follow a session's tuning master.
    void apply(const engine::Tuning& tuning, bool is_scale, bool force);
    void publish(const std::string& message, Origin origin) { reports_.publish(files_, message, origin); }

    engine::Synth& synth_;
    // Guards the members up to the writing side of reports_; the audio thread never locks it.
    mutable std::mutex mutex_;
    TuningFiles files_;
    engine::Tuning applied_ = engine::Tuning::equal(); // from the files, without changes by MIDI
    bool applied_scale_ = false;
    ReportPublisher<TuningFiles, TuningReport> reports_;
    engine::TripleBuffer<Request> scales_, maps_;
};

} // namespace timbrel::lv2
