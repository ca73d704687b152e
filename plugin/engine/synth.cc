// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/synth.h"

#include "plugin/engine/audio_engine.h"
#include "plugin/engine/core/flush_to_zero.h"
#include "plugin/engine/midi/tuning_master.h"
#include "plugin/engine/midi/tuning_programs.h"
#include "plugin/engine/streaming/memory_budget.h"
#include "plugin/engine/streaming/stream_thread.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>
#include <stdexcept>

namespace timbrel::engine {

namespace {

double require_valid_rate(double rate) {
    if (!(rate >= 8000.0 && rate <= 384000.0)) throw std::invalid_argument("sample rate out of range");
    return rate;
}

constexpr uint64_t small_bank_bytes = 32ull << 20; // a bank up to this size is read completely before the exchange
constexpr std::chrono::milliseconds large_bank_read_time{15}; // before the exchange

} // namespace

struct Synth::Impl {
    explicit Impl(double rate) : audio_engine(require_valid_rate(rate), gestures, tunings, tuning_master) {
        for (size_t i = 0; i < parameter_count; ++i) parameter_values[i] = parameters[i].initial;
    }

    // Shared between threads.
    BankExchange banks;
    GestureExchange gestures;
    TuningPrograms tunings;
    std::array<std::atomic<float>, parameter_count> parameter_values;
    std::atomic<float> x{0.5f}, y{0.5f};
    std::atomic<uint32_t> voices{0}, dropouts{0}, lost_events{0}, gesture_count{0}, recordings{0};

    std::atomic<TuningMasterStatus> tuning_master_status{TuningMasterStatus::absent};

    // Thread: audio.
    TuningMaster tuning_master;
    AudioEngine audio_engine;

