// Records what the audio thread plays into a WAV file, on a thread of its own, so that a slow disk never disturbs the
// sound. When the disk is full or too slow, the recording ends or says so; the file stays readable.
#pragma once

#include "host/lv2/ring.h"
#include "host/wav_writer.h"

#include <atomic>
#include <semaphore.h>
#include <string>
#include <thread>
#include <vector>

namespace timbrel::host {

class Recorder {
  public:
    // Throws Error when the file cannot be made.
    Recorder(const std::string& file, uint32_t rate);
    // Completes the file with all that was put and gives it its name.
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    // Audio thread, wait-free: any number of frames of both channels.
    void put(const float* left, const float* right, uint32_t frames);

    uint32_t rate() const { return rate_; }

  private:
    void work();
    void drain();
    void complete();

    const std::string file_;
    const uint32_t rate_;
    WavWriter writer_;
    Ring ring_;
    std::vector<float> chunk_;      // the writer thread's
    std::atomic<uint64_t> lost_{0}; // frames that found no room
    std::atomic<bool> stop_{false};
    bool ended_ = false; // the disk was full
    sem_t wake_;
    std::thread thread_;
};

} // namespace timbrel::host
