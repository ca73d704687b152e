// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/voice/cell_reader.h"

#include "plugin/engine/core/engine_limits.h"
#include "plugin/engine/dsp/resampling_kernel.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>
#include <utility>

namespace timbrel::engine {

namespace {

constexpr uint32_t request_interval_ticks = 4;
constexpr std::chrono::microseconds wait_interval{50};
constexpr uint32_t cv_chunk_frames = 8;      // the CV input is approximated by lines of this length
constexpr uint32_t jump_chunk_frames = 64;   // of a jump, read at a time
constexpr uint32_t corner_chunk_frames = 32; // the corners' weights are approximated by lines of this length
constexpr float octaves_per_db = 0.1660964f; // of amplitude

// Frames until a coordinate within a square, moving by `step` per frame, leaves it; 1 to `max`.
uint32_t frames_within(float coordinate, float step, uint32_t max) {
    const float distance = step > 0.0f ? 1.0f - coordinate : coordinate;
    const float speed = std::abs(step);
    if (!(distance < speed * static_cast<float>(max))) return max;
    return std::clamp(static_cast<uint32_t>(std::max(0.0f, distance / speed)) + 1, 1u, max);
}

// Of two equally near pitches, takes the higher one: playing it lower causes no aliasing.
uint32_t nearest(std::span<const uint8_t> pitches, float pitch) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < pitches.size(); ++i)
        if (std::abs(static_cast<float>(pitches[i]) - pitch) <= std::abs(static_cast<float>(pitches[best]) - pitch))
            best = i;
    return best;
}

// Interpolation weight of the second of two corners at a position 0–1 between them: switches smoothly from 0 to 1 in
// the middle third.
float nearest_corner(float position) {
    const float t = std::clamp(3.0f * position - 1.0f, 0.0f, 1.0f);
    return t * t * (3.0f - 2.0f * t);
}

float squared(float x) { return x * x; }

} // namespace

void CellReader::start(const ActiveBank& bank, float pitch, float velocity) noexcept TIMBREL_REALTIME {
    bank_ = bank.bank;
    streamed_ = bank.streamed.get();
    const uint32_t pitch_index = nearest(bank_->pitches(), pitch);
    pitch_ = bank_->pitches()[pitch_index];
    const auto velocities = bank_->velocities();
    uint32_t upper = 0;
    while (upper < velocities.size() && velocities[upper] < velocity) ++upper;
    const bool between = upper > 0 && upper < velocities.size();
    velocity_gain_ = 1.0f;
    if (between) {
        const float low = velocities[upper - 1], high = velocities[upper];
        const float upper_weight = (velocity - low) / (high - low);
        layers_[0] = {bank_->note(pitch_index, upper - 1), 1.0f - upper_weight};
        layers_[1] = {bank_->note(pitch_index, upper), upper_weight};
    } else {
        const uint32_t only = upper == 0 ? 0 : upper - 1;
        layers_[0] = {bank_->note(pitch_index, only), 1.0f};
        velocity_gain_ = squared(velocity / velocities[only]);
    }
    layer_count_ = between && layers_[1].weight < 1.0f ? 2 : 1;
    if (between && layer_count_ == 1) layers_[0] = layers_[1];
    const auto& shape = bank_->entry(layers_[0].note, 0);
    frames_ = shape.frames;
    loop_start_ = shape.loop_start;
    loop_end_ = shape.loop_end;
    pitch_moves_ = streamed_->vibrato().any();
    for (uint32_t i = 0; i < layer_count_; ++i)
        pitch_moves_ = pitch_moves_ || streamed_->pitch_tracks().has(layers_[i].note);
    frame_ = 0;
    played_frames_ = 0;
    silent_frames_ = 0;
    cells_.column = cells_.row = ~0u;
    corners_.column = corners_.row = ~0u;
    request_ = {streamed_->serial(), request_.start + 1, layers_[0].note, layer_count_};
    ticks_since_post_ = request_interval_ticks;
    last_tick_ = ~0u;
    cursor_.start();
}

