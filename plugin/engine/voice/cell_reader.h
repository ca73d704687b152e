// Reads one note of a bank: blends the cells around the place on the plane, and the two velocity layers around the
// played velocity, frame by frame, round the loop for as long as it is asked. Real time.
#pragma once

#include "plugin/engine/core/plane_path.h"
#include "plugin/engine/dsp/simd.h"
#include "plugin/engine/streaming/bank_handover.h"
#include "plugin/engine/voice/grid_cursor.h"

#include <cstdint>

namespace timbrel::engine {

// When the frames that are read will be heard: the first at `start`, in output frames on the path, each next one
// `step` later.
struct ReadTimes {
    float start, step;
};

class NoteSource {
  public:
    // Reads the stored pitch nearest to `pitch`, a MIDI note number with fractions. `velocity`: 1–127, in fractions
    // too. The bank holds sound and stays alive while the note is read.
    void start(const HeldBank& bank, float pitch, float velocity);
    void stop(); // tells the loader that nothing more is read

    struct Outlook {
        PlanePoint place; // at the segment's end
        bool corners;     // their sound is mixed in
        uint32_t tick;    // in frames of the bank
        uint32_t segment; // in output frames
        bool waits;       // all may be waited for, as when a host does not play in real time
    };
    // Before each segment: tells the loader where the note is played, and finds out what is in memory. False when the
    // coming ticks are not. Where only the place's cells are missing, read() stays at the edge of those that are there,
    // and follows smoothly when they have come.
    bool look_ahead(const Outlook& outlook);
    void advance(uint32_t frames) { place_.advance(frames); } // of the segment, output frames
    StreamLink& link() { return link_; }

    uint8_t pitch() const { return pitch_; } // stored, MIDI note number
    uint32_t rate() const { return bank_->rate(); }

    // Writes the next `frames` frames; up to simd_slack floats beyond them are overwritten too.
    void read(const Simd& simd, const PlanePath& path, ReadTimes times, float* left, float* right, uint32_t frames);
    // Asks the processor for the frames that follow, so that a later read() finds them in its cache.
    void prefetch(uint32_t frames) const;

    // Frames of silence read since a note without a loop came to its end.
    uint32_t silent_frames() const { return silent_frames_; }
    // Amplitude left by the loop's own fading, and the sound's own release in seconds, at a place on the plane.
    // `corner`: share of the nearest corner's sound.
    float fading(PlanePoint place, float corner) const;
    float release_seconds(PlanePoint place, float corner) const;
    // What was taken from the recordings, at a place on the plane.
    NaturalVibrato vibrato(PlanePoint place) const;

  private:
    struct Layer {
        uint32_t note;
        float share;
    };
    struct Square {                       // of four cells; or of four corners, with many cells between them
        uint32_t column = ~0u, row = ~0u; // of its north-west cell
        uint32_t east = ~0u, south = ~0u; // of its other side
        const int16_t* pcm[8];
        float gain[8], decay[8], release[8];
        bool fades = false;
    };
    using Grid = HeardPlace::Grid;
    Grid on_grid(PlanePoint place) const;
    struct Corner { // share of the nearest corner's sound, and its change each frame
        float share, step;
    };
    void enter(uint32_t column, uint32_t row);
    void enter_corners(uint32_t column, uint32_t row);
    void load(Square& square) const;
    void read_line(const Simd& simd, const HeardPlace::Reach& reach, Grid at, Grid step, Corner corner, float* left,
                   float* right, uint32_t frames);
    void add_corners(const Simd& simd, const BlendRun& run, Grid from, Grid to, Corner corner, float* left,
                     float* right);
    static Grid within(const Square& square, Grid at);
    void read_left(const Simd& simd, Corner corner, float* left, float* right, uint32_t frames);
    uint32_t frames_to_seam() const;
    void go_on(uint32_t frames);
    void tell_loader(Grid at, bool corners);
    float blended(float (Square::*values)[8], PlanePoint place, float corner) const;
    float blended(const float (&values)[8], Grid within) const;

    const Bank* bank_ = nullptr;
    const StreamedBank* streamed_ = nullptr;
    StreamLink link_;
    StreamNeed need_;
    uint32_t ticks_untold_ = 0, told_square_ = 0;
    HeardPlace place_;
    uint8_t pitch_ = 0;
    uint32_t layers_ = 1;
    Layer layer_[2] = {};
    float level_ = 1.0f; // that the velocity gives beyond the layers' own loudness
    uint32_t frames_ = 0, loop_start_ = 0, loop_end_ = 0;
    uint32_t frame_ = 0;  // to be read next
    uint64_t played_ = 0; // frames read since the start, loops unrolled
    uint32_t silent_frames_ = 0;
    Square square_, corners_;
};

} // namespace timbrel::engine
