// SPDX-License-Identifier: GPL-3.0-or-later
// The thread that reads a bank from the disk ahead of the voices that play it.
// Thread: control or worker for all public functions; several threads at once. It runs at SCHED_RR 1 if permitted.
#pragma once

#include "plugin/engine/streaming/held_pages.h"
#include "plugin/engine/streaming/streamed_bank.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace timbrel::engine {

class StreamThread {
  public:
    // One channel for each voice; they must outlive the thread.
    explicit StreamThread(std::vector<RequestChannel*> channels);
    ~StreamThread(); // joins
    StreamThread(const StreamThread&) = delete;
    StreamThread& operator=(const StreamThread&) = delete;

    // The bank of new notes; null for none. Earlier banks are served while others share their ownership.
    void set_current_bank(std::shared_ptr<StreamedBank> bank);
    void drop_unused(); // lets go of the banks that nobody else owns

    // Any. While voices wait for their samples, the thread looks for requests without pausing.
    void hurry(bool hurries) noexcept TIMBREL_REALTIME { hurry_.store(hurries, std::memory_order_relaxed); }

  private:
    struct VoiceState {
        ReadRequest request;                   // the last received
        float column_speed = 0, row_speed = 0; // cells per second
        LoadedRange loaded;                    // the last sent
        HeldPages held;                        // of the note
        uint64_t released = 0;                 // frame position at which played pages were released last
        void update(const ReadRequest& received, double rate);
    };
    struct ReadJob { // reads, for one voice, from its position to target.until in all cells of the target
        std::shared_ptr<StreamedBank> bank;
        size_t voice;
        LoadedRange target;
        uint64_t deadline; // in frames that the voice has yet to play
    };

    void run();
    void drop_unused_locked(); // with mutex_ locked
    std::chrono::microseconds serve_voices();
    void plan(const std::shared_ptr<StreamedBank>& streamed, size_t voice);
    CellRange cells_ahead(const Bank& bank, const VoiceState& voice) const;
    bool run_jobs();
    template<class Action>
    void for_each_span(const ReadJob& job, Action action);
    uint64_t prefetch(const ReadJob& job);
    void read(const ReadJob& job);
    bool hold(const ReadJob& job);
    double rate_of(const ReadRequest& request) const;
    bool read_current_bank(double seconds);
    std::shared_ptr<StreamedBank> bank_of(const ReadRequest& request) const;

    const std::vector<RequestChannel*> channels_;
    std::vector<VoiceState> voices_; // one for each channel
    std::vector<ReadJob> jobs_;
    std::atomic<bool> hurry_{false};

    std::mutex mutex_; // guards the members below
    std::condition_variable wake_;
    std::vector<std::shared_ptr<StreamedBank>> banks_; // the last one is the current one
    bool stop_ = false;
    std::thread thread_;
};

} // namespace timbrel::engine
