// A thread for what neither the audio thread nor any of the host's may be kept waiting with. Woken from the audio
// thread, and every few seconds by itself.
#pragma once

#include <atomic>
#include <functional>
#include <semaphore.h>
#include <thread>

namespace timbrel::lv2 {

class WorkThread {
  public:
    // Off the audio thread. `work` is done on the new thread from now on.
    explicit WorkThread(std::function<void()> work);
    ~WorkThread(); // joins
    WorkThread(const WorkThread&) = delete;
    WorkThread& operator=(const WorkThread&) = delete;

    // Audio. Has the work done, with everything that was asked for before this call.
    void wake();

    // Audio, while freewheeling only: waits until that is done.
    void wait() const;

  private:
    void run();

    const std::function<void()> work_;
    std::atomic<uint32_t> asked_{0};
    std::atomic<uint32_t> answered_{0};
    std::atomic<bool> stop_{false};
    sem_t wake_;
    std::thread thread_;
};

} // namespace timbrel::lv2