    // Thread: control.
    std::mutex bank_mutex; // guards `bank`, and the order of banks in `banks` and `stream_thread`
    std::shared_ptr<const Bank> bank;
    StreamThread stream_thread{audio_engine.request_channels()};
};

Synth::Synth(double rate) : impl_(std::make_unique<Impl>(rate)) {}

Synth::~Synth() { impl_->audio_engine.reset(); }

void Synth::midi(uint32_t frame, const uint8_t* bytes, uint32_t size) noexcept TIMBREL_REALTIME {
    bool queued = true;
    if (const auto message = MidiMessage::parse(bytes, size))
        queued = impl_->audio_engine.queue(frame, *message);
    else if (size <= max_sysex_bytes && is_complete_sysex(bytes, size))
        queued = impl_->audio_engine.queue_sysex(frame, {bytes, size});
    if (!queued) impl_->lost_events.fetch_add(1, std::memory_order_relaxed);
}

void Synth::set_transport(uint32_t frame, const Transport& transport) noexcept TIMBREL_REALTIME {
    if (!std::isfinite(transport.seconds + transport.beat + transport.beats_per_minute)) return;
    Transport limited = transport;
    limited.seconds = std::clamp(transport.seconds, -1e9, 1e9);
    limited.beat = std::clamp(transport.beat, -1e9, 1e9);
    limited.beats_per_minute = std::clamp(transport.beats_per_minute, 1.0, 1000.0);
    impl_->audio_engine.set_transport(frame, limited);
}

void Synth::render(float* left, float* right, const float* x_cv, const float* y_cv,
                   uint32_t frames) noexcept TIMBREL_REALTIME {
    const FlushToZero guard;
    ParameterValues values;
    for (size_t i = 0; i < parameter_count; ++i) values[i] = impl_->parameter_values[i].load(std::memory_order_relaxed);
    impl_->audio_engine.set_parameters(values);
    impl_->audio_engine.render(impl_->banks, left, right, x_cv, y_cv, frames);
    const auto position = impl_->audio_engine.position();
    impl_->x.store(position.x, std::memory_order_relaxed);
    impl_->y.store(position.y, std::memory_order_relaxed);
    impl_->dropouts.store(impl_->audio_engine.dropouts(), std::memory_order_relaxed);
    impl_->voices.store(impl_->audio_engine.voices(), std::memory_order_relaxed);
    impl_->tuning_master_status.store(impl_->audio_engine.tuning_master_status(), std::memory_order_relaxed);
    impl_->gesture_count.store(impl_->audio_engine.motion().gesture().gesture_count(), std::memory_order_relaxed);
    impl_->recordings.store(impl_->audio_engine.motion().recordings(), std::memory_order_relaxed);
}

void Synth::wait_for_disk(bool waits) noexcept TIMBREL_REALTIME {
    impl_->audio_engine.wait_for_disk(waits);
    impl_->stream_thread.hurry(waits);
}

void Synth::release_all() noexcept TIMBREL_REALTIME { impl_->audio_engine.release_all(); }

uint32_t Synth::active_notes(std::span<ActiveNote> notes) const noexcept TIMBREL_REALTIME {
    return impl_->audio_engine.active_notes(notes);
}

void Synth::reset() { impl_->audio_engine.reset(); }

void Synth::set_parameter(Parameter parameter, float value) noexcept TIMBREL_REALTIME {
    const auto index = static_cast<size_t>(parameter);
    if (index >= parameter_count || !std::isfinite(value)) return;
    impl_->parameter_values[index].store(clamped(parameter, value), std::memory_order_relaxed);
}

float Synth::parameter(Parameter parameter) const noexcept TIMBREL_REALTIME {
    const auto index = static_cast<size_t>(parameter);
    return index < parameter_count ? impl_->parameter_values[index].load(std::memory_order_relaxed) : 0.0f;
}

void Synth::exchange_bank(std::shared_ptr<const Bank> bank) { exchange_bank(std::move(bank), available_memory() / 2); }

void Synth::exchange_bank(std::shared_ptr<const Bank> bank, uint64_t max_bytes) {
    std::shared_ptr<StreamedBank> streamed;
    if (bank) {
        streamed = std::make_shared<StreamedBank>(bank, max_bytes);
        const auto deadline = std::chrono::steady_clock::now() + large_bank_read_time;
        while (streamed->load_more(1 << 20))
            if (bank->file_bytes() > small_bank_bytes && std::chrono::steady_clock::now() > deadline) break;
    }
    const std::lock_guard lock(impl_->bank_mutex);
    impl_->bank = std::move(bank);
    impl_->banks.offer(streamed);
    impl_->stream_thread.set_current_bank(std::move(streamed));
}

void Synth::set_tuning(const Tuning& tuning) { impl_->tunings.set_default(tuning, true); }

void Synth::clear_tuning() { impl_->tunings.set_default(Tuning::equal(), false); }

std::vector<TuningProgram> Synth::received_tunings() const { return impl_->tunings.received(); }

void Synth::restore_tunings(std::span<const TuningProgram> programs) { impl_->tunings.restore(programs); }

std::shared_ptr<const Bank> Synth::bank() const {
    const std::lock_guard lock(impl_->bank_mutex);
    return impl_->bank;
}

Gesture Synth::gesture() const { return impl_->gestures.gesture(); }

void Synth::set_gesture(const Gesture& gesture) {
    if (!gesture.valid()) throw std::invalid_argument("invalid gesture");
    impl_->gestures.restore(gesture);
}

uint32_t Synth::outline_gesture(PlanePoint* into, uint32_t count) const noexcept TIMBREL_REALTIME {
    const GestureBuffer* const buffer = impl_->audio_engine.motion().gesture().buffer();
    if (!buffer || buffer->empty()) return 0;
    const double interval = static_cast<double>(buffer->length()) / (count - 1);
    for (uint32_t i = 0; i < count; ++i) into[i] = buffer->at(interval * i);
    return count;
}

void Synth::free_unused_banks() {
    impl_->banks.free_retired();
    impl_->stream_thread.drop_unused();
}

EngineStatus Synth::status() const noexcept TIMBREL_REALTIME {
    const auto read = [](const auto& value) { return value.load(std::memory_order_relaxed); };
    return {read(impl_->x),
            read(impl_->y),
            read(impl_->voices),
            read(impl_->dropouts),
            read(impl_->lost_events),
            read(impl_->gesture_count),
            read(impl_->recordings),
            impl_->tunings.retune_count(),
            read(impl_->tuning_master_status)};
}

} // namespace timbrel::engine
