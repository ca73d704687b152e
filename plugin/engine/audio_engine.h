// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that runs on the audio thread: parameters, MIDI, motion on the plane, voices and space, block by block.
// Thread: audio, except where a function says otherwise; other threads go through Synth.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/parameters.h"
#include "plugin/engine/dsp/safety_limiter.h"
#include "plugin/engine/midi/key_stack.h"
#include "plugin/engine/midi/midi_channel.h"
#include "plugin/engine/midi/midi_message.h"
#include "plugin/engine/midi/midi_tuning.h"
#include "plugin/engine/midi/mpe_zones.h"
#include "plugin/engine/midi/tuning_master.h"
#include "plugin/engine/motion/plane_motion.h"
#include "plugin/engine/space/delay.h"
#include "plugin/engine/space/reverb.h"
#include "plugin/engine/streaming/bank_exchange.h"
#include "plugin/engine/voice/active_note.h"
#include "plugin/engine/voice/voice_pool.h"

#include <array>
#include <cstdint>
#include <span>

namespace timbrel::engine {

using ParameterValues = std::array<float, parameter_count>; // in each parameter's unit, indexed by Parameter

class AudioEngine {
  public:
    // Thread: control. `rate`: output frames per second. All references outlive the engine.
    AudioEngine(double rate, GestureExchange& gestures, TuningPrograms& tunings, TuningMaster& tuning_master);

    // The host's values, in range. A value that changes replaces what a MIDI controller set.
    void set_parameters(const ParameterValues& values) noexcept TIMBREL_REALTIME;

    // Queue one message for `frame` of the coming render(). Return false, and drop the message, when the queue is full.
    bool queue(uint32_t frame, const MidiMessage& message) noexcept TIMBREL_REALTIME {
        return record_loss(events_.push(frame, message));
    }
    bool queue_sysex(uint32_t frame, std::span<const uint8_t> bytes) noexcept TIMBREL_REALTIME {
        return record_loss(events_.push_sysex(frame, bytes));
    }

    // The host's transport at `frame` of the coming render().
    void set_transport(uint32_t frame, const Transport& transport) noexcept TIMBREL_REALTIME {
        transport_.queue(frame, transport);
    }

    // Overwrites `frames` frames of both channels. `x_cv` and `y_cv` may be null; see Synth::render().
    void render(BankExchange& banks, float* left, float* right, const float* x_cv, const float* y_cv,
                uint32_t frames) noexcept TIMBREL_REALTIME;

    // Releases every note; keys, pedals and controllers go back to rest.
    void release_all() noexcept TIMBREL_REALTIME;

    // Thread: audio, or control while no audio thread runs. Ends every note at once and resets controllers and motion.
    void reset() noexcept TIMBREL_REALTIME;

    // At the end of the block, within the plane.
    PlanePoint position() const noexcept TIMBREL_REALTIME { return within_plane(position_at(0)); }
    uint32_t voices() const noexcept TIMBREL_REALTIME { return pool_.size(); } // fading ones included
    TuningMasterStatus tuning_master_status() const noexcept TIMBREL_REALTIME;
    const PlaneMotion& motion() const noexcept TIMBREL_REALTIME { return motion_; }

    // Times since construction that a note paused because its samples were not in memory.
    uint32_t dropouts() const noexcept TIMBREL_REALTIME { return dropouts_; }

    // True while the host renders offline: voices then wait for the disk instead of pausing.
    void wait_for_disk(bool waits) noexcept TIMBREL_REALTIME { context_.wait_for_disk = waits; }

    // Thread: control. One request channel for each voice, valid as long as the engine.
    std::vector<RequestChannel*> request_channels() { return pool_.request_channels(); }

    // Writes the notes held by key or pedal, as many as fit; returns how many.
    uint32_t active_notes(std::span<ActiveNote> notes) const noexcept TIMBREL_REALTIME;

  private:
    struct ParameterAction {
        Parameter parameter;
        void (*apply)(AudioEngine& engine, float value);
    };
    static const ParameterAction parameter_actions[];
    struct ModulationRoute {
        Parameter parameter;
        ModulationSource source;
        ModulationTarget target;
        float divisor; // from the parameter's unit to the amount's
    };
    static const ModulationRoute modulation_routes[];

    float value(Parameter parameter) const { return values_[static_cast<size_t>(parameter)]; }
    float rate() const { return static_cast<float>(context_.rate); }
    bool store_host_value(Parameter parameter, float value); // returns whether it changed
    void set_from_midi(Parameter parameter, float value);    // in force until the host changes the parameter
    void apply(Parameter parameter);
    void apply_glide(float milliseconds);
    void apply_layer(float percent);
    void apply_bend_range(float semitones);
    void aim_percent(Smoother& smoother, float percent);
    SmootherRate tick_rate(float milliseconds) const; // for values that step once a tick
    void update_envelope();
    void update_motion();
    void update_modulation();
    Lfo::Settings lfo_settings(Parameter shape) const; // the LFO whose parameters begin there
    void update_delay();
    void update_reverb();

