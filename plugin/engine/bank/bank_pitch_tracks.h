// SPDX-License-Identifier: GPL-3.0-or-later
// The movement of the recordings' pitch, without vibrato, which a bank's PCM no longer contains. The metadata describe
// it under "pitch_tracks":
//   offset            bytes from the end of the index to the first point, even
//   frames_per_point  frames of the PCM between two points
//   cents_per_unit    of a point
//   notes             a list of {"pitch", "velocity"}; other notes have no track
// Points are signed 16-bit numbers. Each note in the list has, for each corner, row by row from the north-west,
// pitch_track_points() of them, from the first frame of its PCM on. A voice interpolates them linearly, and follows the
// loop, so that the value at the loop's end should be that at its start.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/bank/bank.h"
#include "plugin/engine/bank/bank_corners.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace timbrel::engine {

inline constexpr uint32_t bank_min_track_step = 16, bank_max_track_step = 65536; // frames between two points

// The number of points that cover so many frames. Threads: any.
constexpr uint64_t pitch_track_points(uint32_t frames, uint32_t frames_per_point) noexcept TIMBREL_REALTIME {
    return (uint64_t{frames} + frames_per_point - 1) / frames_per_point + 1;
}

class BankPitchTracks {
  public:
    // Control, worker. Ignores all tracks where anything about them is invalid. Both must outlive the object.
    BankPitchTracks(const Bank& bank, const BankCorners& corners);

    // Any. Whether the metadata describe tracks that are invalid.
    bool invalid() const { return invalid_; }
    // Any, for all that follow.
    uint32_t frames_per_point() const { return frames_per_point_; }
    double cents_per_unit() const { return cents_per_unit_; }
    // A note's points, corner after corner; empty when it has none.
    std::span<const int16_t> points(uint32_t note) const { return tracks_.empty() ? Points{} : tracks_[note]; }

    bool has(uint32_t note) const noexcept TIMBREL_REALTIME { return !tracks_.empty() && !tracks_[note].empty(); }
    // Cents at a frame of the PCM, mixed from the corners; 0 when the note has none.
    float cents(uint32_t note, const CornerWeights& weights, double frame) const noexcept TIMBREL_REALTIME;

  private:
    using Points = std::span<const int16_t>;
    bool read(const Bank& bank, const nlohmann::json& description);

    size_t corners_;
    bool invalid_ = false;
    uint32_t frames_per_point_ = 1;
    double cents_per_unit_ = 0.0;
    std::vector<Points> tracks_; // of each note, in the bank's memory; empty without any track
};

// Collects the tracks of a bank that is to be written. Threads: control, worker.
class PitchTrackList {
  public:
    PitchTrackList(uint32_t frames_per_point, double cents_per_unit);

    // Rounds and limits cents to what a point can store.
    int16_t point(double cents) const;
    // The points of all corners of a note, in the order of the bank.
    void add(int pitch, int velocity, std::span<const int16_t> points);

    bool empty() const { return points_.empty(); }
    nlohmann::json description() const; // for the key "pitch_tracks"
    // For BankWriter, between index and PCM; valid until the next add().
    std::span<const std::byte> bytes() const { return std::as_bytes(std::span(points_)); }

  private:
    uint32_t frames_per_point_;
    double cents_per_unit_;
    std::vector<int16_t> points_;
    std::vector<std::pair<int, int>> notes_; // pitch, velocity
};

} // namespace timbrel::engine
