// What the audio thread runs: parameters, controllers and voices, from one block to the next. Everything here belongs
// to the audio thread; other threads reach it through Instrument.
#pragma once

#include "plugin/engine/core/parameters.h"
#include "plugin/engine/midi/key_stack.h"
#include "plugin/engine/midi/midi_channel.h"
#include "plugin/engine/midi/midi_message.h"
#include "plugin/engine/midi/midi_tuning.h"
#include "plugin/engine/midi/mpe_zones.h"
#include "plugin/engine/motion/plane_motion.h"
#include "plugin/engine/streaming/bank_handover.h"
#include "plugin/engine/voice/active_note.h"
#include "plugin/engine/voice/voice_pool.h"

#include <array>
#include <cstdint>
#include <span>

namespace timbrel::engine {

using ParameterValues = std::array<float, parameter_count>;

class Performer {
  public:
    Performer(double rate, GestureHandover& gestures, TuningPrograms& tunings); // off the audio thread

    // Real time, all of these.
    void set_parameters(const ParameterValues& values);
    // False when the message was lost because too many came.
    bool queue(uint32_t frame, const MidiMessage& message) { return kept(events_.push(frame, message)); }
    bool queue_exclusive(uint32_t frame, std::span<const uint8_t> bytes) {
        return kept(events_.push_exclusive(frame, bytes));
    }
    void hear_transport(uint32_t frame, const Transport& transport) { song_.hear(frame, transport); }
    void render(BankHandover& banks, float* left, float* right, const float* x_cv, const float* y_cv, uint32_t frames);
    void release_all();
    void reset();

    PlanePoint place() const { return within_plane(place_after(0)); } // on the plane, at the end of the block
    uint32_t voices() const { return pool_.size(); }
    const PlaneMotion& motion() const { return motion_; }
    uint32_t misses() const { return misses_; } // notes that had to pause for the disk, since construction
    void wait_for_disk(bool waits) { context_.waits = waits; }
    std::vector<StreamLink*> links() { return pool_.links(); } // off the audio thread
    uint32_t sounding_notes(std::span<SoundingNote> notes) const;

  private:
    // That many frames into the stretch about to be rendered; it may lie beyond the plane's edges.
    PlanePoint place_after(uint32_t delay) const;
    float value(Parameter parameter) const { return values_[static_cast<size_t>(parameter)]; }
    bool kept(bool queued) {
        lost_events_ = lost_events_ || !queued;
        return queued;
    }
    bool set(Parameter parameter, float value);
    void set_by_controller(Parameter parameter, float value); // until it is next set from outside
    void apply(Parameter parameter);
    // Share of the tick that follows what is being performed.
    float rest_of_tick() const { return static_cast<float>(context_.tick_rest) / tick_frames; }
    void apply_motion();
    void take_bank(BankHandover& banks);

    // `delay`: frames of the stretch about to be rendered before the message's own.
    void perform(const EventQueue::Event& event, uint32_t delay);
    void perform(const MidiMessage& message, uint32_t delay);
    void note_on(const MidiMessage& message, uint32_t delay);
    void note_off(const MidiMessage& message, uint32_t delay);
    bool strike(const HeldKey& key, bool tied, uint32_t delay);
    void controller(const MidiMessage& message);
    bool data(const MidiMessage& message);
    void step_parameter(Channel& channel, Parameter parameter, int step);
    void pedals(uint8_t sender, bool was_sustained, bool was_sostenuto);
    void mode_message(uint8_t sender, uint8_t number);
    void select_tuning(uint8_t sender, int program);
    void set_zone(uint8_t master, uint8_t members);
    bool sustained(uint8_t channel) const;
    ChannelControl control_of(uint8_t channel) const;
    float sensed(float velocity) const;
    float release_speed(const MidiMessage& note_off) const;
    float soft_share(uint8_t channel) const;
    PlanePoint moved_by(float pressure, float timbre) const;
    float nearest_pitch(uint8_t channel, float pitch) const;

    void start_where_set(); // instead of gliding there
    void begin_tick(uint32_t frame);
    void begin_motion_anew();
    // While nothing sounds, so that how a note begins has nothing to do with what went on unheard; and every time that
    // the song starts, all that moves by itself does as well: a host exports it alike, however long it stood before.
    void rejoin_song(uint32_t frame);
    void move_place(uint32_t frame);
    PlanePoint fingers();
    PlanePath path_of_stretch(const float* x_cv, const float* y_cv, uint32_t frames);
    void render_stretch(const PlanePath& path, float* left, float* right, uint32_t frames);
    void render_voices(const PlanePath& path, uint32_t frames);
    void follow_cv(const float* x_cv, const float* y_cv, uint32_t frames);

    ParameterValues values_; // in force
    ParameterValues wanted_; // as set from outside; a controller may have moved the value since
    VoiceContext context_;
    VoicePool pool_;
    EventQueue events_;
    bool lost_events_ = false; // in this block
    uint32_t misses_ = 0;
    std::array<Channel, 16> channels_;
    MidiTuning tuning_;
    MpeZones zones_;
    HeldKeys keys_;
    float last_pitch_ = -1.0f; // of the note struck last, for portamento; negative before the first
    HeldBank* bank_ = nullptr;

    GlideRate cv_rate_, control_rate_;
    SongClock song_;
    PlaneMotion motion_;
    Glide layer_; // share of the corner's sound, at the end of the tick
    float layer_from_ = 0.0f;
    Glide level_{1.0f}, width_{1.0f}; // amplitude and share of the side signal, at the end of the tick
    float level_from_ = 1.0f, width_from_ = 1.0f;
    Glide cutoff_, resonance_;
    Glide tune_, vibrato_depth_; // semitones
    Glide natural_vibrato_;      // share of the recordings' own
    float vibrato_ = 0.0f;       // sine, at the end of the tick
    double vibrato_phase_ = 0.0; // turns
    Glide cv_x_, cv_y_;
    bool cv_connected_ = false;
    std::array<float, tick_frames + 2> cv_path_x_{}, cv_path_y_{}; // see PlanePath; one more that is never used
    uint32_t tick_left_ = 0;                                       // frames to the end of the tick
    bool untouched_ = true; // nothing has been rendered since the start or a reset
    LaneRun lanes_;
};

} // namespace timbrel::engine
