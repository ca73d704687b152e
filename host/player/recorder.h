// SPDX-License-Identifier: GPL-3.0-or-later
// Records the player's output into a 32-bit float WAV file, written on a background thread. If the disk is too slow,
// missing frames are reported; if it is full, the recording ends. The file is readable in both cases, and once a second
// it is brought to a state that opens, in case that the player is killed.
#pragma once

#include "common/error.h"
#include "common/wav_writer.h"
#include "host/lv2/atoms/ring.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace timbrel::host {

class Recorder {
  public:
    // Control. `rate`: frames per second. Throws Error if the file cannot be created.
    Recorder(const std::string& file, uint32_t rate);
    // Control, once the audio thread has stopped. Writes all that is queued and finishes the file.
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    // Audio. Queues any number of frames. Wait-free and dropping frames if the queue is full, unless `may_block`, for
    // freewheeling, lets it wait for the disk.
    void push(const float* left, const float* right, uint32_t frames, bool may_block);

  private:
    void write_loop();
    void write_queued();
    void save_progress();
    void end_early(const Error& error);
    void finish_file();

    const std::string file_;
    const uint32_t rate_;
    WavWriter writer_;
    Ring ring_;
    std::vector<float> chunk_; // of the writer thread
    std::atomic<uint64_t> dropped_frames_{0};
    std::atomic<bool> stop_{false};
    bool finished_ = false;
    std::thread thread_;
};

} // namespace timbrel::host
