// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/recorder.h"

#include "common/error.h"
#include "common/foreign_text.h"

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
constexpr std::chrono::seconds save_interval{1}; // what a killed player loses at most
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
    auto next_save = std::chrono::steady_clock::now() + save_interval;
    while (!stop_) {
        std::this_thread::sleep_for(poll_interval);
        write_queued();
        if (std::chrono::steady_clock::now() < next_save) continue;
        next_save += save_interval;
        save_progress();
    }
    write_queued();
    if (!finished_) finish_file();
    if (const uint64_t dropped = dropped_frames_)
        std::fprintf(stderr, "timbrel: %s: %.2f seconds are missing, because the disk was too slow\n",
                     printable(file_, max_printed_line).c_str(), static_cast<double>(dropped) / rate_);
}

void Recorder::write_queued() {
    while (const uint32_t bytes = ring_.pop(std::as_writable_bytes(std::span(chunk_)))) {
        if (finished_) continue;
        try {
            writer_.write(std::span(chunk_).first(bytes / sizeof(float)));
        } catch (const Error& error) {
            end_early(error);
        }
    }
}

void Recorder::save_progress() {
    if (finished_) return;
    try {
        writer_.save_progress();
    } catch (const Error& error) {
        end_early(error);
    }
}

void Recorder::end_early(const Error& error) {
    finish_file(); // before the message, which then names a complete file
    std::fprintf(stderr, "timbrel: %s; the recording ends here\n", printable(error.what(), max_printed_line).c_str());
}

void Recorder::finish_file() {
    finished_ = true;
    try {
        writer_.finish();
        std::fprintf(stderr, "timbrel: recorded %s\n", printable(file_, max_printed_line).c_str());
    } catch (const Error& error) {
        std::fprintf(stderr, "timbrel: %s\n", printable(error.what(), max_printed_line).c_str());
    }
}

} // namespace timbrel::host
