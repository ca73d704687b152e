// SPDX-License-Identifier: GPL-3.0-or-later
// The LV2 worker feature: does a plugin's slow work outside the audio thread. In live mode a background thread does it;
// in offline mode it is done between two blocks, so that repeated renderings are identical.
#pragma once

#include "host/lv2/atoms/ring.h"

#include <lv2/worker/worker.h>

#include <atomic>
#include <semaphore>
#include <thread>
#include <vector>

namespace timbrel::host {

class Worker {
  public:
    enum class Mode { live, offline };

    // Control.
    explicit Worker(Mode mode);
    ~Worker() { stop(); }

    // Control, once, after the plugin is instantiated and before it runs. Without a `plugin_interface` the object does
    // nothing.
    void start(LV2_Handle plugin, const LV2_Worker_Interface* plugin_interface);

    // Control, before the plugin is freed. Joins the thread and drops queued work.
    void stop();

    // The feature for instantiate(). The plugin calls its schedule_work() from run(): audio, does not block.
    LV2_Worker_Schedule* feature() { return &feature_; }

    // Audio, after each run(): passes responses to the plugin. In offline mode it first does all queued work, which may
    // block.
    void end_of_block();

  private:
    LV2_Worker_Status schedule(uint32_t size, const void* data);
    void run_next_request();
    void deliver_responses();
    static LV2_Worker_Status respond(LV2_Worker_Respond_Handle self, uint32_t size, const void* data);

    const Mode mode_;
    LV2_Handle plugin_ = nullptr;
    const LV2_Worker_Interface* interface_ = nullptr;
    LV2_Worker_Schedule feature_;
    Ring requests_, responses_;
    std::vector<std::byte> request_;  // the one being worked on; worker thread
    std::vector<std::byte> response_; // the one being delivered; audio thread
    std::counting_semaphore<> wake_{0};
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

} // namespace timbrel::host
