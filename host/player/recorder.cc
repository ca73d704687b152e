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
// How often the writer looks for more. Waking it would be a system call on the audio thread.
constexpr std::chrono::milliseconds rest{20};
} // namespace

Recorder::Recorder(const std::string& file, uint32_t rate)
    : file_(file), rate_(rate), writer_(file, static_cast<int>(rate), 2, WavWriter::Format::float32), ring_(ring_bytes),
      chunk_(2 * chunk_frames) {
    thread_ = std::thread([this] { work(); });
}

Recorder::~Recorder() {
    stop_ = true;
    thread_.join();
}

void Recorder::put(const float* left, const float* right, uint32_t frames, bool may_wait) {
    std::array<float, 2 * chunk_frames> chunk;
    for (uint32_t done = 0; done < frames;) {
        const uint32_t count = std::min(chunk_frames, frames - done);
        for (uint32_t i = 0; i < count; ++i) {
            chunk[2 * i] = left[done + i];
            chunk[2 * i + 1] = right[done + i];
        }
        bool put = false;
        while (!(put = ring_.push(std::as_bytes(std::span(chunk.data(), 2 * count)))) && may_wait)
            std::this_thread::sleep_for(rest);
        if (!put) lost_ += count;
        done += count;
    }
}

void Recorder::work() {
    while (!stop_) {
        std::this_thread::sleep_for(rest);
        drain();
    }
    drain();
    if (!ended_) complete();
    if (const uint64_t lost = lost_)
        std::fprintf(stderr, "timbrel: %s: %.2f seconds are missing, because the disk was too slow\n", file_.c_str(),
                     static_cast<double>(lost) / rate_);
}

void Recorder::drain() {
    while (const uint32_t bytes = ring_.pop(std::as_writable_bytes(std::span(chunk_)))) {
        if (ended_) continue;
        try {
            writer_.write(std::span(chunk_).first(bytes / sizeof(float)));
        } catch (const Error& error) {
            complete(); // first, so that who reads the message finds the file
            std::fprintf(stderr, "timbrel: %s; the recording ends here\n", error.what());
        }
    }
}

void Recorder::complete() {
    ended_ = true;
    try {
        writer_.finish();
        std::fprintf(stderr, "timbrel: recorded %s\n", file_.c_str());
    } catch (const Error& error) {
        std::fprintf(stderr, "timbrel: %s\n", error.what());
    }
}

} // namespace timbrel::host
