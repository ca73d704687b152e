#include "plugin/engine/streaming/stream_thread.h"

#include <algorithm>
#include <chrono>
#include <span>

#include <pthread.h>

namespace timbrel::engine {

namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr double ahead_seconds = 0.4; // of a voice, at the stored pitch
constexpr float foresight = 0.15f;    // seconds of the way on the plane that are got ready,
constexpr float farthest = 1.0f;      // but no more cells than these
constexpr double patience = 0.03;     // seconds that a place may wait for its cells before other voices' next frames
constexpr milliseconds round_time{4}; // then new notes are looked for before more is read
constexpr milliseconds pause_urgent{0}, pause_reading{1}, pause_playing{4}, pause_resting{16};
constexpr uint64_t slice = 1ull << 20;         // bytes between two looks at the voices
constexpr uint64_t asked_at_once = 2ull << 20; // bytes; more would only keep those waiting that come later
constexpr double keeping_seconds = 5;          // in which all that was read is touched again

// Calls `read` with the stored frames that the unrolled ones from `from` to `to` stand for.
template<class Read>
void each_stretch(const BankEntry& entry, uint64_t from, uint64_t to, Read read) {
    const uint32_t loop = entry.loop_end - entry.loop_start;
    const uint64_t end = loop > 0 ? entry.loop_end : entry.frames;
    if (from < end) {
        const auto last = static_cast<uint32_t>(std::min(to, end));
        read(static_cast<uint32_t>(from), last - static_cast<uint32_t>(from));
    }
    if (loop == 0 || to <= end) return;
    from = std::max(from, end);
    if (to - from >= loop) return read(entry.loop_start, loop);
    const auto first = static_cast<uint32_t>((from - end) % loop), count = static_cast<uint32_t>(to - from);
    const uint32_t before_seam = std::min(count, loop - first);
    read(entry.loop_start + first, before_seam);
    if (count > before_seam) read(entry.loop_start, count - before_seam);
}

// The range and, when they are mixed in, the corners around it.
template<class Read>
void each_cell(const StreamedBank& streamed, const StreamGrant& granted, Read read) {
    const auto& cells = granted.cells;
    const Bank& bank = *streamed.bank();
    for (uint32_t row = cells.first_row; row <= cells.last_row; ++row)
        for (uint32_t column = cells.first_column; column <= cells.last_column; ++column)
            read(row * bank.columns() + column);
    if (!granted.corners) return;
    const auto around = [](const std::vector<uint32_t>& lines, uint32_t first, uint32_t last) {
        const auto begin = std::upper_bound(lines.begin() + 1, lines.end(), first) - 1;
        const auto end = std::lower_bound(begin, lines.end() - 1, last) + 1;
        return std::span(begin, end);
    };
    for (const uint32_t row : around(streamed.corners().rows, cells.first_row, cells.last_row))
        for (const uint32_t column : around(streamed.corners().columns, cells.first_column, cells.last_column))
            read(row * bank.columns() + column);
}

} // namespace

Loader::Loader(std::vector<StreamLink*> links) : links_(std::move(links)), served_(links_.size()) {
    thread_ = std::thread([this] { work(); });
    // Where it may, it goes before all but the audio threads: a busy desktop must not keep notes from their sound.
    const sched_param first{.sched_priority = 1};
    static_cast<void>(pthread_setschedparam(thread_.native_handle(), SCHED_RR, &first));
}

Loader::~Loader() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Loader::add(std::shared_ptr<StreamedBank> bank) {
    const std::lock_guard lock(mutex_);
    banks_.push_back(std::move(bank));
    forget_retired();
    wake_.notify_one();
}

void Loader::collect() {
    const std::lock_guard lock(mutex_);
    forget_retired();
}

void Loader::forget_retired() {
    if (banks_.empty()) return;
    const auto retired = [](const auto& bank) { return !bank || bank.use_count() == 1; };
    banks_.erase(std::remove_if(banks_.begin(), banks_.end() - 1, retired), banks_.end() - 1);
}

