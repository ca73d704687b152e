// The instrument: the one object that owns everything the audio thread touches. Knows no LV2, JACK or file dialogs.
//
// Threads. *Audio*: the one thread that calls midi() and render(); these never allocate, lock, wait or make system
// calls. *Any*: wait-free, safe at any time. *Off*: any thread but the audio thread; may allocate, lock and block.
#pragma once

#include "plugin/engine/bank/bank.h"
#include "plugin/engine/core/parameters.h"
#include "plugin/engine/core/realtime.h"
#include "plugin/engine/midi/tuning_programs.h"
#include "plugin/engine/motion/gesture.h"
#include "plugin/engine/motion/transport.h"
#include "plugin/engine/voice/active_note.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace timbrel::engine {

// What a window shows; each value is current to within a block, together they need not be of the same block.
struct Notices {
    float x, y;           // where the plane is played now, 0–1, after glide and controllers
    uint32_t voices;      // sounding, those fading after a steal included
    uint32_t misses;      // times since construction that a note had to pause because its sound was not in memory yet
    uint32_t lost_events; // MIDI messages dropped since construction because more than 8192 came for one block
    uint32_t gestures;    // recorded or restored since construction: once it grows, gesture() gives another
    uint32_t recordings;  // the recorded ones of these
    uint32_t retunings;   // keys since construction whose pitch a tuning program was told of by MIDI
};

class Instrument {
  public:
    // Off. `rate`: frames per second of render(), 8000–384000; throws std::invalid_argument otherwise. Starts with the
    // parameters' initial values and no bank, which sounds as silence.
    explicit Instrument(double rate);
    // Off, once neither the audio thread nor a loader uses the object.
    ~Instrument();
    Instrument(const Instrument&) = delete;
    Instrument& operator=(const Instrument&) = delete;

    // Audio. Queues one MIDI message (status byte first, no running status) for `frame` of the coming render(); a frame
    // earlier than the last queued one is taken as that one, a frame beyond the block as its end. The bytes are
    // copied. Malformed or unknown messages are ignored. Beyond 8192 messages, or 8192 bytes of system exclusive
    // ones, for one block the rest are lost, and all notes are released at its end, so that none hangs. A note begins
    // on its very frame, and a release is heard as if it had; controllers glide to their new values by just one tick of
    // 64 frames later, whatever their frame.
    void midi(uint32_t frame, const uint8_t* bytes, uint32_t size) noexcept TIMBREL_REALTIME;

    // Audio. Where the host's song stands at `frame` of the coming render(), on which it goes on by itself. Needed when
    // it starts, stops, leaps or changes its tempo; telling more often does no harm. Of more than 32 for one block the
    // last are heard. What is not finite is ignored; places are bounded to ±1e9, tempi to 1–1000 beats a
    // minute.
    void set_transport(uint32_t frame, const Transport& transport) noexcept TIMBREL_REALTIME;

    // Audio. Overwrites `frames` (any number, 0 included) samples of both channels, linear, full scale = 1. `x_cv` and
    // `y_cv`, each null or as long as the block, are added to X and Y at audio rate (1 = the plane's width).
    void render(float* left, float* right, const float* x_cv, const float* y_cv,
                uint32_t frames) noexcept TIMBREL_REALTIME;

    // Audio. True while the host does not play in real time: render() then waits for the disk instead of letting a
    // note pause.
    void wait_for_disk(bool waits) noexcept TIMBREL_REALTIME;

    // Audio. Releases every note as if its key and pedals were let go.
    void release_all() noexcept TIMBREL_REALTIME;

    // Audio, or off while no audio thread runs. Ends every note at once, forgets controllers and queued messages;
    // parameters, bank and gesture stay. For a host that stops and starts the instrument.
    void reset();

    // Audio, after render(). Fills in the notes that are held by key or pedal, as many as there is room for; returns
    // how many.
    uint32_t sounding_notes(std::span<SoundingNote> notes) const noexcept TIMBREL_REALTIME;

    // Any. Sets a parameter, heard from the next render() on; in the parameter's unit, clamped to its range. NaN and
    // infinities are ignored. A controller that moves the same thing holds until the parameter next changes.
    void set_parameter(Parameter parameter, float value) noexcept TIMBREL_REALTIME;

    // Any. The value last set.
    float parameter(Parameter parameter) const noexcept TIMBREL_REALTIME;

    // Off. Makes `bank` (null for none) the one that new notes use: reads a small one into memory, of a
    // large one as many notes' beginnings as come within milliseconds, and hands it over by one atomic exchange. The
    // instrument's own thread reads the rest when memory has room for it, and otherwise runs ahead of every note.
    // Sounding notes finish on the bank they began on. Shares ownership; a bank no longer used is freed by a later
    // exchange_bank(), collect() or the destructor.
    void exchange_bank(std::shared_ptr<const Bank> bank);
    // The same with `room` bytes of memory at most for the bank's sound, instead of half of what the system has left.
    void exchange_bank(std::shared_ptr<const Bank> bank, uint64_t room);

    // Off. The tuning of every channel that has not chosen another by MIDI; equal temperament to begin with. Notes take
    // it up when they start.
    void set_tuning(const Tuning& tuning);

    // Off. The tuning programs of which MIDI told, of set_tuning()'s only what was told since; and to have those again,
    // in place of all but set_tuning()'s.
    std::vector<TuningProgram> received_tunings() const;
    void restore_tunings(std::span<const TuningProgram> programs);

    // Off. The bank last handed over.
    std::shared_ptr<const Bank> bank() const;

    // Off. The gesture recorded or restored last, without points when there is none.
    Gesture gesture() const;

    // Off. Makes this the gesture to be played. Throws std::invalid_argument for one that is not valid().
    void set_gesture(const Gesture& gesture);

    // Audio. The gesture's way, as `count` places evenly spaced in time (at least 2), its first and last included.
    // Returns how many were written; 0 when there is no gesture.
    uint32_t outline_gesture(PlanePoint* into, uint32_t count) const noexcept TIMBREL_REALTIME;

    // Off. Frees banks that the audio thread has finished with. Call now and then after a bank change.
    void collect();

    // Any.
    Notices notices() const noexcept TIMBREL_REALTIME;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace timbrel::engine
