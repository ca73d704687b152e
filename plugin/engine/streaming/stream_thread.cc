// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/streaming/stream_thread.h"

#include <algorithm>
#include <chrono>
#include <span>

#include <pthread.h>

namespace timbrel::engine {

namespace {

using std::chrono::duration;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr double ahead_seconds = 0.4;       // read ahead of a voice, at the stored pitch
constexpr float prediction_seconds = 0.15f; // of a voice's motion on the plane
constexpr float max_predicted_cells = 1.0f; // in each direction
constexpr double cell_deadline = 0.03;      // seconds in which newly reached cells are to be read
constexpr milliseconds round_time{4};       // after which requests of new notes are looked for
constexpr microseconds pause_urgent{0}, pause_hurry{100}, pause_reading{1000}, pause_playing{4000}, pause_idle{16000};
constexpr uint64_t slice_bytes = 1ull << 20;        // of the whole bank, between two looks at the voices
constexpr uint64_t max_prefetch_bytes = 2ull << 20; // at once: more would delay the requests that follow
constexpr double touch_period = 5;                  // seconds in which everything read is touched again
constexpr double release_seconds = 0.1;             // of playing, after which played frames are released
constexpr double kept_loop_seconds = 0.8;           // a shorter loop stays in memory while its cell is played …
constexpr double unused_loop_seconds = 5;           // … and for so long after

// Calls action(first, frames) for the stored frames of the frame positions `from` to `to`, with loops unrolled.
template<class Action>
void for_each_stored_span(const BankEntry& entry, uint64_t from, uint64_t to, Action action) {
    const uint32_t loop = entry.loop_end - entry.loop_start;
    const uint64_t end = loop > 0 ? entry.loop_end : entry.frames;
    if (from < end) {
        const auto last = static_cast<uint32_t>(std::min(to, end));
        action(static_cast<uint32_t>(from), last - static_cast<uint32_t>(from));
    }
    if (loop == 0 || to <= end) return;
    from = std::max(from, end);
    if (to - from >= loop) return action(entry.loop_start, loop);
    const auto first = static_cast<uint32_t>((from - end) % loop), count = static_cast<uint32_t>(to - from);
    const uint32_t before_seam = std::min(count, loop - first);
    action(entry.loop_start + first, before_seam);
    if (count > before_seam) action(entry.loop_start, count - before_seam);
}

// Calls action(cell) for the range's cells and, if included, for the corners around it.
template<class Action>
void for_each_cell(const StreamedBank& streamed, const LoadedRange& target, Action action) {
    const auto& cells = target.cells;
    const Bank& bank = *streamed.bank();
    for (uint32_t row = cells.first_row; row <= cells.last_row; ++row)
        for (uint32_t column = cells.first_column; column <= cells.last_column; ++column)
            action(row * bank.columns() + column);
    if (!target.corners) return;
    const auto around = [](const std::vector<uint32_t>& lines, uint32_t first, uint32_t last) {
        const auto begin = std::upper_bound(lines.begin() + 1, lines.end(), first) - 1;
        const auto end = std::lower_bound(begin, lines.end() - 1, last) + 1;
        return std::span(begin, end);
    };
    for (const uint32_t row : around(streamed.corners().rows, cells.first_row, cells.last_row))
        for (const uint32_t column : around(streamed.corners().columns, cells.first_column, cells.last_column))
            action(row * bank.columns() + column);
}

} // namespace

StreamThread::StreamThread(std::vector<RequestChannel*> channels)
    : channels_(std::move(channels)), voices_(channels_.size()) {
    thread_ = std::thread([this] { run(); });
    // Above normal threads, below the audio threads: a busy desktop must not starve the voices.
    const sched_param lowest_realtime{.sched_priority = 1};
    static_cast<void>(pthread_setschedparam(thread_.native_handle(), SCHED_RR, &lowest_realtime));
}

StreamThread::~StreamThread() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void StreamThread::set_current_bank(std::shared_ptr<StreamedBank> bank) {
    const std::lock_guard lock(mutex_);
    banks_.push_back(std::move(bank));
    drop_unused_locked();
    wake_.notify_one();
}

void StreamThread::drop_unused() {
    const std::lock_guard lock(mutex_);
    drop_unused_locked();
}

void StreamThread::drop_unused_locked() {
    if (banks_.empty()) return;
    const auto unused = [](const auto& bank) { return !bank || bank.use_count() == 1; };
    banks_.erase(std::remove_if(banks_.begin(), banks_.end() - 1, unused), banks_.end() - 1);
}

void StreamThread::run() {
    std::unique_lock lock(mutex_);
    while (!stop_) {
        drop_unused_locked();
        const auto pause = serve_voices();
        const bool playing = pause < pause_idle;
        if (pause != pause_urgent && read_current_bank(duration<double>(pause).count())) {
            wake_.wait_for(lock, std::min(pause, pause_reading));
        } else if (!playing && (banks_.empty() || !banks_.back())) {
            wake_.wait(lock, [this] { return stop_ || (!banks_.empty() && banks_.back()); });
        } else {
            wake_.wait_for(lock, pause);
        }
    }
}

std::shared_ptr<StreamedBank> StreamThread::bank_of(const ReadRequest& request) const {
    const auto found = std::ranges::find_if(banks_, [&](const auto& b) { return b && b->serial() == request.bank; });
    return request.bank > 0 && found != banks_.end() ? *found : nullptr;
}

// Returns how long the thread may pause.
microseconds StreamThread::serve_voices() {
    bool playing = false;
    jobs_.clear();
    for (size_t i = 0; i < channels_.size(); ++i) {
        auto& voice = voices_[i];
        auto& requests = channels_[i]->request;
        if (requests.take()) voice.update(requests.value(), rate_of(requests.value()));
        const auto bank = bank_of(voice.request);
        if (!bank) continue;
        playing = true;
        if (bank->loaded_frames() != all_frames) plan(bank, i);
    }
    std::ranges::sort(jobs_, {}, &ReadJob::deadline);
    if (!run_jobs()) return pause_urgent;
    if (!playing) return pause_idle;
    return hurry_.load(std::memory_order_relaxed) ? pause_hurry : pause_playing;
}

// Runs the jobs, the most urgent first, for at most round_time. False when some were left for the next round.
bool StreamThread::run_jobs() {
    const auto end = steady_clock::now() + round_time;
    for (auto first = jobs_.begin(); first != jobs_.end();) {
        // Requests several jobs before it waits for any, so that the disk can reorder.
        auto last = first;
        for (uint64_t bytes = 0; last != jobs_.end() && bytes < max_prefetch_bytes; ++last) bytes += prefetch(*last);
        for (; first != last; ++first) {
            if (steady_clock::now() > end) return false;
            read(*first);
        }
    }
    return true;
}

// Calls action(entry, first, frames) for all stored frames of the job.
template<class Action>
void StreamThread::for_each_span(const ReadJob& job, Action action) {
    const Bank& bank = *job.bank->bank();
    const auto& request = voices_[job.voice].request;
    for_each_cell(*job.bank, job.target, [&](uint32_t cell) {
        for (uint32_t layer = 0; layer < request.layers; ++layer) {
            const auto& entry = bank.entry(request.note + layer, cell);
            for_each_stored_span(entry, request.played, job.target.until,
                                 [&](uint32_t first, uint32_t frames) { action(entry, first, frames); });
        }
    });
}

// Returns the job's size in bytes.
uint64_t StreamThread::prefetch(const ReadJob& job) {
    uint64_t bytes = 0;
    if (!job.bank->bank()->image().readable()) return bytes;
    for_each_span(job, [&](const BankEntry& entry, uint32_t first, uint32_t frames) {
        job.bank->bank()->prefetch(entry, first, frames);
        bytes += uint64_t{frames} * bank_frame_bytes;
    });
    return bytes;
}

// Reads the job's frames and answers the voice. Without an answer, when they cannot be read, the voice fades out where
// the earlier ones end.
void StreamThread::read(const ReadJob& job) {
    if (!hold(job)) return;
    auto& voice = voices_[job.voice];
    voice.loaded = job.target;
    auto& answers = channels_[job.voice]->loaded;
    answers.draft() = voice.loaded;
    answers.publish();
}

bool StreamThread::hold(const ReadJob& job) {
    const auto& bank = job.bank->bank();
    auto& voice = voices_[job.voice];
    bool held = true;
    for_each_span(job, [&](const BankEntry& entry, uint32_t first, uint32_t frames) {
        const uint32_t loop = entry.loop_end - entry.loop_start;
        const bool kept = first + frames > entry.loop_start && loop > 0 && loop < kept_loop_seconds * bank->rate();
        const uint64_t until =
            job.target.until + (kept ? static_cast<uint64_t>(unused_loop_seconds * bank->rate()) : 0);
        held = held && voice.held.hold(bank, bank->pages(entry, first, frames), until);
    });
    return held;
}

double StreamThread::rate_of(const ReadRequest& request) const {
    const auto bank = bank_of(request);
    return bank ? bank->bank()->rate() : 0.0;
}

void StreamThread::VoiceState::update(const ReadRequest& received, double rate) {
    const bool same_note =
        request.bank == received.bank && request.start == received.start && received.played > request.played;
    const float seconds =
        same_note ? static_cast<float>(static_cast<double>(received.played - request.played) / rate) : 0.0f;
    if (request.bank != received.bank || request.start != received.start) {
        held.release();
        released = 0;
    } else if (static_cast<double>(received.played - released) > release_seconds * rate) {
        held.release_played(received.played);
        released = received.played;
    }
    column_speed = same_note ? (received.column - request.column) / seconds : 0.0f;
    row_speed = same_note ? (received.row - request.row) / seconds : 0.0f;
    request = received;
}

// The cells that the voice needs, and those around the path that its speed predicts.
CellRange StreamThread::cells_ahead(const Bank& bank, const VoiceState& voice) const {
    const auto path = [](float position, float speed) {
        const float end = position + std::clamp(speed * prediction_seconds, -max_predicted_cells, max_predicted_cells);
        return std::pair(std::min(position, end), std::max(position, end));
    };
    const auto cell = [](float position, uint32_t count) {
        return static_cast<uint32_t>(std::clamp(static_cast<int>(position), 0, static_cast<int>(count) - 1));
    };
    const auto [west, east] = path(voice.request.column, voice.column_speed);
    const auto [north, south] = path(voice.request.row, voice.row_speed);
    const CellRange& needed = voice.request.cells;
    return {std::min(cell(west, bank.columns()), needed.first_column),
            std::max(cell(east + 1, bank.columns()), needed.last_column),
            std::min(cell(north, bank.rows()), needed.first_row),
            std::max(cell(south + 1, bank.rows()), needed.last_row)};
}

// Adds a job for what the voice lacks: a new note or new cells get half of the frames at first, so that they come soon.
void StreamThread::plan(const std::shared_ptr<StreamedBank>& streamed, size_t index) {
    const Bank& bank = *streamed->bank();
    const auto& request = voices_[index].request;
    const auto& loaded = voices_[index].loaded;
    const auto ahead = std::max(min_ahead_frames, static_cast<uint64_t>(ahead_seconds * bank.rate()));
    const CellRange cells = cells_ahead(bank, voices_[index]);
    const bool new_note = loaded.start != request.start;
    const uint64_t until = new_note ? streamed->loaded_frames() : loaded.until;
    const uint64_t left = until - std::min(until, request.played);
    const auto add_job = [&](uint64_t frames, uint64_t deadline) {
        const LoadedRange target{request.start, cells, request.corners, request.played + frames};
        jobs_.push_back({streamed, index, target, deadline});
    };
    if (new_note || left == 0)
        add_job(ahead / 2, left);
    else if (!loaded.cells.contains(cells) || request.corners != loaded.corners)
        add_job(ahead / 2, std::min(left, static_cast<uint64_t>(cell_deadline * bank.rate())));
    else if (left < ahead / 2)
        add_job(ahead, left);
}

// Reads the next part of the current bank, or touches what was read, at a pace of touch_period for all of it.
// `seconds`: the time until the next call. True while there is more to read for the first time.
bool StreamThread::read_current_bank(double seconds) {
    if (banks_.empty() || !banks_.back()) return false;
    auto& bank = *banks_.back();
    const auto touched = static_cast<uint64_t>(static_cast<double>(bank.resident_bytes()) * seconds / touch_period);
    return bank.load_more(bank.complete() ? std::max<uint64_t>(touched, 1) : slice_bytes);
}

} // namespace timbrel::engine