void CellReader::stop() noexcept TIMBREL_REALTIME {
    channel_.request.draft() = {};
    channel_.request.publish();
}

bool CellReader::prepare(const StreamRequest& request) noexcept TIMBREL_REALTIME {
    const GridPoint at = grid_point(request.position);
    const uint64_t loaded_frames = streamed_->loaded_frames();
    // One tick to play and two to fade or jump; the kernel's length covers the fastest rise of a pitch bend.
    const uint64_t end = loop_end_ > loop_start_ ? all_frames : frames_;
    const uint64_t until = std::min(played_frames_ + 3 * request.tick + resampling_max_taps, end);
    static_assert(2 * (3 * (tick_frames * resampling_max_ratio + 1) + resampling_max_taps) <= min_ahead_frames);
    // What was in memory at the last segment's pitch must suffice for the jump.
    const uint32_t jump_frames = std::min(request.tick, std::exchange(last_tick_, request.tick));
    const auto plan = [&](const CellRange& cells, bool corners) {
        const GridCursor::ResidentCells resident{
            static_cast<float>(cells.first_column), static_cast<float>(cells.last_column),
            static_cast<float>(cells.first_row), static_cast<float>(cells.last_row)};
        cursor_.plan(at, resident, corners, jump_frames, request.frames);
        return true;
    };
    const CellRange all_cells{0, bank_->columns() - 1, 0, bank_->rows() - 1};
    if (loaded_frames == all_frames) return plan(all_cells, true);
    post_request(at, request);
    if (until <= loaded_frames) return plan(all_cells, true);
    if (request.wait_for_disk) {
        if (wait_for_samples(until)) return plan(request_.cells, true);
    } else {
        if (!cursor_.jumping()) channel_.loaded.take();
        const auto& [start, cells, corners, granted] = channel_.loaded.value();
        if (start == request_.start && until <= granted) return plan(cells, corners);
    }
    cursor_.pause();
    return false;
}

// Blocks until what was requested is in memory up to the frame position `until`; false when the bank cannot be read.
// The stream thread answers no request once the whole bank is in memory, which may happen meanwhile.
bool CellReader::wait_for_samples(uint64_t until) {
    for (;; std::this_thread::sleep_for(wait_interval)) {
        channel_.loaded.take();
        const LoadedRange& loaded = channel_.loaded.value();
        if (loaded.start == request_.start && until <= loaded.until && loaded.cells.contains(request_.cells) &&
            (loaded.corners || !request_.corners))
            return true;
        if (until <= streamed_->loaded_frames()) return true;
        if (!bank_->image().readable()) return false;
    }
}

// The cells that are read on the line between two positions, and others at a distance of up to `margin`.
CellRange CellReader::cells_between(GridPoint from, GridPoint to, float margin) const {
    const auto range = [margin](float a, float b, uint32_t count) {
        const auto last = static_cast<float>(count - 1);
        return std::pair(static_cast<uint32_t>(std::clamp(std::min(a, b) - margin, 0.0f, last)),
                         static_cast<uint32_t>(std::clamp(std::max(a, b) + margin + 1.0f, 0.0f, last)));
    };
    const auto [west, east] = range(from.column, to.column, bank_->columns());
    const auto [north, south] = range(from.row, to.row, bank_->rows());
    return {west, east, north, south};
}

// While waiting, all cells from the end of the last segment on are needed, and the corners until they are silent.
void CellReader::post_request(GridPoint at, const StreamRequest& request) {
    const bool waits = request.wait_for_disk;
    const bool corners = request.corners || (waits && last_corners_);
    last_corners_ = request.corners;
    const uint32_t square = static_cast<uint32_t>(at.row) * bank_->columns() + static_cast<uint32_t>(at.column);
    const bool same = square == posted_square_ && corners == request_.corners;
    if (same && !waits && ++ticks_since_post_ < request_interval_ticks) return;
    ticks_since_post_ = 0;
    posted_square_ = square;
    request_.corners = corners;
    request_.column = at.column;
    request_.row = at.row;
    request_.cells = waits ? cells_between(cursor_.playing() ? cursor_.audible() : at, at, request.cell_margin)
                           : cells_between(at, at, 0.0f);
    request_.played = played_frames_;
    channel_.request.draft() = request_;
    channel_.request.publish();
}

