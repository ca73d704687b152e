// LV2's worker: the plugin's slow work, done away from the audio thread. Live, a thread of its own does it; offline it
// is done between two blocks, so that rendering the same thing twice gives the same samples.
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

    explicit Worker(Mode mode);
    ~Worker() { stop(); }

    // Once, after the plugin is instantiated and before it runs. plugin_interface may be null: then nothing is ever
    // done.
    void start(LV2_Handle plugin, const LV2_Worker_Interface* plugin_interface);

    // Joins the thread; work still queued is dropped. To be called before the plugin goes.
    void stop();

    // The feature to pass to instantiate(). Its schedule_work() is for run()'s thread and is wait-free.
    LV2_Worker_Schedule* feature() { return &feature_; }

    // Audio thread, after each run(): hands the finished work's answers to the plugin. Offline it does the work first.
    void end_of_block();

  private:
    LV2_Worker_Status schedule(uint32_t size, const void* data);
    void work_once();
    void deliver();
    static LV2_Worker_Status respond(LV2_Worker_Respond_Handle self, uint32_t size, const void* data);

    const Mode mode_;
    LV2_Handle plugin_ = nullptr;
    const LV2_Worker_Interface* interface_ = nullptr;
    LV2_Worker_Schedule feature_;
    Ring requests_, responses_;
    std::vector<std::byte> request_, response_; // the message in hand: the worker's, the audio thread's
    std::counting_semaphore<> wake_{0};
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

} // namespace timbrel::host
