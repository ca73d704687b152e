// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's public interface: one object that owns everything the audio thread uses. Independent of LV2, JACK and
// the user interface.
//
// Threads, in all headers of the engine:
//   audio    the one thread that calls midi() and render(); never allocates, locks, waits or makes system calls
//   control  any other thread of the host or program; may allocate, lock and block
//   worker   a background thread, of the engine or the host; may do the same
//   any      wait-free, safe at any time
#pragma once

#include "common/realtime.h"
#include "plugin/engine/bank/bank.h"
#include "plugin/engine/core/parameters.h"
#include "plugin/engine/core/transport.h"
#include "plugin/engine/midi/tuning_master.h"
#include "plugin/engine/midi/tuning_programs.h"
#include "plugin/engine/motion/gesture.h"
#include "plugin/engine/voice/active_note.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace timbrel::engine {

// For display. Each value is at most one block old; they need not all come from the same block. Counts are since
// construction.
struct EngineStatus {
    float x, y;           // position on the plane, 0–1, after smoothing, controllers and motion
    uint32_t voices;      // active voices, including those that fade after being stolen
    uint32_t dropouts;    // times that a note paused because its samples were not in memory
    uint32_t lost_events; // MIDI messages dropped because the block's queue was full
    uint32_t gestures;    // gestures recorded or restored; when it grows, gesture() returns another one
    uint32_t recordings;  // gestures recorded
    uint32_t retunings;   // keys retuned by MIDI Tuning Standard messages
    TuningMasterStatus tuning_master;
};

class Synth {
  public:
    // Thread: control. `rate`: output frames per second, 8000–384000; throws std::invalid_argument otherwise. Starts
    // with the initial parameter values and no bank, which renders silence.
    explicit Synth(double rate);
    // Thread: control, once no other thread uses the object.
    ~Synth();
    Synth(const Synth&) = delete;
    Synth& operator=(const Synth&) = delete;

    // Thread: audio. Queues one MIDI message (status byte first, no running status) for `frame` of the coming render().
    // A frame before the last queued one is moved to that one; a frame after the block counts as its end. The bytes
    // are copied. Malformed and unknown messages are ignored. A block holds up to 8192 messages and 8192 bytes of
    // system exclusive data; further messages are dropped, and all notes are released at the end of the block, so that
    // none hangs. A note starts on exactly its frame, and a release sounds as if it did; controllers take effect one
    // tick of 64 frames late.
    void midi(uint32_t frame, const uint8_t* bytes, uint32_t size) noexcept TIMBREL_REALTIME;

    // Thread: audio. The host's transport at `frame` of the coming render(), extrapolated from there on. Needed when it
    // starts, stops, jumps or changes tempo; more calls are harmless. At most the 32 last calls for a block count.
    // Non-finite values are ignored; positions are clamped to ±1e9, tempi to 1–1000 beats per minute.
    void set_transport(uint32_t frame, const Transport& transport) noexcept TIMBREL_REALTIME;

    // Thread: audio. Overwrites `frames` (any number, also 0) frames of both channels; linear, full scale = 1. `x_cv`
    // and `y_cv`, each null or one value per frame, are added to X and Y at audio rate (1 = the plane's width).
    void render(float* left, float* right, const float* x_cv, const float* y_cv,
                uint32_t frames) noexcept TIMBREL_REALTIME;

    // Thread: audio. True while the host renders offline: render() then waits for the disk instead of pausing notes.
    void wait_for_disk(bool waits) noexcept TIMBREL_REALTIME;

    // Thread: audio. Releases every note, as if all keys and pedals were released.
    void release_all() noexcept TIMBREL_REALTIME;

    // Thread: audio, or control while no audio thread runs. Ends every note at once and resets controllers and queued
    // messages; parameters, bank and gesture stay. For a host that deactivates and reactivates the plugin.
    void reset();

    // Thread: audio, after render(). Writes the notes held by key or pedal, as many as fit; returns how many.
    uint32_t active_notes(std::span<ActiveNote> notes) const noexcept TIMBREL_REALTIME;

    // Thread: any. Sets a parameter in its unit, clamped to its range, from the next render() on. NaN and infinities
    // are ignored. A value that a MIDI controller set for the same parameter stays in force until this value changes.
    void set_parameter(Parameter parameter, float value) noexcept TIMBREL_REALTIME;

    // Thread: any. The value last set by set_parameter().
    float parameter(Parameter parameter) const noexcept TIMBREL_REALTIME;

    // Thread: control. Makes `bank` (null for none) the bank of new notes. Reads a small bank into memory; of a large
    // one, as many note heads as it can in 15 ms. Then swaps banks with one atomic exchange. A background thread reads
    // the rest if it fits into memory, and streams ahead of each note otherwise. Active notes finish on their bank.
    // Shares ownership; an unused bank is freed by a later exchange_bank(), free_unused_banks() or the destructor.
    void exchange_bank(std::shared_ptr<const Bank> bank);
    // The same with at most `max_bytes` of memory for the bank's samples. Default: half of the available memory.
    void exchange_bank(std::shared_ptr<const Bank> bank, uint64_t max_bytes);

    // Thread: control. Tuning program 0, which every channel uses that has not selected another by MIDI; equal
    // temperament initially, and after clear_tuning(). Applies to notes that start from now on. Without it, and where
    // MIDI tunes nothing, all notes follow the master of MTS-ESP; see TuningMaster.
    void set_tuning(const Tuning& tuning);
    void clear_tuning();

    // Thread: control. The tuning programs that MIDI messages changed; program 0 only if changed since set_tuning().
    std::vector<TuningProgram> received_tunings() const;
    // Thread: control. Replaces all programs but program 0, which is replaced only if `programs` contains it.
    void restore_tunings(std::span<const TuningProgram> programs);

    // Thread: control. The bank last passed to exchange_bank().
    std::shared_ptr<const Bank> bank() const;

    // Thread: control. The gesture recorded or restored last; without points when there is none.
    Gesture gesture() const;

    // Thread: control. Sets the gesture to play. Throws std::invalid_argument unless it is valid().
    void set_gesture(const Gesture& gesture);

    // Thread: audio. Samples the gesture's path at `count` (at least 2) positions evenly spaced in time, both ends
    // included. Returns how many were written; 0 when there is no gesture.
    uint32_t outline_gesture(PlanePoint* into, uint32_t count) const noexcept TIMBREL_REALTIME;

    // Thread: control. Frees banks that the audio thread no longer uses. Call now and then after a bank change.
    void free_unused_banks();

    // Thread: any.
    EngineStatus status() const noexcept TIMBREL_REALTIME;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace timbrel::engine