CellReader::GridPoint CellReader::grid_point(PlanePoint position) const {
    return {position.x * static_cast<float>(bank_->columns() - 1),
            (1.0f - position.y) * static_cast<float>(bank_->rows() - 1)};
}

void CellReader::load_cells(uint32_t column, uint32_t row) {
    if (column == cells_.column && row == cells_.row) return;
    cells_.column = column;
    cells_.row = row;
    cells_.east = std::min(column + 1, bank_->columns() - 1);
    cells_.south = std::min(row + 1, bank_->rows() - 1);
    load_square(cells_);
}

// Loads the corners around the square of cells whose north-west cell is (column, row).
void CellReader::load_corners(uint32_t column, uint32_t row) {
    const auto around = [](const std::vector<uint32_t>& lines, uint32_t cell, uint32_t& before, uint32_t& after) {
        const auto next = std::upper_bound(lines.begin() + 1, lines.end(), cell);
        const bool same = before == *(next - 1);
        before = *(next - 1);
        after = next == lines.end() ? before : *next;
        return same;
    };
    const bool same_columns = around(streamed_->corners().columns, column, corners_.column, corners_.east);
    const bool same_rows = around(streamed_->corners().rows, row, corners_.row, corners_.south);
    if (!same_columns || !same_rows) load_square(corners_);
}

void CellReader::load_square(Square& square) const {
    square.decays = false;
    const uint32_t north = square.row * bank_->columns(), south = square.south * bank_->columns();
    const uint32_t cells[4] = {north + square.column, north + square.east, south + square.column, south + square.east};
    for (uint32_t s = 0; s < 4 * layer_count_; ++s) {
        const auto& layer = layers_[s / 4];
        const auto& entry = bank_->entry(layer.note, cells[s % 4]);
        square.pcm[s] = bank_->pcm(entry);
        // A velocity far above the highest layer's must not make a note louder without limit.
        const float gain = std::min(entry.gain * velocity_gain_, max_voice_amplitude);
        square.gain[s] = gain * (1.0f / 32767.0f) * layer.weight;
        square.decay[s] = entry.decay;
        square.release[s] = entry.release;
        square.decays = square.decays || entry.decay > 0.0f;
    }
}

uint32_t CellReader::frames_to_loop_end() const { return (loop_end_ > loop_start_ ? loop_end_ : frames_) - frame_; }

void CellReader::advance_playhead(uint32_t frames) {
    frame_ += frames;
    played_frames_ += frames;
    if (loop_end_ > loop_start_ && frame_ >= loop_end_) frame_ = loop_start_;
}

void CellReader::read(const Simd& simd, const PlanePath& path, ReadTimes times, float* left, float* right,
                      uint32_t frames) noexcept TIMBREL_REALTIME {
    const auto corner_weight = [&](float time) {
        return (path.layer + path.layer_step * time) * cursor_.corner_weight(time);
    };
    for (uint32_t done = 0; done < frames;) {
        const bool jumping = cursor_.jumping();
        uint32_t count = path.has_cv() ? std::min(frames - done, cv_chunk_frames) : frames - done;
        if (jumping) count = std::min({count, jump_chunk_frames, cursor_.jump_frames_left()});
        const float first = times.start + times.step * static_cast<float>(done);
        const float last = first + times.step * static_cast<float>(count - 1);
        const GridPoint from = cursor_.at(grid_point(path.at(first)), first),
                        to = cursor_.at(grid_point(path.at(last)), last);
        const float per_frame = count > 1 ? 1.0f / static_cast<float>(count - 1) : 0.0f;
        const CornerWeight weight{corner_weight(first), (corner_weight(last) - corner_weight(first)) * per_frame};
        alignas(64) float origin_left[jump_chunk_frames + simd_padding], origin_right[jump_chunk_frames + simd_padding];
        if (jumping) read_jump_origin(simd, weight, origin_left, origin_right, count);
        read_line(simd, cursor_.resident(), from,
                  {(to.column - from.column) * per_frame, (to.row - from.row) * per_frame}, weight, left + done,
                  right + done, count);
        for (uint32_t n = 0; jumping && n < count; ++n) {
            const float origin_weight = cursor_.advance_jump();
            left[done + n] += origin_weight * (origin_left[n] - left[done + n]);
            right[done + n] += origin_weight * (origin_right[n] - right[done + n]);
        }
        done += count;
    }
}