void Loader::work() {
    std::unique_lock lock(mutex_);
    while (!stop_) {
        forget_retired();
        const auto pause = serve_voices();
        const bool playing = pause < pause_resting;
        if (pause == pause_urgent) {
            wake_.wait_for(lock, pause);
        } else if (keep_in_memory(duration<double>(pause).count())) {
            wake_.wait_for(lock, pause_reading);
        } else if (!playing && (banks_.empty() || !banks_.back())) {
            wake_.wait(lock, [this] { return stop_ || (!banks_.empty() && banks_.back()); });
        } else {
            wake_.wait_for(lock, pause);
        }
    }
}

std::shared_ptr<StreamedBank> Loader::bank_of(const StreamNeed& need) const {
    const auto found = std::ranges::find_if(banks_, [&](const auto& b) { return b && b->serial() == need.bank; });
    return need.bank > 0 && found != banks_.end() ? *found : nullptr;
}

milliseconds Loader::serve_voices() {
    bool playing = false;
    stretches_.clear();
    for (size_t i = 0; i < links_.size(); ++i) {
        auto& voice = served_[i];
        if (links_[i]->need.take()) voice.hear(links_[i]->need.value(), rate_of(links_[i]->need.value()));
        let_go_of_played(i);
        const auto bank = bank_of(voice.need);
        if (!bank) continue;
        playing = true;
        if (bank->ready() != all_frames) plan(bank, i);
    }
    std::ranges::sort(stretches_, {}, &Stretch::in_time);
    if (!read_stretches()) return pause_urgent;
    return playing ? pause_playing : pause_resting;
}

// The most urgent first, for as long as nobody else is likely to have come.
bool Loader::read_stretches() {
    const auto end = steady_clock::now() + round_time;
    for (auto first = stretches_.begin(); first != stretches_.end();) {
        // All is asked for before anything is waited for.
        auto last = first;
        for (uint64_t bytes = 0; last != stretches_.end() && bytes < asked_at_once; ++last) bytes += ask_for(*last);
        for (; first != last; ++first) {
            if (steady_clock::now() > end) return false;
            read(*first);
        }
    }
    return true;
}

template<class Action>
void Loader::each_part(const Stretch& stretch, Action action) {
    const Bank& bank = *stretch.bank->bank();
    const auto& need = served_[stretch.voice].need;
    each_cell(*stretch.bank, stretch.granted, [&](uint32_t cell) {
        for (uint32_t layer = 0; layer < need.layers; ++layer) {
            const auto& entry = bank.entry(need.note + layer, cell);
            each_stretch(entry, need.played, stretch.granted.until,
                         [&](uint32_t first, uint32_t frames) { action(entry, first, frames); });
        }
    });
}

uint64_t Loader::ask_for(const Stretch& stretch) {
    uint64_t bytes = 0;
    each_part(stretch, [&](const BankEntry& entry, uint32_t first, uint32_t frames) {
        stretch.bank->bank()->ask_for(entry, first, frames);
        bytes += uint64_t{frames} * bank_frame_bytes;
    });
    return bytes;
}

void Loader::read(const Stretch& stretch) {
    auto& voice = served_[stretch.voice];
    each_part(stretch, [&](const BankEntry& entry, uint32_t first, uint32_t frames) {
        stretch.bank->bank()->read_in(entry, first, frames);
        voice.reads.push_back({stretch.bank, &entry, voice.need, stretch.granted.until, first, frames});
    });
    voice.granted = stretch.granted;
    auto& grant = links_[stretch.voice]->grant;
    grant.draft() = voice.granted;
    grant.publish();
}

// In the loop's next round, or to another voice that plays the same note.
bool Loader::of_use(const Read& read, size_t voice) const {
    const auto same_bank = [&read](const auto& other) { return other && other->bank() == read.bank->bank(); };
    const auto fits = [&](const auto& other) { return same_bank(other) && other->fits(); };
    if (std::ranges::any_of(banks_, fits)) return true;
    const uint32_t loop = read.entry->loop_end - read.entry->loop_start;
    if (loop > 0 && loop < 2 * ahead_seconds * read.bank->bank()->rate()) return true; // comes round soon
    for (size_t i = 0; i < served_.size(); ++i) {
        const auto& other = served_[i].need;
        const bool same_note = same_bank(bank_of(other)) && other.note < read.need.note + read.need.layers &&
                               read.need.note < other.note + other.layers;
        if (same_note && (i != voice || other.start != read.need.start)) return true;
    }
    return false;
}