    // `delay`: frames from the start of the chunk that is rendered next to the message.
    void handle_event(const EventQueue::Event& event, uint32_t delay);
    void handle_event(const MidiMessage& message, uint32_t delay);
    void note_on(const MidiMessage& message, uint32_t delay);
    void note_off(const MidiMessage& message, uint32_t delay);
    // `overlapping`: another key is pressed already. Returns false when the key has no sound.
    bool start_note(const PressedKey& key, bool overlapping, uint32_t delay);
    void control_change(const MidiMessage& message);
    bool data_entry(const MidiMessage& message); // returns false unless it is data for more than the channel itself
    void step_parameter(MidiChannel& channel, Parameter parameter, int step);
    void update_pedals(uint8_t sender, bool was_sustained, bool was_sostenuto);
    void channel_mode_message(uint8_t sender, uint8_t number);
    void select_tuning_program(uint8_t sender, int program);
    void set_mpe_zone(uint8_t master, uint8_t members);
    bool record_loss(bool queued) {
        events_lost_ = events_lost_ || !queued;
        return queued;
    }

    bool sustained(uint8_t channel) const;
    ChannelControl channel_control(uint8_t channel) const;
    float apply_velocity_curve(float velocity) const;
    float release_speed(const MidiMessage& note_off) const;
    float soft_pedal(uint8_t channel) const; // 0 up to 1 down
    PlanePoint pressure_offset(float pressure, float timbre) const;
    float lookup_pitch(uint8_t channel, float pitch) const;
    // A scale and tuning messages come before the master.
    bool may_follow_master(uint8_t channel) const { return !tuning_.has_scale() && !tuning_.is_received(channel); }
    bool follows_master(uint8_t channel) const { return tuning_master_.present() && may_follow_master(channel); }
    int master_channel(uint8_t channel) const { return zones_.active() ? TuningMaster::any_channel : channel; }
    float key_pitch(uint8_t channel, uint8_t key);
    void follow_tuning_master(); // retunes active notes; once a tick

    void adopt_bank(BankExchange& banks);
    void snap_to_targets(); // ends all smoothing
    void begin_tick(uint32_t frame);
    void restart_motion();
    // Called once a tick while silent: aligns motion with the transport. When the transport starts, all LFOs restart,
    // so that exports are repeatable.
    void align_with_transport(uint32_t frame);
    void advance_position(uint32_t frame);
    // X and Y added by the player: the CV input, and pressure and timbre of the newest note.
    PlanePoint player_offset();
    // `delay` frames into the chunk that is rendered next; may lie outside the plane.
    PlanePoint position_at(uint32_t delay) const;
    // Fraction of the tick that follows the event being handled.
    float tick_fraction_left() const { return static_cast<float>(context_.frames_after_event) / tick_frames; }
    // A chunk: consecutive frames within one tick and one block.
    PlanePath chunk_path(const float* x_cv, const float* y_cv, uint32_t frames);
    void render_chunk(const PlanePath& path, float* left, float* right, uint32_t frames);
    void render_voices(const PlanePath& path, uint32_t frames);
    void smooth_cv(const float* x_cv, const float* y_cv, uint32_t frames);

    ParameterValues values_;      // in force
    ParameterValues host_values_; // last set by the host; a MIDI controller may have changed the value in force since
    VoiceContext context_;
    VoicePool pool_;
    EventQueue events_;
    bool events_lost_ = false; // in this block
    uint32_t dropouts_ = 0;
    static constexpr uint8_t channel_count = 16;
    std::array<MidiChannel, channel_count> channels_;
    MidiTuning tuning_;
    TuningMaster& tuning_master_;
    MpeZones zones_;
    KeyStack keys_;
    float last_pitch_ = -1.0f; // of the newest note, for portamento; negative before the first note
    ActiveBank* bank_ = nullptr;

    SmootherRate cv_rate_, control_rate_;
    TransportClock transport_;
    PlaneMotion motion_;
    // Values at the end of the tick; `..._start_` are those at its beginning.
    Smoother layer_; // weight of the nearest corner's sound, 0–0.5
    float layer_start_ = 0.0f;
    Smoother level_{1.0f}, width_{1.0f}; // amplitude; factor of the side signal
    float level_start_ = 1.0f, width_start_ = 1.0f;
    Smoother cutoff_, resonance_;   // log2 of hertz; 0–1
    Smoother tune_, vibrato_depth_; // semitones
    Smoother natural_vibrato_;      // factor of the recordings' own vibrato
    Smoother natural_pitch_;        // factor of the other movement of their pitch
    float vibrato_lfo_ = 0.0f;      // -1–1
    double vibrato_phase_ = 0.0;    // turns
    Smoother cv_x_, cv_y_;
    bool cv_connected_ = false;
    // See PlanePath; PlanePath::at() reads one value past the last, with weight 0.
    std::array<float, tick_frames + 2> cv_path_x_{}, cv_path_y_{};
    uint32_t tick_frames_left_ = 0;
    bool first_render_ = true; // since construction or reset()
    LaneRun lanes_;
    Delay delay_;
    Reverb reverb_;
    SafetyLimiter limiter_;
};

} // namespace timbrel::engine