// Reads the next frames at the origin of a jump; the playhead stays.
void CellReader::read_jump_origin(const Simd& simd, CornerWeight corner, float* left, float* right, uint32_t frames) {
    const uint32_t frame = frame_, silent_frames = silent_frames_;
    const uint64_t played = played_frames_;
    read_line(simd, cursor_.jump_origin_resident(), cursor_.jump_origin(), {0.0f, 0.0f}, corner, left, right, frames);
    frame_ = frame;
    played_frames_ = played;
    silent_frames_ = silent_frames;
}

void CellReader::read_line(const Simd& simd, const GridCursor::ResidentCells& resident, GridPoint at, GridPoint step,
                           CornerWeight corner, float* left, float* right, uint32_t frames) {
    const bool layered = corner.start != 0.0f || corner.step != 0.0f;
    const uint32_t max_frames = layered ? corner_chunk_frames : frames;
    for (uint32_t done = 0; done < frames;) {
        const uint32_t loop_frames_left = frames_to_loop_end();
        if (loop_frames_left == 0) {
            const uint32_t remaining = frames - done;
            std::fill_n(left + done, remaining, 0.0f);
            std::fill_n(right + done, remaining, 0.0f);
            silent_frames_ += remaining;
            return;
        }
        const float column = at.column + step.column * static_cast<float>(done);
        const float row = at.row + step.row * static_cast<float>(done);
        load_cells(resident.square_column(column), resident.square_row(row));
        BlendRun run;
        run.streams = 4 * layer_count_;
        run.u = column - static_cast<float>(cells_.column);
        run.u_step = step.column;
        run.v = row - static_cast<float>(cells_.row);
        run.v_step = step.row;
        run.frames = std::min({frames - done, loop_frames_left, max_frames});
        run.frames = frames_within(run.u, run.u_step, run.frames);
        run.frames = frames_within(run.v, run.v_step, run.frames);
        run.pcm = cells_.pcm;
        run.gain = cells_.gain;
        run.first = frame_;
        simd.blend(run, left + done, right + done);
        if (layered) {
            const auto last = static_cast<float>(run.frames - 1);
            mix_corners(simd, run, {column, row}, {column + step.column * last, row + step.row * last},
                        {corner.start + corner.step * static_cast<float>(done), corner.step}, left + done,
                        right + done);
        }
        done += run.frames;
        advance_playhead(run.frames);
    }
}

void CellReader::prefetch(uint32_t frames) const noexcept TIMBREL_REALTIME {
    if (cells_.column == ~0u) return;
    constexpr uint32_t cache_line = 32; // in int16_t
    for (uint32_t s = 0; s < 4 * layer_count_; ++s) {
        const int16_t* from = cells_.pcm[s] + size_t{frame_} * 2;
        const int16_t* const to = from + size_t{frames} * 2 + cache_line;
        for (; from < to; from += cache_line) __builtin_prefetch(from);
    }
}

CellReader::GridPoint CellReader::fraction_within(const Square& square, GridPoint at) {
    const auto fraction = [](float position, uint32_t first, uint32_t last) {
        const float width = static_cast<float>(std::max(last - first, 1u));
        return std::clamp((position - static_cast<float>(first)) / width, 0.0f, 1.0f);
    };
    return {fraction(at.column, square.column, square.east), fraction(at.row, square.row, square.south)};
}

