// Records what the audio thread plays into a WAV file, on a thread of its own, so that a slow disk never disturbs the
// sound. When the disk is full or too slow, the recording ends or says so; the file stays readable.
#pragma once

#include "common/wav_writer.h"
#include "host/lv2/atoms/ring.h"

#include <atomic>
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

    // Audio thread: any number of frames of both channels. Wait-free, unless it may wait for a disk that falls behind,
    // as in freewheeling.
    void put(const float* left, const float* right, uint32_t frames, bool may_wait);

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
    std::thread thread_;
};

} // namespace timbrel::host
