// One sounding note: its source, resampled to pitch, filtered, under its envelope. Real time.
#pragma once

#include "plugin/engine/dsp/envelope.h"
#include "plugin/engine/dsp/low_pass.h"
#include "plugin/engine/dsp/resampling_kernel.h"
#include "plugin/engine/dsp/smoother.h"
#include "plugin/engine/motion/note_gesture.h"
#include "plugin/engine/voice/cell_reader.h"
#include "plugin/engine/voice/voice_vibrato.h"

#include <cstdint>

namespace timbrel::engine {

// What all voices of an instrument share during a tick.
struct VoiceContext {
    const Simd& simd = engine::simd();
    const ResamplingKernels& kernels = ResamplingKernels::instance();
    double rate; // output frames per second
    EnvelopeShape envelope{};
    bool gated = false;           // release by the parameter instead of the sound's own
    float gated_octaves = 0.0f;   // see release_octaves()
    PlanePoint place{};           // at the end of the tick, without what single notes add; may lie beyond the edges
    PlanePoint xy{};              // the same without orbit and random walk
    float natural_vibrato = 0.0f; // share of the recordings' own, at the end of the tick
    float layer = 0.0f;           // share of the nearest corner's sound, at the end of the tick
    const GesturePlayer* gesture = nullptr;
    GlideRate splice_rate{};      // for a note's own way along a gesture
    GlideRate plane_rate{};       // for what single notes add
    GlideRate slide_rate{};       // of pitch from key to key
    GlideRate tuning_rate{};      // of a key's own pitch
    PlanePoint by_key{};          // on the plane, for an octave above middle C
    PlanePoint by_velocity{};     // on the plane, between the softest and the hardest note
    float cutoff = 0.0f;          // log2 of hertz, at the end of the tick
    float cutoff_key = 0.0f;      // octaves of cutoff for each octave of pitch
    float cutoff_velocity = 0.0f; // octaves between the softest and the hardest note
    float resonance = 0.0f;       // 0–1
    bool waits = false;           // for the disk, instead of missing what is not in memory yet
    uint32_t tick_rest = 0;       // frames of the planned tick that follow what is being performed
    float open_octaves = LowPass::open_octaves(static_cast<float>(rate));
};

// What a MIDI channel does to its voices, at the end of the tick.
struct ChannelControl {
    float bend = 0.0f; // semitones
    float gain = 1.0f;
    float damping = 1.0f;          // see Channel::damping()
    PlanePoint offset{0.0f, 0.0f}; // on the plane; a target that the voice glides to
    float offset_rest = 0.0f;      // share of the tick that followed its move; see Glide
};

struct NoteStart {
    HeldBank& bank;
    uint8_t key;
    float pitch;    // of the key in its tuning, MIDI note number
    float nearest;  // the stored pitch nearest to this one is read
    float velocity; // 1–127, after sensitivity
    float touch;    // 1–127, as it was struck
    float slide;    // semitones from this key's pitch to where the note begins
    float shade;    // octaves by which the soft pedal lowers the cutoff
};

class Voice {
  public:
    // The first frame is heard at the next output frame; `place` is where the plane is played then.
    void start(const VoiceContext& context, const NoteStart& note, const ChannelControl& channel, PlanePoint place);

    // Plays on as another key of that pitch: slides there.
    void change_key(uint8_t key, float pitch);
    // The key's pitch has moved; `rest`: share of the tick that follows, see Glide.
    void retune(float pitch, float rest) { tuned_.aim(pitch, rest); }
    void set_pressure(PlanePoint offset, float rest); // of this key alone, on the plane
    // What the player's touch adds to the place, without key and velocity.
    PlanePoint fingers() const { return PlanePoint{x_offset_.value(), y_offset_.value()} - tracked_; }

    // Plans the coming `frames`, up to the tick's end. True when the note must pause from then on because its sound is
    // not in memory: it fades within this tick and comes back when the sound is there.
    bool begin_segment(const VoiceContext& context, const ChannelControl& channel, uint32_t frames);
    // Writes the voice's sound, at most tick_frames and within the segment, into its two lanes of `run`: silence for
    // `delay` frames when the note begins within this stretch, then the sound.
    void render(const VoiceContext& context, const PlanePath& path, LaneRun& run, uint32_t lane, uint32_t delay,
                uint32_t frames);
    bool filtered() const { return low_pass_.active(); }
    // Around the lanes' filtering: lends its filter's state to the lanes; goes on by `frames` and takes it back.
    void lend_filter(LaneRun& run, uint32_t lane) { low_pass_.load(run, lane); }
    void advance(const LaneRun& run, uint32_t lane, uint32_t frames);

    // Both are heard from the next segment on; a release then stands where it would had it begun at its own frame.
    void release(const VoiceContext& context) { envelope_.release(context.tick_rest); }
    void set_release_speed(float factor) { release_speed_ = factor; } // 1 as the sound or the parameter has it
    void fade(const VoiceContext& context) { envelope_.fade(context.envelope); }

    bool released() const { return envelope_.released(); }
    bool fading() const { return envelope_.fading() || envelope_.finished(); }
    void stop() { source_.stop(); } // nothing more of the note will be rendered
    StreamLink& link() { return source_.link(); }
    bool finished() const; // once the segment has been rendered
    float amplitude() const { return amplitude_.value(); }
    float pitch() const { return tuned_.value() + slide_.value(); } // MIDI note number, without bend
    PlanePoint own_place(const VoiceContext& context) const;        // on the plane, at the tick's end
    HeldBank* bank() const { return bank_; }

  private:
    static constexpr uint32_t capacity = 1536; // the most that one tick can need at the largest ratio
    static constexpr uint32_t compact_above = 256;

    enum class Supply { flows, ebbs, dry };

    void tune(const VoiceContext& context, float bend);
    bool look_ahead(const VoiceContext& context, PlanePoint place, uint32_t frames);
    void prime(const VoiceContext& context, PlanePoint place);
    uint32_t history(const VoiceContext& context) const;
    void fill(const VoiceContext& context, const PlanePath& path, uint32_t filled);
    void compact(const VoiceContext& context);
    PlanePoint tracking(const VoiceContext& context) const;
    PlanePoint offset() const; // from the place of all notes, at the end of the tick

    NoteSource source_;
    Envelope envelope_;
    LowPass low_pass_;
    HeldBank* bank_ = nullptr;
    Ramp amplitude_;
    float key_ = 0.0f, velocity_ = 0.0f, touch_ = 0.0f, shade_ = 0.0f;
    float release_speed_ = 1.0f;
    PlanePoint pressure_{0.0f, 0.0f};
    Glide tuned_; // the key's pitch
    Glide slide_; // from there
    VoiceVibrato vibrato_;
    float interval_ = 0.0f;     // semitones from the stored pitch to the one tuned
    PlanePoint tracked_{};      // place by key and velocity
    Glide x_offset_, y_offset_; // with what the player's touch adds, at the end of the tick
    NoteGesture gesture_;
    Ramp x_, y_; // all three, moving
    uint32_t kernel_ = 0;
    uint64_t step_ = 0;   // input frames per output frame, 32 bits of fraction
    uint64_t centre_ = 0; // of the kernel for the next output frame, in the buffer, 32 bits of fraction
    uint32_t filled_ = 0; // frames in the buffer; 0 before the first are read
    Supply supply_ = Supply::flows;
    bool late_ = false; // began without its sound, and that is not told yet
    alignas(64) float left_[capacity + simd_slack];
    alignas(64) float right_[capacity + simd_slack];
};

} // namespace timbrel::engine
