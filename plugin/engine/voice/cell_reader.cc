#include "plugin/engine/voice/cell_reader.h"

#include "plugin/engine/dsp/resampling_kernel.h"

#include <algorithm>
#include <cmath>

namespace timbrel::engine {

namespace {

constexpr uint32_t ticks_between_tellings = 4;
constexpr uint32_t cv_frames = 8;      // the audio-rate input is followed in straight lines of so many frames
constexpr uint32_t hop_frames = 64;    // of a hop, blended at a time
constexpr uint32_t corner_frames = 32; // the corners' shares are joined by straight lines of so many frames

// Frames until a coordinate within a square, moving by `step` a frame, leaves it; at least 1.
uint32_t frames_within(float coordinate, float step, uint32_t most) {
    const float distance = step > 0.0f ? 1.0f - coordinate : coordinate;
    const float speed = std::abs(step);
    if (!(distance < speed * static_cast<float>(most))) return most;
    return std::clamp(static_cast<uint32_t>(std::max(0.0f, distance / speed)) + 1, 1u, most);
}

// Of two pitches equally near the higher one is played, downwards, where nothing folds over.
uint32_t nearest(std::span<const uint8_t> pitches, float pitch) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < pitches.size(); ++i)
        if (std::abs(static_cast<float>(pitches[i]) - pitch) <= std::abs(static_cast<float>(pitches[best]) - pitch))
            best = i;
    return best;
}

// The nearer of two corners, as a share that goes from 0 to 1 in the middle third of the way between them.
float nearer(float place) {
    const float t = std::clamp(3.0f * place - 1.0f, 0.0f, 1.0f);
    return t * t * (3.0f - 2.0f * t);
}

float squared(float x) { return x * x; }

} // namespace

void NoteSource::start(const HeldBank& held, float pitch, float velocity) {
    bank_ = held.bank;
    streamed_ = held.streamed.get();
    const uint32_t pitch_index = nearest(bank_->pitches(), pitch);
    pitch_ = bank_->pitches()[pitch_index];
    const auto velocities = bank_->velocities();
    uint32_t upper = 0;
    while (upper < velocities.size() && velocities[upper] < velocity) ++upper;
    const bool between = upper > 0 && upper < velocities.size();
    level_ = 1.0f;
    if (between) {
        const float low = velocities[upper - 1], high = velocities[upper];
        const float share = (velocity - low) / (high - low);
        layer_[0] = {bank_->note(pitch_index, upper - 1), 1.0f - share};
        layer_[1] = {bank_->note(pitch_index, upper), share};
    } else {
        const uint32_t only = upper == 0 ? 0 : upper - 1;
        layer_[0] = {bank_->note(pitch_index, only), 1.0f};
        level_ = squared(velocity / velocities[only]);
    }
    layers_ = between && layer_[1].share < 1.0f ? 2 : 1;
    if (between && layers_ == 1) layer_[0] = layer_[1];
    const auto& shape = bank_->entry(layer_[0].note, 0);
    frames_ = shape.frames;
    loop_start_ = shape.loop_start;
    loop_end_ = shape.loop_end;
    frame_ = 0;
    played_ = 0;
    silent_frames_ = 0;
    square_.column = square_.row = ~0u;
    corners_.column = corners_.row = ~0u;
    need_ = {streamed_->serial(), need_.start + 1, layer_[0].note, layers_};
    ticks_untold_ = ticks_between_tellings;
    place_.start();
}

void NoteSource::stop() {
    link_.need.draft() = {};
    link_.need.publish();
}

bool NoteSource::look_ahead(const Outlook& outlook) {
    const Grid at = on_grid(outlook.place);
    const uint64_t ready = outlook.waits ? all_frames : streamed_->ready();
    if (ready != all_frames) tell_loader(at, outlook.corners);
    // One tick to play, and two to fade or to hop in, however fast a bend rises meanwhile.
    const uint64_t end = loop_end_ > loop_start_ ? all_frames : frames_;
    const uint64_t until = std::min(played_ + 3 * outlook.tick + resampling_max_taps, end);
    const auto plan = [&](uint32_t west, uint32_t east, uint32_t north, uint32_t south, bool corners) {
        const HeardPlace::Reach reach{static_cast<float>(west), static_cast<float>(east), static_cast<float>(north),
                                      static_cast<float>(south)};
        place_.plan(at, reach, corners, outlook.tick, outlook.segment);
        return true;
    };
    if (ready == all_frames || until <= ready) return plan(0, bank_->columns() - 1, 0, bank_->rows() - 1, true);
    if (!place_.hops()) link_.grant.take();
    const auto& [start, cells, corners, granted] = link_.grant.value();
    if (start == need_.start && until <= granted)
        return plan(cells.first_column, cells.last_column, cells.first_row, cells.last_row, corners);
    place_.pause();
    return false;
}

void NoteSource::tell_loader(Grid at, bool corners) {
    const uint32_t square = static_cast<uint32_t>(at.row) * bank_->columns() + static_cast<uint32_t>(at.column);
    if (square == told_square_ && corners == need_.corners && ++ticks_untold_ < ticks_between_tellings) return;
    ticks_untold_ = 0;
    told_square_ = square;
    need_.corners = corners;
    need_.column = at.column;
    need_.row = at.row;
    need_.played = played_;
    link_.need.draft() = need_;
    link_.need.publish();
}

