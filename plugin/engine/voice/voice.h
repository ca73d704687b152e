// SPDX-License-Identifier: GPL-3.0-or-later
// One active note: samples from a CellReader, resampled to pitch, filtered and shaped by an envelope.
// Thread: audio, except request_channel().
#pragma once

#include "common/realtime.h"
#include "plugin/engine/dsp/envelope.h"
#include "plugin/engine/dsp/low_pass.h"
#include "plugin/engine/dsp/resampling_kernel.h"
#include "plugin/engine/dsp/smoother.h"
#include "plugin/engine/motion/note_gesture.h"
#include "plugin/engine/voice/cell_reader.h"
#include "plugin/engine/voice/voice_modulation.h"
#include "plugin/engine/voice/voice_vibrato.h"

#include <cstdint>

namespace timbrel::engine {

// What all voices share during a tick. Values are those at the end of the tick.
struct VoiceContext {
    const Simd& simd = engine::simd();
    const ResamplingKernels& kernels = ResamplingKernels::instance();
    double rate; // output frames per second
    EnvelopeShape envelope{};
    bool use_gated_release = false; // release by the parameter instead of the sound's own release
    float gated_release = 0.0f;     // see release_octaves()
    PlanePoint position{};          // without the offsets of single notes; may lie outside the plane
    PlanePoint xy{};                // the same before modulation
    float natural_vibrato = 0.0f;   // factor of the recordings' own vibrato
    float natural_pitch = 0.0f;     // factor of the other movement of their pitch
    float layer = 0.0f;             // weight of the nearest corner's sound, 0–0.5
    const GesturePlayer* gesture = nullptr;
    const Modulation* modulation = nullptr;
    SmootherRate jump_rate{};        // smooths jumps of a note's own gesture
    SmootherRate glide_rate{};       // smooths the offsets of single notes
    SmootherRate portamento_rate{};  // of pitch from key to key
    SmootherRate tuning_rate{};      // of changes of a key's tuning
    float cutoff = 0.0f;             // log2 of hertz
    float resonance = 0.0f;          // 0–1
    bool wait_for_disk = false;      // instead of pausing when samples are not in memory
    bool cv_connected = false;       // the position may move in curves within a tick
    uint32_t frames_after_event = 0; // frames of the current tick after the event being handled
    float bypass_octaves = LowPass::bypass_octaves(static_cast<float>(rate));
};

// What a MIDI channel does to its voices, at the end of the tick.
struct ChannelControl {
    float bend = 0.0f;                 // semitones
    float gain = 1.0f;                 // amplitude
    float damping = 1.0f;              // see MidiChannel::damping()
    PlanePoint offset{0.0f, 0.0f};     // on the plane; the voice smooths it
    float offset_tick_fraction = 0.0f; // of the last change of `offset`; see Smoother::set_target()
};

struct NoteStart {
    ActiveBank& bank;
    uint8_t key;
    float pitch;            // of the key in its tuning, MIDI note number with fractions
    float lookup_pitch;     // selects the nearest stored pitch
    float velocity;         // 1–127, after sensitivity and curve
    float raw_velocity;     // 1–127, before them
    float portamento_start; // semitones relative to `pitch`
    float cutoff_drop;      // octaves by which the soft pedal lowers the cutoff
    uint32_t number;        // see Modulation::count_note()
};

class Voice {
  public:
    // Starts a note on the next output frame, at which the plane's position is `position`.
    void start(const VoiceContext& context, const NoteStart& note, const ChannelControl& channel,
               PlanePoint position) noexcept TIMBREL_REALTIME;

    // Legato: slides to another key without a new attack.
    void change_key(uint8_t key, float pitch) noexcept TIMBREL_REALTIME;
    // Changes the pitch of the key. `tick_fraction`: see Smoother::set_target().
    void retune(float pitch, float tick_fraction) noexcept TIMBREL_REALTIME {
        tuned_pitch_.set_target(pitch, tick_fraction);
    }
    float tuned_pitch() const noexcept TIMBREL_REALTIME { return tuned_pitch_.target(); }
    // Polyphonic key pressure, as an offset on the plane.
    void set_pressure(PlanePoint offset, float tick_fraction) noexcept TIMBREL_REALTIME;
    // Offset on the plane by pressure and timbre, without key and velocity tracking.
    PlanePoint player_offset() const noexcept TIMBREL_REALTIME {
        return PlanePoint{x_offset_.value(), y_offset_.value()} - tracking_offset_;
    }

