#include "plugin/engine/loader.h"

#include <algorithm>
#include <chrono>
#include <span>

#include <pthread.h>

namespace timbrel {

namespace {

using std::chrono::duration;
using std::chrono::milliseconds;

constexpr double ahead_seconds = 0.4; // of a voice, at the stored pitch
constexpr uint32_t ring = 1;          // cells around a voice's square
constexpr uint32_t most_ring = 4;     // when it moves fast
constexpr milliseconds pause_reading{1}, pause_playing{4}, pause_resting{16};
constexpr uint64_t slice = 4ull << 20; // bytes between two looks at the voices
constexpr double keeping_seconds = 10; // in which all that was read is touched again

uint32_t distance(uint32_t a, uint32_t b) { return a > b ? a - b : b - a; }

CellRange around(const Bank& bank, uint32_t column, uint32_t row, uint32_t cells) {
    return {column - std::min(column, cells), std::min(column + 1 + cells, bank.columns() - 1),
            row - std::min(row, cells), std::min(row + 1 + cells, bank.rows() - 1)};
}

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

// The range and the corners around it.
template<class Read>
void each_cell(const StreamedBank& streamed, const CellRange& cells, Read read) {
    const Bank& bank = *streamed.bank();
    for (uint32_t row = cells.first_row; row <= cells.last_row; ++row)
        for (uint32_t column = cells.first_column; column <= cells.last_column; ++column)
            read(row * bank.columns() + column);
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
        const bool playing = serve_voices();
        const auto pause = playing ? pause_playing : pause_resting;
        if (keep_in_memory(duration<double>(pause).count())) {
            wake_.wait_for(lock, pause_reading);
        } else if (banks_.empty() || !banks_.back()) {
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

bool Loader::serve_voices() {
    bool playing = false;
    stretches_.clear();
    answered_.clear();
    for (size_t i = 0; i < links_.size(); ++i) {
        auto& voice = served_[i];
        const StreamNeed before = voice.need;
        if (links_[i]->need.take()) voice.need = links_[i]->need.value();
        const auto bank = bank_of(voice.need);
        if (!bank) continue;
        playing = true;
        if (bank->ready() == all_frames) continue;
        const size_t planned = stretches_.size();
        const bool same = before.start == voice.need.start;
        const uint32_t moved =
            same ? std::max(distance(before.column, voice.need.column), distance(before.row, voice.need.row)) : 0;
        plan(*bank, voice, moved);
        if (stretches_.size() > planned) answered_.push_back(i);
    }
    // All is asked for before anything is waited for.
    for (const bool wait : {false, true})
        for (const auto& s : stretches_) {
            const Bank& bank = *s.bank->bank();
            each_cell(*s.bank, s.voice->granted.cells, [&](uint32_t cell) {
                for (uint32_t layer = 0; layer < s.voice->need.layers; ++layer) {
                    const auto& entry = bank.entry(s.voice->need.note + layer, cell);
                    each_stretch(entry, s.from, s.to, [&](uint32_t first, uint32_t frames) {
                        wait ? bank.read_in(entry, first, frames) : bank.ask_for(entry, first, frames);
                    });
                }
            });
        }
    for (const size_t i : answered_) {
        links_[i]->grant.draft() = served_[i].granted;
        links_[i]->grant.publish();
    }
    return playing;
}

// What the voice lacks; `moved`: cells that it went since it was last heard of.
void Loader::plan(const StreamedBank& streamed, Served& voice, uint32_t moved) {
    const Bank& bank = *streamed.bank();
    const auto ahead = static_cast<uint64_t>(ahead_seconds * bank.rate());
    const auto& need = voice.need;
    auto& granted = voice.granted;
    const auto around_it = around(bank, need.column, need.row, std::min(ring + moved, most_ring));
    const bool inside = around_it.first_column >= granted.cells.first_column &&
                        around_it.last_column <= granted.cells.last_column &&
                        around_it.first_row >= granted.cells.first_row && around_it.last_row <= granted.cells.last_row;
    if (granted.start != need.start || !inside || granted.until < need.played) {
        // The nearest first: half of what comes later.
        granted = {need.start, around_it, need.played + ahead / 2};
        stretches_.push_back({&streamed, &voice, need.played, granted.until});
    } else if (granted.until < need.played + ahead / 2) {
        stretches_.push_back({&streamed, &voice, granted.until, need.played + ahead});
        granted.until = need.played + ahead;
    }
}

// True while there is more to read for the first time.
bool Loader::keep_in_memory(double seconds) {
    if (banks_.empty() || !banks_.back()) return false;
    auto& bank = *banks_.back();
    const auto share = static_cast<uint64_t>(static_cast<double>(bank.bytes_to_keep()) * seconds / keeping_seconds);
    return bank.read_on(bank.complete() ? std::max<uint64_t>(share, 1) : slice);
}

} // namespace timbrel