NoteSource::Grid NoteSource::on_grid(PlanePoint place) const {
    return {place.x * static_cast<float>(bank_->columns() - 1),
            (1.0f - place.y) * static_cast<float>(bank_->rows() - 1)};
}

void NoteSource::enter(uint32_t column, uint32_t row) {
    if (column == square_.column && row == square_.row) return;
    square_.column = column;
    square_.row = row;
    square_.east = std::min(column + 1, bank_->columns() - 1);
    square_.south = std::min(row + 1, bank_->rows() - 1);
    load(square_);
}

// The corners around the square of cells whose north-west one is this.
void NoteSource::enter_corners(uint32_t column, uint32_t row) {
    const auto around = [](const std::vector<uint32_t>& lines, uint32_t cell, uint32_t& before, uint32_t& behind) {
        const auto next = std::upper_bound(lines.begin() + 1, lines.end(), cell);
        const bool same = before == *(next - 1);
        before = *(next - 1);
        behind = next == lines.end() ? before : *next;
        return same;
    };
    const bool same_columns = around(streamed_->corners().columns, column, corners_.column, corners_.east);
    const bool same_rows = around(streamed_->corners().rows, row, corners_.row, corners_.south);
    if (!same_columns || !same_rows) load(corners_);
}

void NoteSource::load(Square& square) const {
    square.fades = false;
    const uint32_t north = square.row * bank_->columns(), south = square.south * bank_->columns();
    const uint32_t cells[4] = {north + square.column, north + square.east, south + square.column, south + square.east};
    for (uint32_t s = 0; s < 4 * layers_; ++s) {
        const auto& layer = layer_[s / 4];
        const auto& entry = bank_->entry(layer.note, cells[s % 4]);
        square.pcm[s] = bank_->pcm(entry);
        square.gain[s] = entry.gain * (1.0f / 32767.0f) * level_ * layer.share;
        square.decay[s] = entry.decay;
        square.release[s] = entry.release;
        square.fades = square.fades || entry.decay > 0.0f;
    }
}

uint32_t NoteSource::frames_to_seam() const { return (loop_end_ > loop_start_ ? loop_end_ : frames_) - frame_; }

void NoteSource::go_on(uint32_t frames) {
    frame_ += frames;
    played_ += frames;
    if (loop_end_ > loop_start_ && frame_ >= loop_end_) frame_ = loop_start_;
}

void NoteSource::read(const Simd& simd, const PlanePath& path, ReadTimes times, float* left, float* right,
                      uint32_t frames) {
    const auto corner = [&](float time) { return (path.layer + path.layer_step * time) * place_.corners(time); };
    for (uint32_t done = 0; done < frames;) {
        const bool hops = place_.hops();
        uint32_t count = path.has_cv() ? std::min(frames - done, cv_frames) : frames - done;
        if (hops) count = std::min({count, hop_frames, place_.frames_of_hop()});
        const float first = times.start + times.step * static_cast<float>(done);
        const float last = first + times.step * static_cast<float>(count - 1);
        const Grid from = place_.at(on_grid(path.at(first)), first), to = place_.at(on_grid(path.at(last)), last);
        const float each = count > 1 ? 1.0f / static_cast<float>(count - 1) : 0.0f;
        const Corner share{corner(first), (corner(last) - corner(first)) * each};
        alignas(64) float old_left[hop_frames + simd_slack], old_right[hop_frames + simd_slack];
        if (hops) read_left(simd, share, old_left, old_right, count);
        read_line(simd, place_.reach(), from, {(to.column - from.column) * each, (to.row - from.row) * each}, share,
                  left + done, right + done, count);
        for (uint32_t n = 0; hops && n < count; ++n) {
            const float rest = place_.hop_on();
            left[done + n] += rest * (old_left[n] - left[done + n]);
            right[done + n] += rest * (old_right[n] - right[done + n]);
        }
        done += count;
    }
}

// The coming frames at the place that a hop leaves.
void NoteSource::read_left(const Simd& simd, Corner corner, float* left, float* right, uint32_t frames) {
    const uint32_t frame = frame_, silent_frames = silent_frames_;
    const uint64_t played = played_;
    read_line(simd, place_.left_reach(), place_.left(), {0.0f, 0.0f}, corner, left, right, frames);
    frame_ = frame;
    played_ = played;
    silent_frames_ = silent_frames;
}