// Heads are for the next notes.
void Loader::let_go_of_played(size_t voice) {
    const auto& need = served_[voice].need;
    auto& reads = served_[voice].reads;
    for (; !reads.empty(); reads.pop_front()) {
        const auto& r = reads.front();
        if (r.need.start == need.start && r.to > need.played) return;
        const uint32_t first = std::max(r.first, r.bank->head_frames());
        if (first < r.first + r.frames && !of_use(r, voice))
            r.bank->bank()->let_go(*r.entry, first, r.first + r.frames - first);
    }
}

double Loader::rate_of(const StreamNeed& need) const {
    const auto bank = bank_of(need);
    return bank ? bank->bank()->rate() : 0.0;
}

void Loader::Served::hear(const StreamNeed& news, double rate) {
    const bool same = need.bank == news.bank && need.start == news.start && news.played > need.played;
    const float seconds = same ? static_cast<float>(static_cast<double>(news.played - need.played) / rate) : 0.0f;
    column_speed = same ? (news.column - need.column) / seconds : 0.0f;
    row_speed = same ? (news.row - need.row) / seconds : 0.0f;
    need = news;
}

// What the voice lacks: the cells of its square and of those that it is on its way to.
void Loader::plan(const std::shared_ptr<StreamedBank>& streamed, size_t index) {
    const Bank& bank = *streamed->bank();
    const auto& voice = served_[index];
    const auto& need = voice.need;
    const auto& granted = voice.granted;
    const auto ahead = static_cast<uint64_t>(ahead_seconds * bank.rate());
    const auto way = [](float place, float speed) {
        const float to = place + std::clamp(speed * foresight, -farthest, farthest);
        return std::pair(std::min(place, to), std::max(place, to));
    };
    const auto cell = [](float place, uint32_t count) {
        return static_cast<uint32_t>(std::clamp(static_cast<int>(place), 0, static_cast<int>(count) - 1));
    };
    const auto [west, east] = way(need.column, voice.column_speed);
    const auto [north, south] = way(need.row, voice.row_speed);
    const CellRange wanted{cell(west, bank.columns()), cell(east + 1, bank.columns()), cell(north, bank.rows()),
                           cell(south + 1, bank.rows())};
    const bool inside = wanted.first_column >= granted.cells.first_column &&
                        wanted.last_column <= granted.cells.last_column &&
                        wanted.first_row >= granted.cells.first_row && wanted.last_row <= granted.cells.last_row;
    const uint64_t until = granted.start == need.start ? granted.until : streamed->ready();
    const uint64_t left = until - std::min(until, need.played);
    const auto soon = static_cast<uint64_t>(patience * bank.rate());
    // The nearest first: half of what comes later.
    if (granted.start != need.start || left == 0)
        stretches_.push_back({streamed, index, {need.start, wanted, need.corners, need.played + ahead / 2}, left});
    else if (!inside || need.corners != granted.corners)
        stretches_.push_back(
            {streamed, index, {need.start, wanted, need.corners, need.played + ahead / 2}, std::min(left, soon)});
    else if (left < ahead / 2)
        stretches_.push_back({streamed, index, {need.start, wanted, need.corners, need.played + ahead}, left});
}

// True while there is more to read for the first time.
bool Loader::keep_in_memory(double seconds) {
    if (banks_.empty() || !banks_.back()) return false;
    auto& bank = *banks_.back();
    const auto share = static_cast<uint64_t>(static_cast<double>(bank.bytes_to_keep()) * seconds / keeping_seconds);
    return bank.read_on(bank.complete() ? std::max<uint64_t>(share, 1) : slice);
}

} // namespace timbrel::engine