// Mixes the nearest corner's sound into `left` and `right`, which hold the result of `run` from `start` to `end`.
void CellReader::mix_corners(const Simd& simd, const BlendRun& run, GridPoint start, GridPoint end, CornerWeight corner,
                             float* left, float* right) {
    load_corners(cells_.column, cells_.row);
    start = fraction_within(corners_, start);
    end = fraction_within(corners_, end);
    const float per_frame = run.frames > 1 ? 1.0f / static_cast<float>(run.frames - 1) : 0.0f;
    BlendRun corner_run = run;
    corner_run.pcm = corners_.pcm;
    corner_run.gain = corners_.gain;
    corner_run.u = nearest_corner(start.column);
    corner_run.u_step = (nearest_corner(end.column) - corner_run.u) * per_frame;
    corner_run.v = nearest_corner(start.row);
    corner_run.v_step = (nearest_corner(end.row) - corner_run.v) * per_frame;
    alignas(64) float corner_left[corner_chunk_frames + simd_padding], corner_right[corner_chunk_frames + simd_padding];
    simd.blend(corner_run, corner_left, corner_right);
    for (uint32_t n = 0; n < run.frames; ++n) {
        const float weight = corner.start + corner.step * static_cast<float>(n);
        left[n] += weight * (corner_left[n] - left[n]);
        right[n] += weight * (corner_right[n] - right[n]);
    }
}

float CellReader::interpolate(const float (&values)[8], GridPoint fraction) const {
    float sum = 0.0f;
    for (uint32_t layer = 0; layer < layer_count_; ++layer) {
        const float* v = values + 4 * layer;
        const float north = v[0] + (v[1] - v[0]) * fraction.column, south = v[2] + (v[3] - v[2]) * fraction.column;
        sum += layers_[layer].weight * (north + (south - north) * fraction.row);
    }
    return sum;
}

float CellReader::interpolate(float (Square::*values)[8], PlanePoint position, float corner_weight) const {
    const GridPoint at = grid_point(position);
    const float blend = interpolate(cells_.*values, fraction_within(cells_, at));
    if (corner_weight == 0.0f || corners_.column == ~0u) return blend;
    const GridPoint corner_fraction = fraction_within(corners_, at);
    return blend + corner_weight * (interpolate(corners_.*values, {nearest_corner(corner_fraction.column),
                                                                   nearest_corner(corner_fraction.row)}) -
                                    blend);
}

float CellReader::loop_gain(PlanePoint position, float corner_weight) const noexcept TIMBREL_REALTIME {
    const bool decays = cells_.decays || (corner_weight != 0.0f && corners_.decays);
    if (!decays || played_frames_ <= loop_start_ || loop_end_ == loop_start_) return 1.0f;
    const float seconds = static_cast<float>(played_frames_ - loop_start_) / static_cast<float>(bank_->rate());
    return std::exp2(interpolate(&Square::decay, position, corner_weight) * seconds * -octaves_per_db);
}

float CellReader::release_seconds(PlanePoint position, float corner_weight) const noexcept TIMBREL_REALTIME {
    return interpolate(&Square::release, position, corner_weight);
}

NaturalVibrato CellReader::vibrato(PlanePoint position) const noexcept TIMBREL_REALTIME {
    if (!streamed_->vibrato().any()) return {};
    const GridPoint at = grid_point(position);
    VibratoMix mix;
    for (uint32_t i = 0; i < layer_count_; ++i)
        streamed_->vibrato().add(mix, layers_[i].note, at.column, at.row, layers_[i].weight);
    return mix.result();
}

float CellReader::pitch_offset(PlanePoint position, double behind) const noexcept TIMBREL_REALTIME {
    double frame = std::max(0.0, static_cast<double>(played_frames_) - behind);
    if (loop_end_ > loop_start_ && frame >= loop_end_)
        frame = loop_start_ + std::fmod(frame - loop_start_, static_cast<double>(loop_end_ - loop_start_));
    const GridPoint at = grid_point(position);
    const CornerWeights weights = streamed_->corners().weights(at.column, at.row);
    float cents = 0.0f;
    for (uint32_t i = 0; i < layer_count_; ++i)
        cents += layers_[i].weight * streamed_->pitch_tracks().cents(layers_[i].note, weights, frame);
    return cents / 100.0f;
}

} // namespace timbrel::engine