void NoteSource::read_line(const Simd& simd, const HeardPlace::Reach& reach, Grid at, Grid step, Corner corner,
                           float* left, float* right, uint32_t frames) {
    const bool layered = corner.share != 0.0f || corner.step != 0.0f;
    const uint32_t longest = layered ? corner_frames : frames;
    for (uint32_t done = 0; done < frames;) {
        const uint32_t left_to_seam = frames_to_seam();
        if (left_to_seam == 0) {
            const uint32_t rest = frames - done;
            std::fill_n(left + done, rest, 0.0f);
            std::fill_n(right + done, rest, 0.0f);
            silent_frames_ += rest;
            return;
        }
        const float column = at.column + step.column * static_cast<float>(done);
        const float row = at.row + step.row * static_cast<float>(done);
        enter(reach.square_column(column), reach.square_row(row));
        BlendRun run;
        run.streams = 4 * layers_;
        run.u = column - static_cast<float>(square_.column);
        run.u_step = step.column;
        run.v = row - static_cast<float>(square_.row);
        run.v_step = step.row;
        run.frames = std::min({frames - done, left_to_seam, longest});
        run.frames = frames_within(run.u, run.u_step, run.frames);
        run.frames = frames_within(run.v, run.v_step, run.frames);
        run.pcm = square_.pcm;
        run.gain = square_.gain;
        run.first = frame_;
        simd.blend(run, left + done, right + done);
        if (layered) {
            const auto last = static_cast<float>(run.frames - 1);
            add_corners(simd, run, {column, row}, {column + step.column * last, row + step.row * last},
                        {corner.share + corner.step * static_cast<float>(done), corner.step}, left + done,
                        right + done);
        }
        done += run.frames;
        go_on(run.frames);
    }
}

void NoteSource::prefetch(uint32_t frames) const {
    if (square_.column == ~0u) return;
    constexpr uint32_t line = 32; // int16_t in a cache line
    for (uint32_t s = 0; s < 4 * layers_; ++s) {
        const int16_t* from = square_.pcm[s] + size_t{frame_} * 2;
        const int16_t* const to = from + size_t{frames} * 2 + line;
        for (; from < to; from += line) __builtin_prefetch(from);
    }
}

NoteSource::Grid NoteSource::within(const Square& square, Grid at) {
    const auto share = [](float place, uint32_t first, uint32_t last) {
        const float width = static_cast<float>(std::max(last - first, 1u));
        return std::clamp((place - static_cast<float>(first)) / width, 0.0f, 1.0f);
    };
    return {share(at.column, square.column, square.east), share(at.row, square.row, square.south)};
}

// Puts the nearest corner's sound under what `run` has blended between these two places.
void NoteSource::add_corners(const Simd& simd, const BlendRun& run, Grid from, Grid to, Corner corner, float* left,
                             float* right) {
    enter_corners(square_.column, square_.row);
    from = within(corners_, from);
    to = within(corners_, to);
    const float each = run.frames > 1 ? 1.0f / static_cast<float>(run.frames - 1) : 0.0f;
    BlendRun below = run;
    below.pcm = corners_.pcm;
    below.gain = corners_.gain;
    below.u = nearer(from.column);
    below.u_step = (nearer(to.column) - below.u) * each;
    below.v = nearer(from.row);
    below.v_step = (nearer(to.row) - below.v) * each;
    alignas(64) float corner_left[corner_frames + simd_slack], corner_right[corner_frames + simd_slack];
    simd.blend(below, corner_left, corner_right);
    for (uint32_t n = 0; n < run.frames; ++n) {
        const float share = corner.share + corner.step * static_cast<float>(n);
        left[n] += share * (corner_left[n] - left[n]);
        right[n] += share * (corner_right[n] - right[n]);
    }
}

float NoteSource::blended(const float (&values)[8], Grid within) const {
    float sum = 0.0f;
    for (uint32_t layer = 0; layer < layers_; ++layer) {
        const float* of = values + 4 * layer;
        const float north = of[0] + (of[1] - of[0]) * within.column, south = of[2] + (of[3] - of[2]) * within.column;
        sum += layer_[layer].share * (north + (south - north) * within.row);
    }
    return sum;
}

float NoteSource::blended(float (Square::*values)[8], PlanePoint place, float corner) const {
    const Grid at = on_grid(place);
    const float blend = blended(square_.*values, within(square_, at));
    if (corner == 0.0f || corners_.column == ~0u) return blend;
    const Grid among = within(corners_, at);
    return blend + corner * (blended(corners_.*values, {nearer(among.column), nearer(among.row)}) - blend);
}

float NoteSource::fading(PlanePoint place, float corner) const {
    const bool fades = square_.fades || (corner != 0.0f && corners_.fades);
    if (!fades || played_ <= loop_start_ || loop_end_ == loop_start_) return 1.0f;
    const float seconds = static_cast<float>(played_ - loop_start_) / static_cast<float>(bank_->rate());
    return std::exp2(blended(&Square::decay, place, corner) * seconds * -0.1660964f); // octaves of amplitude in a dB
}

float NoteSource::release_seconds(PlanePoint place, float corner) const {
    return blended(&Square::release, place, corner);
}

NaturalVibrato NoteSource::vibrato(PlanePoint place) const {
    if (!streamed_->vibrato().any()) return {};
    const Grid at = on_grid(place);
    VibratoMix mix;
    for (uint32_t i = 0; i < layers_; ++i)
        streamed_->vibrato().add(mix, layer_[i].note, at.column, at.row, layer_[i].share);
    return mix.result();
}

} // namespace timbrel::engine
