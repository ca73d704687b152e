#include "host/player/jack_processor.h"

#include "common/error.h"
#include "plugin/engine/core/engine_limits.h"

#include <lv2/core/lv2.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <lv2/midi/midi.h>
#include <thread>

namespace timbrel::host {

namespace {
constexpr uint32_t control_frames = engine::tick_frames; // control voltages are read this often
constexpr std::chrono::seconds longest_rest{2};          // until the audio thread answers: longer than any period

void fade(float* samples, uint32_t frames, float from, float to) {
    const float step = (to - from) / static_cast<float>(frames);
    for (uint32_t i = 0; i < frames; ++i) samples[i] *= from + step * static_cast<float>(i);
}
} // namespace

Performance::Performance(Instance& instance, DeviceEvents& devices, ControllerMap& controllers)
    : instance_(instance), devices_(devices), controllers_(controllers), x_(instance.find("x")), y_(instance.find("y")),
      freewheel_(instance.designated(LV2_CORE__freeWheeling, true)) {
    for (const Port& port : instance.ports()) {
        if (port.kind != Port::Kind::audio || port.input) continue;
        if (!left_)
            left_ = &port;
        else if (!right_)
            right_ = &port;
    }
    if (!left_) throw Error("this plugin has no audio output; choose an instrument");
}

void Performance::process(const JackPeriod& period) {
    const bool rests = resting_.load(std::memory_order_relaxed);
    const bool pause = pause_.load(std::memory_order_acquire);
    if (rests && pause) {
        std::fill_n(period.left, period.frames, 0.0f);
        std::fill_n(period.right, period.frames, 0.0f);
    } else {
        play(period);
        if (rests || pause)
            for (float* const side : {period.left, period.right}) fade(side, period.frames, !rests, !pause);
    }
    measure(period);
    if (Recorder* const recorder = recorder_.load())
        recorder->put(period.left, period.right, period.frames, freewheeling_);
    resting_.store(pause, std::memory_order_release);
}

void Performance::play(const JackPeriod& period) {
    const bool moving = (period.x && x_) || (period.y && y_);
    const uint32_t longest = moving ? control_frames : instance_.hosting().max_block;
    uint32_t next = 0;
    for (uint32_t done = 0; done < period.frames;)
        done += run_part(period, done, std::min(longest, period.frames - done), next);
}

Performance::Pause::Pause(Performance& performance) : performance_(performance) {
    performance_.pause_ = true;
    const auto until = std::chrono::steady_clock::now() + longest_rest;
    while (!performance_.resting_ && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (performance_.resting_) return;
    performance_.pause_ = false;
    throw Error("the plugin cannot be paused, because the audio thread stands still");
}

Performance::Pause::~Pause() {
    for (int channel = 0; channel < 16; ++channel)
        performance_.instance_.send_midi(
            std::array{std::byte(0xb0 | channel), std::byte{LV2_MIDI_CTL_ALL_NOTES_OFF}, std::byte{0}});
    performance_.pause_ = false;
}

// Passes a message on, or does what its controller has learnt: that takes a block that begins with it, so a message
// further on is refused, to be heard again as the first of the next part.
bool Performance::hear(std::span<const std::byte> message, uint32_t frame) {
    if (frame > 0 && controllers_.moves(message)) return false;
    const ControllerMap::Heard heard = controllers_.hear(message);
    if (heard.port) instance_.set_control(heard.port->index, heard.value);
    if (!heard.taken) instance_.midi(frame, message);
    return true;
}

// Returns how many of the frames it has run: up to the next message that needs a block of its own.
uint32_t Performance::run_part(const JackPeriod& period, uint32_t offset, uint32_t frames, uint32_t& next) {
    instance_.begin_block();
    if (period.x && x_) instance_.set_control(x_->index, std::clamp(period.x[offset], 0.0f, 1.0f));
    if (period.y && y_) instance_.set_control(y_->index, std::clamp(period.y[offset], 0.0f, 1.0f));
    if (offset == 0) tell_position(period);
    const uint32_t end = offset + frames;
    for (const uint32_t count = period.midi_count();;) {
        // Both sources are in order of time; the earlier of their next events goes first.
        const JackPeriod::Midi jack = next < count ? period.midi(next) : JackPeriod::Midi{end, {}};
        uint32_t device_frame = end;
        const DeviceEvents::Event* const device = devices_.next(period.time, period.frames, device_frame);
        const bool from_device = device && device_frame < end && device_frame < jack.frame;
        if (!from_device && jack.frame >= end) break;
        const uint32_t frame = from_device ? device_frame : jack.frame;
        const uint32_t within = frame - std::min(frame, offset);
        if (!hear(from_device ? std::span(device->bytes).first(device->size) : jack.bytes, within)) {
            frames = within;
            break;
        }
        if (from_device)
            devices_.take();
        else
            ++next;
    }
    instance_.connect_audio(left_->index, period.left + offset);
    if (right_) instance_.connect_audio(right_->index, period.right + offset);
    instance_.run(frames);
    if (!right_) std::copy_n(period.left + offset, frames, period.right + offset);
    return frames;
}

// Only what the plugin cannot count on by itself.
void Performance::tell_position(const JackPeriod& period) {
    const SongPosition& song = period.song;
    const bool as_expected = song.rolling == song_.rolling && song.frame == song_.frame &&
                             song.beats_per_minute == song_.beats_per_minute &&
                             song.beats_per_bar == song_.beats_per_bar && std::abs(song.beat - song_.beat) < 1e-3;
    if (!song_told_ || !as_expected) instance_.position(0, song);
    song_told_ = true;
    song_ = song;
    if (!song.rolling) return;
    song_.frame += period.frames;
    song_.beat += period.frames / instance_.hosting().rate * song.beats_per_minute / 60;
}

void Performance::measure(const JackPeriod& period) {
    float peak = peak_.load(std::memory_order_relaxed);
    for (uint32_t i = 0; i < period.frames; ++i)
        peak = std::max({peak, std::fabs(period.left[i]), std::fabs(period.right[i])});
    peak_.store(peak, std::memory_order_relaxed);
}

void Performance::freewheel(bool on) {
    freewheeling_ = on;
    if (freewheel_) instance_.send_control(freewheel_->index, on ? 1.0f : 0.0f);
}

} // namespace timbrel::host