    // Plans the coming `frames`, up to the end of the tick: a segment. Returns true when a dropout begins: the samples
    // are not in memory, so the note fades out within this tick, and resumes when they are.
    bool begin_segment(const VoiceContext& context, const ChannelControl& channel,
                       uint32_t frames) noexcept TIMBREL_REALTIME;
    // Writes the voice's samples within the segment to its two lanes of `run`: `delay` frames of silence, for a note
    // that starts within this chunk, then `frames` frames of sound.
    void render(const VoiceContext& context, const PlanePath& path, LaneRun& run, uint32_t lane, uint32_t delay,
                uint32_t frames) noexcept TIMBREL_REALTIME;
    bool filtered() const noexcept TIMBREL_REALTIME { return low_pass_.active(); }
    // Called before the lanes are filtered and mixed: copies the filter's state to them.
    void load_filter(LaneRun& run, uint32_t lane) noexcept TIMBREL_REALTIME { low_pass_.load(run, lane); }
    // Called afterwards: advances by `frames` and takes the filter's state back.
    void advance(const LaneRun& run, uint32_t lane, uint32_t frames) noexcept TIMBREL_REALTIME;

    // Both apply from the next segment on. A release catches up, as if it had begun on the frame of its event.
    void release(const VoiceContext& context) noexcept TIMBREL_REALTIME {
        modulation_.release(*context.modulation, context.frames_after_event);
        envelope_.release(context.frames_after_event);
    }
    void fade(const VoiceContext& context) noexcept TIMBREL_REALTIME { envelope_.fade(context.envelope); }
    // Factor of the speed of the release; 1 leaves it unchanged.
    void set_release_speed(float factor) noexcept TIMBREL_REALTIME { release_speed_ = factor; }
    // Tells the stream thread that the note ends; it must not be rendered any more.
    void stop() noexcept TIMBREL_REALTIME { reader_.stop(); }

    bool released() const noexcept TIMBREL_REALTIME { return envelope_.released(); }
    bool fading() const noexcept TIMBREL_REALTIME { return envelope_.fading() || envelope_.finished(); }
    bool finished() const noexcept TIMBREL_REALTIME; // valid once the segment has been rendered
    float amplitude() const noexcept TIMBREL_REALTIME { return amplitude_.value(); }
    // MIDI note number with fractions, without pitch bend.
    float pitch() const noexcept TIMBREL_REALTIME { return tuned_pitch_.value() + portamento_.value(); }
    // At the end of the tick, within the plane.
    PlanePoint position(const VoiceContext& context) const noexcept TIMBREL_REALTIME;
    ActiveBank* bank() const noexcept TIMBREL_REALTIME { return bank_; }

    // Thread: control. See CellReader::request_channel().
    RequestChannel& request_channel() { return reader_.request_channel(); }

  private:
    static constexpr uint32_t capacity = 1536; // frames; enough for one tick at the largest ratio
    static constexpr uint32_t compact_above = 256;

    enum class SourceState { playing, fading_out, starved };

    void tune(const VoiceContext& context, float bend);
    void step_position(const VoiceContext& context, const ChannelControl& channel, uint32_t frames);
    void step_pitch(const VoiceContext& context, float bend, PlanePoint position, uint32_t frames);
    float natural_movement(const VoiceContext& context, PlanePoint position, uint32_t frames);
    void step_envelope(const VoiceContext& context, float damping, PlanePoint position, uint32_t frames);
    bool prepare_source(const VoiceContext& context, PlanePoint position, uint32_t frames);
    void prime(const VoiceContext& context, PlanePoint position);
    uint32_t kernel_history(const VoiceContext& context) const;
    void fill(const VoiceContext& context, const PlanePath& path, uint32_t filled);
    void compact(const VoiceContext& context);
    PlanePoint tracking(const VoiceContext& context) const;
    float cutoff(const VoiceContext& context) const;
    void apply_width(float* out, uint32_t lanes, uint32_t frames) const;
    PlanePoint offset() const; // from the position of all notes, at the end of the tick

    CellReader reader_;
    Envelope envelope_;
    LowPass low_pass_;
    ActiveBank* bank_ = nullptr;
    Ramp amplitude_;
    float key_ = 0.0f, velocity_ = 0.0f, raw_velocity_ = 0.0f, cutoff_drop_ = 0.0f; // see NoteStart
    float release_speed_ = 1.0f;
    PlanePoint pressure_{0.0f, 0.0f};
    Smoother tuned_pitch_; // MIDI note number
    Smoother portamento_;  // semitones from there
    VoiceVibrato vibrato_;
    float interval_ = 0.0f;        // semitones from the stored pitch to the played one
    PlanePoint tracking_offset_{}; // by key and velocity
    Smoother x_offset_, y_offset_; // tracking, pressure and timbre, at the end of the tick
    NoteGesture gesture_;
    VoiceModulation modulation_;
    Ramp x_, y_; // sum of all offsets
    Ramp width_; // factor of the side signal
    uint32_t kernel_ = 0;
    uint64_t step_ = 0;   // input frames per output frame, 32.32 fixed point
    uint64_t centre_ = 0; // of the kernel for the next output frame, in the buffer, 32.32 fixed point
    uint32_t filled_ = 0; // frames in the buffer; 0 before the first are read
    SourceState source_state_ = SourceState::playing;
    bool started_late_ = false; // the note started without samples in memory, and that is not reported yet
    // The buffer of input frames.
    alignas(64) float left_[capacity + simd_padding];
    alignas(64) float right_[capacity + simd_padding];
};

} // namespace timbrel::engine
