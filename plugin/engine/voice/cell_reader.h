// SPDX-License-Identifier: GPL-3.0-or-later
// Reads one note of a bank: blends the four cells around the position on the plane and the two velocity layers around
// the played velocity, frame by frame, looping as long as needed. Thread: audio, except request_channel().
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/plane_path.h"
#include "plugin/engine/dsp/simd.h"
#include "plugin/engine/streaming/bank_exchange.h"
#include "plugin/engine/voice/grid_cursor.h"

#include <cstdint>

namespace timbrel::engine {

// The times on the path, in output frames, of the frames that are read: the first at `start`, then every `step`.
struct ReadTimes {
    float start, step;
};

// What a voice will read in the coming segment.
struct StreamRequest {
    PlanePoint position; // at the end of the segment
    bool corners;        // whether the corners' samples are mixed in
    uint32_t tick;       // length of a tick, in frames of the bank
    uint32_t frames;     // length of the segment, in output frames
    bool wait_for_disk;  // whether missing samples are waited for, as in offline rendering
    float cell_margin;   // how far the position may leave the straight line there, in cells
};

class CellReader {
  public:
    // Selects the stored pitch nearest to `pitch` (MIDI note number with fractions) and the layers around `velocity`
    // (1–127, with fractions). The bank has samples and outlives the note.
    void start(const ActiveBank& bank, float pitch, float velocity) noexcept TIMBREL_REALTIME;
    // Tells the stream thread that the note is not read any more.
    void stop() noexcept TIMBREL_REALTIME;

    // Called before each segment: posts the request to the stream thread and finds out what is in memory. Returns false
    // when the samples of the coming ticks are missing in all cells. When only the cells at the position are missing,
    // read() stays at the edge of those in memory and follows smoothly later. While waiting for the disk, neither
    // happens unless the bank cannot be read.
    bool prepare(const StreamRequest& request) noexcept TIMBREL_REALTIME;
    // Advances within the segment, by output frames.
    void advance(uint32_t frames) noexcept TIMBREL_REALTIME { cursor_.advance(frames); }

    // Thread: control. Connects this reader to the stream thread; valid as long as the reader.
    RequestChannel& request_channel() { return channel_; }

    uint8_t pitch() const noexcept TIMBREL_REALTIME { return pitch_; } // of the stored note, MIDI note number
    uint32_t rate() const noexcept TIMBREL_REALTIME { return bank_->rate(); }

    // Writes the next `frames` frames; overwrites up to simd_padding floats after them.
    void read(const Simd& simd, const PlanePath& path, ReadTimes times, float* left, float* right,
              uint32_t frames) noexcept TIMBREL_REALTIME;
    // Prefetches the next `frames` frames into the processor's cache.
    void prefetch(uint32_t frames) const noexcept TIMBREL_REALTIME;

    // Frames of silence read since the end of a note without a loop.
    uint32_t silent_frames() const noexcept TIMBREL_REALTIME { return silent_frames_; }

    // Properties of the note at a position. `corner_weight`: weight of the nearest corner's sound.
    // Amplitude left of a loop that decays.
    float loop_gain(PlanePoint position, float corner_weight) const noexcept TIMBREL_REALTIME;
    // Natural release time: a fall by 60 dB.
    float release_seconds(PlanePoint position, float corner_weight) const noexcept TIMBREL_REALTIME;
    // Vibrato that baking removed from the recordings.
    NaturalVibrato vibrato(PlanePoint position) const noexcept TIMBREL_REALTIME;
    // Whether baking removed other movement of the pitch, or vibrato.
    bool pitch_moves() const noexcept TIMBREL_REALTIME { return pitch_moves_; }
    // That other movement, in semitones, `behind` frames before the next one to be read.
    float pitch_offset(PlanePoint position, double behind) const noexcept TIMBREL_REALTIME;

  private:
    using GridPoint = GridCursor::GridPoint;
    struct Layer {
        uint32_t note; // in the bank
        float weight;
    };
    // Four neighbouring cells, or four corners with any number of cells between them.
    struct Square {
        uint32_t column = ~0u, row = ~0u; // of the north-west cell
        uint32_t east = ~0u, south = ~0u; // of the south-east cell
        const int16_t* pcm[8];            // as in BlendRun
        float gain[8], decay[8], release[8];
        bool decays = false; // any of them
    };
    // Weight of the nearest corner's sound at the first frame, and its change per frame.
    struct CornerWeight {
        float start, step;
    };

    GridPoint grid_point(PlanePoint position) const;
    void post_request(GridPoint at, const StreamRequest& request);
    bool wait_for_samples(uint64_t until);
    CellRange cells_between(GridPoint from, GridPoint to, float margin) const;
    void load_cells(uint32_t column, uint32_t row);
    void load_corners(uint32_t column, uint32_t row);
    void load_square(Square& square) const;
    void read_line(const Simd& simd, const GridCursor::ResidentCells& resident, GridPoint at, GridPoint step,
                   CornerWeight corner, float* left, float* right, uint32_t frames);
    void read_jump_origin(const Simd& simd, CornerWeight corner, float* left, float* right, uint32_t frames);
    void mix_corners(const Simd& simd, const BlendRun& run, GridPoint start, GridPoint end, CornerWeight corner,
                     float* left, float* right);
    uint32_t frames_to_loop_end() const;
    void advance_playhead(uint32_t frames);
    static GridPoint fraction_within(const Square& square, GridPoint at);
    float interpolate(float (Square::*values)[8], PlanePoint position, float corner_weight) const;
    float interpolate(const float (&values)[8], GridPoint fraction) const;

    const Bank* bank_ = nullptr;
    const StreamedBank* streamed_ = nullptr;
    RequestChannel channel_;
    ReadRequest request_;
    uint32_t ticks_since_post_ = 0, posted_square_ = 0;
    bool last_corners_ = false;
    uint32_t last_tick_ = 0; // length of the last segment's tick, in frames of the bank
    GridCursor cursor_;
    uint8_t pitch_ = 0;
    uint32_t layer_count_ = 1;
    Layer layers_[2] = {};
    bool pitch_moves_ = false;
    float velocity_gain_ = 1.0f; // for velocities outside the range of the layers
    uint32_t frames_ = 0, loop_start_ = 0, loop_end_ = 0;
    uint32_t frame_ = 0;         // to be read next
    uint64_t played_frames_ = 0; // since the start, with loops unrolled
    uint32_t silent_frames_ = 0;
    Square cells_, corners_;
};

} // namespace timbrel::engine
