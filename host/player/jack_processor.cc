// SPDX-License-Identifier: GPL-3.0-or-later
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
constexpr uint32_t control_frames = engine::tick_frames; // interval at which control voltages are read
constexpr std::chrono::seconds pause_timeout{2};         // longer than any period

void fade(float* samples, uint32_t frames, float from, float to) {
    const float step = (to - from) / static_cast<float>(frames);
    for (uint32_t i = 0; i < frames; ++i) samples[i] *= from + step * static_cast<float>(i);
}
} // namespace

JackProcessor::JackProcessor(Instance& instance, DeviceEvents& devices, ControllerMap& controllers)
    : instance_(instance), devices_(devices), controllers_(controllers), x_(instance.find("x")), y_(instance.find("y")),
      freewheel_(instance.find_designated(LV2_CORE__freeWheeling, true)) {
    for (const Port& port : instance.ports()) {
        if (port.kind != Port::Kind::audio || port.input) continue;
        if (!left_)
            left_ = &port;
        else if (!right_)
            right_ = &port;
    }
    if (!left_) throw Error("this plugin has no audio output; choose an instrument");
}

void JackProcessor::process(const JackPeriod& period) {
    const bool paused = paused_.load(std::memory_order_relaxed);
    const bool pause_requested = pause_requested_.load(std::memory_order_acquire);
    if (paused && pause_requested) {
        std::fill_n(period.left, period.frames, 0.0f);
        std::fill_n(period.right, period.frames, 0.0f);
    } else {
        run_period(period);
        if (paused || pause_requested)
            for (float* const side : {period.left, period.right}) fade(side, period.frames, !paused, !pause_requested);
    }
    update_peak(period);
    if (Recorder* const recorder = recorder_.load())
        recorder->push(period.left, period.right, period.frames, freewheeling_);
    paused_.store(pause_requested, std::memory_order_release);
}

void JackProcessor::run_period(const JackPeriod& period) {
    const bool moving = (period.x && x_) || (period.y && y_);
    const uint32_t segment_frames = moving ? control_frames : instance_.options().max_block;
    uint32_t next = 0;
    for (uint32_t done = 0; done < period.frames;)
        done += run_segment(period, done, std::min(segment_frames, period.frames - done), next);
}

JackProcessor::Pause::Pause(JackProcessor& processor) : processor_(processor) {
    processor_.pause_requested_ = true;
    const auto deadline = std::chrono::steady_clock::now() + pause_timeout;
    while (!processor_.paused_ && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (processor_.paused_) return;
    processor_.pause_requested_ = false;
    throw Error("the plugin cannot be paused, because the audio thread is not running");
}

JackProcessor::Pause::~Pause() {
    for (int channel = 0; channel < 16; ++channel)
        processor_.instance_.send_midi(
            std::array{std::byte(0xb0 | channel), std::byte{LV2_MIDI_CTL_ALL_NOTES_OFF}, std::byte{0}});
    processor_.pause_requested_ = false;
}

// Sends a message to the plugin, or sets the parameter of its controller. A parameter changes only at the start of a
// block, so such a message at a later frame is refused; the caller begins a new segment with it.
bool JackProcessor::handle_midi(std::span<const std::byte> message, uint32_t frame) {
    if (frame > 0 && controllers_.changes_port(message)) return false;
    const ControllerMap::Result result = controllers_.handle(message);
    if (result.port) instance_.set_control(result.port->index, result.value);
    if (!result.consumed) instance_.midi(frame, message);
    return true;
}

// Runs one block of at most `frames`, up to the next message that must begin a new one. Returns the frames that were
// run. `next`: index of the first JACK MIDI message not yet read.
uint32_t JackProcessor::run_segment(const JackPeriod& period, uint32_t offset, uint32_t frames, uint32_t& next) {
    instance_.begin_block();
    if (period.x && x_) instance_.set_control(x_->index, std::clamp(period.x[offset], 0.0f, 1.0f));
    if (period.y && y_) instance_.set_control(y_->index, std::clamp(period.y[offset], 0.0f, 1.0f));
    if (offset == 0) send_position(period);
    frames = read_midi(period, offset, frames, next);
    instance_.connect_audio(left_->index, period.left + offset);
    if (right_) instance_.connect_audio(right_->index, period.right + offset);
    instance_.run(frames);
    if (!right_) std::copy_n(period.left + offset, frames, period.right + offset);
    return frames;
}

// Handles the messages of a segment. Returns its frames, fewer if a message must begin a new one.
uint32_t JackProcessor::read_midi(const JackPeriod& period, uint32_t offset, uint32_t frames, uint32_t& next) {
    const uint32_t end = offset + frames;
    for (const uint32_t count = period.midi_count();;) {
        // Merges two sources that are each in order of time.
        const JackPeriod::Midi jack = next < count ? period.midi(next) : JackPeriod::Midi{end, {}};
        uint32_t device_frame = end;
        const DeviceEvents::Event* const device = devices_.peek(period.time, period.frames, device_frame);
        const bool from_device = device && device_frame < end && device_frame < jack.frame;
        if (!from_device && jack.frame >= end) return frames;
        const uint32_t frame = from_device ? device_frame : jack.frame;
        const uint32_t within = frame - std::min(frame, offset);
        if (!handle_midi(from_device ? std::span(device->bytes).first(device->size) : jack.bytes, within))
            return within;
        if (from_device)
            devices_.pop();
        else
            ++next;
    }
}

// Sends only what differs from the plugin's own extrapolation.
void JackProcessor::send_position(const JackPeriod& period) {
    const TransportPosition& song = period.song;
    const bool as_expected = song.rolling == expected_position_.rolling && song.frame == expected_position_.frame &&
                             song.beats_per_minute == expected_position_.beats_per_minute &&
                             song.beats_per_bar == expected_position_.beats_per_bar &&
                             std::abs(song.beat - expected_position_.beat) < 1e-3;
    if (!position_sent_ || !as_expected) instance_.position(0, song);
    position_sent_ = true;
    expected_position_ = song;
    if (!song.rolling) return;
    expected_position_.frame += period.frames;
    expected_position_.beat += period.frames / instance_.options().rate * song.beats_per_minute / 60;
}

void JackProcessor::update_peak(const JackPeriod& period) {
    float peak = peak_.load(std::memory_order_relaxed);
    for (uint32_t i = 0; i < period.frames; ++i)
        peak = std::max({peak, std::fabs(period.left[i]), std::fabs(period.right[i])});
    peak_.store(peak, std::memory_order_relaxed);
}

void JackProcessor::freewheel(bool on) {
    freewheeling_ = on;
    if (freewheel_) instance_.send_control(freewheel_->index, on ? 1.0f : 0.0f);
}

} // namespace timbrel::host
