// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/recorder.h"

#include "common/error.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace timbrel::host {

namespace {
constexpr uint32_t chunk_frames = 256;
constexpr uint32_t ring_bytes = 1u << 23; // 21 seconds at 48 kHz
// The writer polls the queue, because waking it would be a system call on the audio thread.
constexpr std::chrono::milliseconds poll_interval{20};
} // namespace

Recorder::Recorder(const std::string& file, uint32_t rate)
    : file_(file), rate_(rate), writer_(file, static_cast<int>(rate), 2, WavWriter::Format::float32), ring_(ring_bytes),
      chunk_(2 * chunk_frames) {
    thread_ = std::thread([this] { write_loop(); });
}

Recorder::~Recorder() {
    stop_ = true;
    thread_.join();
}

void Recorder::push(const float* left, const float* right, uint32_t frames, bool may_block) {
    std::array<float, 2 * chunk_frames> chunk;
    for (uint32_t done = 0; done < frames;) {
        const uint32_t count = std::min(chunk_frames, frames - done);
        for (uint32_t i = 0; i < count; ++i) {
            chunk[2 * i] = left[done + i];
            chunk[2 * i + 1] = right[done + i];
        }
        bool pushed = false;
        while (!(pushed = ring_.push(std::as_bytes(std::span(chunk.data(), 2 * count)))) && may_block)
            std::this_thread::sleep_for(poll_interval);
        if (!pushed) dropped_frames_ += count;
        done += count;
    }
}

void Recorder::write_loop() {
    while (!stop_) {
        std::this_thread::sleep_for(poll_interval);
        write_queued();
    }
    write_queued();
    if (!finished_) finish_file();
    if (const uint64_t dropped = dropped_frames_)
        std::fprintf(stderr, "timbrel: %s: %.2f seconds are missing, because the disk was too slow\n", file_.c_str(),
                     static_cast<double>(dropped) / rate_);
}

void Recorder::write_queued() {
    while (const uint32_t bytes = ring_.pop(std::as_writable_bytes(std::span(chunk_)))) {
        if (finished_) continue;
        try {
            writer_.write(std::span(chunk_).first(bytes / sizeof(float)));
        } catch (const Error& error) {
            finish_file(); // before the message, which then names a complete file
            std::fprintf(stderr, "timbrel: %s; the recording ends here\n", error.what());
        }
    }
}

void Recorder::finish_file() {
    finished_ = true;
    try {
        writer_.finish();
        std::fprintf(stderr, "timbrel: recorded %s\n", file_.c_str());
    } catch (const Error& error) {
        std::fprintf(stderr, "timbrel: %s\n", error.what());
    }
}

} // namespace timbrel::host
