#include "plugin/engine/engine.h"

#include "plugin/engine/audio_engine.h"
#include "plugin/engine/core/flush_to_zero.h"
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

double checked(double rate) {
    if (!(rate >= 8000.0 && rate <= 384000.0)) throw std::invalid_argument("sample rate out of range");
    return rate;
}

constexpr uint64_t small_bank = 32ull << 20;      // bytes: read whole before it is offered
constexpr std::chrono::milliseconds patience{15}; // with larger ones

} // namespace

struct Instrument::Impl {
    explicit Impl(double rate) : performer(checked(rate), gestures, tunings) {
        for (size_t i = 0; i < parameter_count; ++i) wanted[i] = parameters[i].initial;
    }

    // Between threads.
    BankHandover banks;
    GestureHandover gestures;
    TuningPrograms tunings;
    std::array<std::atomic<float>, parameter_count> wanted;
    std::atomic<float> x{0.5f}, y{0.5f};
    std::atomic<uint32_t> voices{0}, misses{0}, lost_events{0}, takes{0}, recordings{0};

    Performer performer; // the audio thread's

    // Of the other threads.
    std::mutex offering;
    std::shared_ptr<const Bank> offered;
    Loader loader{performer.links()};
};

Instrument::Instrument(double rate) : impl_(std::make_unique<Impl>(rate)) {}

Instrument::~Instrument() { impl_->performer.reset(); }

void Instrument::midi(uint32_t frame, const uint8_t* bytes, uint32_t size) noexcept TIMBREL_REALTIME {
    bool kept = true;
    if (const auto message = MidiMessage::parse(bytes, size))
        kept = impl_->performer.queue(frame, *message);
    else if (size <= max_exclusive_bytes && is_exclusive(bytes, size))
        kept = impl_->performer.queue_exclusive(frame, {bytes, size});
    if (!kept) impl_->lost_events.fetch_add(1, std::memory_order_relaxed);
}

void Instrument::set_transport(uint32_t frame, const Transport& transport) noexcept TIMBREL_REALTIME {
    if (!std::isfinite(transport.seconds + transport.beat + transport.beats_per_minute)) return;
    Transport bounded = transport;
    bounded.seconds = std::clamp(transport.seconds, -1e9, 1e9);
    bounded.beat = std::clamp(transport.beat, -1e9, 1e9);
    bounded.beats_per_minute = std::clamp(transport.beats_per_minute, 1.0, 1000.0);
    impl_->performer.hear_transport(frame, bounded);
}

void Instrument::render(float* left, float* right, const float* x_cv, const float* y_cv,
                        uint32_t frames) noexcept TIMBREL_REALTIME {
    const FlushToZero guard;
    ParameterValues values;
    for (size_t i = 0; i < parameter_count; ++i) values[i] = impl_->wanted[i].load(std::memory_order_relaxed);
    impl_->performer.set_parameters(values);
    impl_->performer.render(impl_->banks, left, right, x_cv, y_cv, frames);
    const auto place = impl_->performer.place();
    impl_->x.store(place.x, std::memory_order_relaxed);
    impl_->y.store(place.y, std::memory_order_relaxed);
    impl_->misses.store(impl_->performer.misses(), std::memory_order_relaxed);
    impl_->voices.store(impl_->performer.voices(), std::memory_order_relaxed);
    impl_->takes.store(impl_->performer.motion().gesture().takes(), std::memory_order_relaxed);
    impl_->recordings.store(impl_->performer.motion().recordings(), std::memory_order_relaxed);
}

void Instrument::wait_for_disk(bool waits) noexcept TIMBREL_REALTIME { impl_->performer.wait_for_disk(waits); }

void Instrument::release_all() noexcept TIMBREL_REALTIME { impl_->performer.release_all(); }

uint32_t Instrument::sounding_notes(std::span<SoundingNote> notes) const noexcept TIMBREL_REALTIME {
    return impl_->performer.sounding_notes(notes);
}

void Instrument::reset() { impl_->performer.reset(); }

void Instrument::set_parameter(Parameter parameter, float value) noexcept TIMBREL_REALTIME {
    const auto index = static_cast<size_t>(parameter);
    if (index >= parameter_count || !std::isfinite(value)) return;
    impl_->wanted[index].store(clamped(parameter, value), std::memory_order_relaxed);
}

float Instrument::parameter(Parameter parameter) const noexcept TIMBREL_REALTIME {
    const auto index = static_cast<size_t>(parameter);
    return index < parameter_count ? impl_->wanted[index].load(std::memory_order_relaxed) : 0.0f;
}

void Instrument::exchange_bank(std::shared_ptr<const Bank> bank) { exchange_bank(std::move(bank), memory_room() / 2); }

void Instrument::exchange_bank(std::shared_ptr<const Bank> bank, uint64_t room) {
    std::shared_ptr<StreamedBank> streamed;
    if (bank) {
        streamed = std::make_shared<StreamedBank>(bank, room);
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (streamed->read_on(1 << 20))
            if (bank->file_bytes() > small_bank && std::chrono::steady_clock::now() > deadline) break;
    }
    const std::lock_guard lock(impl_->offering);
    impl_->offered = std::move(bank);
    impl_->banks.offer(streamed);
    impl_->loader.add(std::move(streamed));
}

void Instrument::set_tuning(const Tuning& tuning) { impl_->tunings.set_first(tuning); }

std::vector<TuningProgram> Instrument::received_tunings() const { return impl_->tunings.received(); }

void Instrument::restore_tunings(std::span<const TuningProgram> programs) { impl_->tunings.restore(programs); }

std::shared_ptr<const Bank> Instrument::bank() const {
    const std::lock_guard lock(impl_->offering);
    return impl_->offered;
}

Gesture Instrument::gesture() const { return impl_->gestures.gesture(); }

void Instrument::set_gesture(const Gesture& gesture) {
    if (!gesture.valid()) throw std::invalid_argument("not a gesture");
    impl_->gestures.restore(gesture);
}

uint32_t Instrument::outline_gesture(PlanePoint* into, uint32_t count) const noexcept TIMBREL_REALTIME {
    const GestureTape* const tape = impl_->performer.motion().gesture().tape();
    if (!tape || tape->empty()) return 0;
    const double each = static_cast<double>(tape->length()) / (count - 1);
    for (uint32_t i = 0; i < count; ++i) into[i] = tape->at(each * i);
    return count;
}

void Instrument::collect() {
    impl_->banks.collect();
    impl_->loader.collect();
}

Notices Instrument::notices() const noexcept TIMBREL_REALTIME {
    const auto read = [](const auto& value) { return value.load(std::memory_order_relaxed); };
    return {read(impl_->x),           read(impl_->y),     read(impl_->voices),     read(impl_->misses),
            read(impl_->lost_events), read(impl_->takes), read(impl_->recordings), impl_->tunings.receipts()};
}

} // namespace timbrel::engine
