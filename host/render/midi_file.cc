// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/render/midi_file.h"

#include "common/error.h"
#include "host/render/midi_track.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

namespace timbrel::host {

namespace {

using Bytes = std::span<const std::byte>;

constexpr size_t max_file_size = size_t{64} << 20; // bytes; larger songs would fill the memory
constexpr size_t chunk_header = 8;                 // bytes: name and length
constexpr uint32_t default_tempo = 500000;         // microseconds a quarter note, as the format prescribes
constexpr float default_bar = 4;                   // quarter notes

std::vector<std::byte> read_bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Error(path + ": cannot be read; check its name and permissions");
    std::vector<char> bytes(1 << 16);
    size_t size = 0;
    while (size <= max_file_size && file.read(bytes.data() + size, static_cast<std::streamsize>(bytes.size() - size))) {
        size = bytes.size();
        bytes.resize(2 * size);
    }
    bytes.resize(size + static_cast<size_t>(file.gcount()));
    if (bytes.size() > max_file_size) throw Error(path + ": larger than 64 MiB, the most that is read; split the song");
    const Bytes content = std::as_bytes(std::span(bytes));
    return {content.begin(), content.end()};
}

// An unsigned number of `size` bytes, the most significant first.
uint32_t big_endian(Bytes bytes, size_t offset, size_t size) {
    uint32_t number = 0;
    for (const std::byte byte : bytes.subspan(offset, size)) number = number << 8 | std::to_integer<uint32_t>(byte);
    return number;
}

uint32_t little_endian(Bytes bytes, size_t offset) {
    uint32_t number = 0;
    for (size_t i = 4; i-- > 0;) number = number << 8 | std::to_integer<uint32_t>(bytes[offset + i]);
    return number;
}

bool has_name(Bytes bytes, size_t offset, std::string_view name) {
    return offset + name.size() <= bytes.size() && std::memcmp(bytes.data() + offset, name.data(), name.size()) == 0;
}

// The MIDI file inside an RMID file, whose chunks are those of RIFF; other files as they are.
Bytes without_riff(Bytes file) {
    if (!has_name(file, 0, "RIFF") || !has_name(file, 8, "RMID")) return file;
    for (size_t offset = 12; offset + chunk_header <= file.size();) {
        const size_t size = little_endian(file, offset + 4), body = offset + chunk_header;
        if (has_name(file, offset, "data")) return file.subspan(body, std::min(size, file.size() - body));
        offset = body + size + size % 2;
    }
    return file;
}

struct Header {
    int format;
    uint32_t tracks;
    double ticks_per_quarter = 0; // 0 for SMPTE time
    double ticks_per_second = 0;  // of SMPTE time
    size_t size;                  // bytes
};

Header read_header(Bytes file, const std::string& name) {
    if (!has_name(file, 0, "MThd")) throw Error(name + ": not a Standard MIDI File; export the song as .mid");
    if (file.size() < 14 || big_endian(file, 4, 4) < 6)
        throw Error(name + ": its header is cut short; copy or export the song again");
    Header header{static_cast<int>(big_endian(file, 8, 2)), big_endian(file, 10, 2), 0, 0,
                  chunk_header + size_t{big_endian(file, 4, 4)}};
    const uint32_t division = big_endian(file, 12, 2);
    if (division < 0x8000) {
        header.ticks_per_quarter = division;
    } else {
        const uint32_t frames = 0x100 - (division >> 8); // a second; 29 means 29.97, drop-frame time
        header.ticks_per_second = (frames == 29 ? 30000.0 / 1001 : frames) * (division & 0xff);
    }
    if (header.ticks_per_quarter <= 0 && header.ticks_per_second <= 0)
        throw Error(name + ": no time base: its header gives 0 ticks for each " +
                    (division < 0x8000 ? "quarter note" : "frame") + "; export the song again");
    return header;
}

// Reads the chunks after the header.
class TrackList {
  public:
    TrackList(Bytes file, const Header& header, DamageList& damage) : file_(file), damage_(damage) {
        for (std::optional<size_t> next = find_chunk(header.size); next; next = find_chunk(next_)) {
            const size_t body = *next + chunk_header;
            next_ = body + big_endian(file_, *next + 4, 4);
            if (has_name(file_, *next, "MTrk")) read(body);
        }
        if (tracks_.size() < header.tracks)
            damage_.add(std::to_string(header.tracks - tracks_.size()) + " of " + std::to_string(header.tracks) +
                        " tracks missing");
    }

    std::vector<MidiTrack>& tracks() { return tracks_; }

  private:
    // Whether a chunk that fits into the file starts here. Its name must be of letters, digits or blanks.
    bool is_chunk(size_t offset) const {
        if (offset + chunk_header > file_.size()) return false;
        return std::ranges::all_of(file_.subspan(offset, 4),
                                   [](std::byte byte) { return byte >= std::byte{0x20} && byte < std::byte{0x7f}; }) &&
               big_endian(file_, offset + 4, 4) <= file_.size() - offset - chunk_header;
    }

    std::optional<size_t> find_track(size_t offset) const {
        constexpr std::string_view name = "MTrk";
        const auto* const text = reinterpret_cast<const char*>(file_.data());
        const size_t found = std::string_view(text, file_.size()).find(name, offset);
        return found + chunk_header <= file_.size() && found != std::string_view::npos ? std::optional(found)
                                                                                       : std::nullopt;
    }

    // The chunk at `offset`; where there is none, the next track.
    std::optional<size_t> find_chunk(size_t offset) const {
        return is_chunk(offset) ? std::optional(offset) : find_track(offset);
    }

    // Reads the track at `body`, whose chunk claims to end at `next_`. Where no chunk follows there, the length may be
    // wrong, so the track may extend to the next one.
    void read(size_t body) {
        const bool fits = next_ == file_.size() || is_chunk(next_);
        const size_t end = fits ? next_ : find_track(body).value_or(file_.size());
        const MidiTrack& track = tracks_.emplace_back(read_track(file_.subspan(body, end - body), damage_));
        if (!track.ended && track.size == end - body) damage_.add("a track without its end");
        if (fits) return;
        if (track.ended && body + track.size != next_) damage_.add("a track of wrong length");
        next_ = body + track.size;
    }

    Bytes file_;
    DamageList& damage_;
    std::vector<MidiTrack> tracks_;
    size_t next_ = 0; // where the next chunk is expected
};

template<class T>
void append(std::vector<T>& to, std::vector<T>& from, uint64_t ticks) {
    for (T& item : from) {
        item.tick += ticks;
        to.push_back(std::move(item));
    }
    from.clear();
}

template<class T>
void sort_by_time(std::vector<T>& items) {
    std::ranges::stable_sort(items, {}, &T::tick);
}

// All tracks in one: side by side, or one after the other for format 2, where each begins with the default tempo.
MidiTrack merge(std::vector<MidiTrack>& tracks, int format) {
    MidiTrack all;
    for (MidiTrack& track : tracks) {
        const uint64_t start = format == 2 ? all.ticks : 0;
        if (format == 2) {
            all.tempi.push_back({start, default_tempo});
            all.metres.push_back({start, default_bar});
        }
        append(all.events, track.events, start);
        append(all.tempi, track.tempi, start);
        append(all.metres, track.metres, start);
        all.ticks = std::max(all.ticks, start + track.ticks);
    }
    sort_by_time(all.events);
    sort_by_time(all.tempi);
    sort_by_time(all.metres);
    return all;
}

// Moves the ends of earlier notes before note-ons of the same key and time, so that these do not end at once.
class NoteEndMover {
  public:
    void run(std::vector<TrackEvent>& events) {
        for (size_t begin = 0, end = 0; begin < events.size(); begin = end) {
            while (end < events.size() && events[end].tick == events[begin].tick) ++end;
            order(std::span(events).subspan(begin, end - begin));
        }
    }

  private:
    struct Key {
        size_t earlier = 0; // notes that are held from before this time
        size_t now = 0;     // notes that start at this time and are held
        size_t start = 0;   // where the first of them starts
        size_t instant = 0; // number of the time at which `start` is valid
    };

    // Orders the events of one time.
    void order(std::span<TrackEvent> events) {
        ++instant_;
        positions_.resize(events.size());
        touched_.clear();
        bool moved = false;
        for (size_t i = 0; i < events.size(); ++i) {
            positions_[i] = 2 * i + 1;
            const int kind = std::to_integer<int>(events[i].bytes[0]) & 0xf0;
            if (kind != 0x80 && kind != 0x90) continue;
            Key& key = keys_[(std::to_integer<size_t>(events[i].bytes[0]) & 0xf) * 128 +
                             std::to_integer<size_t>(events[i].bytes[1])];
            if (kind == 0x90 && events[i].bytes[2] != std::byte{0}) {
                if (key.instant != instant_) {
                    key.start = i;
                    key.instant = instant_;
                    touched_.push_back(&key);
                }
                ++key.now;
            } else if (key.earlier > 0) {
                --key.earlier;
                if (key.instant != instant_) continue;
                positions_[i] = 2 * key.start;
                moved = true;
            } else if (key.now > 0) {
                --key.now;
            }
        }
        for (Key* const key : touched_) key->earlier += std::exchange(key->now, 0);
        if (moved) apply(events);
    }

    void apply(std::span<TrackEvent> events) {
        std::vector<std::pair<size_t, TrackEvent>> sorted;
        for (size_t i = 0; i < events.size(); ++i) sorted.emplace_back(positions_[i], std::move(events[i]));
        std::ranges::stable_sort(sorted, {}, &std::pair<size_t, TrackEvent>::first);
        for (size_t i = 0; i < events.size(); ++i) events[i] = std::move(sorted[i].second);
    }

    std::vector<Key> keys_ = std::vector<Key>(16 * 128);
    std::vector<size_t> positions_; // of the events of one time: 2 n + 1 for the n-th, 2 n for those moved before it
    std::vector<Key*> touched_;
    size_t instant_ = 0;
};

// The tempi and metres of a track, with the time of each in seconds.
std::vector<SongTempo> tempo_map(const MidiTrack& track, double ticks_per_quarter) {
    std::vector<SongTempo> map{{0, 0, 60e6 / default_tempo, default_bar}};
    auto tempo = track.tempi.begin();
    auto metre = track.metres.begin();
    while (tempo != track.tempi.end() || metre != track.metres.end()) {
        const bool is_tempo = metre == track.metres.end() || (tempo != track.tempi.end() && tempo->tick <= metre->tick);
        SongTempo next = map.back();
        next.beat = static_cast<double>(is_tempo ? tempo->tick : metre->tick) / ticks_per_quarter;
        next.seconds += (next.beat - map.back().beat) * 60 / map.back().beats_per_minute;
        if (is_tempo)
            next.beats_per_minute = 60e6 / (tempo++)->microseconds;
        else
            next.beats_per_bar = (metre++)->quarters;
        if (next.beat <= map.back().beat) map.pop_back();
        map.push_back(next);
    }
    return map;
}

// Converts ascending ticks to seconds.
class Clock {
  public:
    Clock(const Header& header, const std::vector<SongTempo>& tempi) : header_(header), tempi_(tempi) {}

    double seconds(uint64_t tick) {
        if (tempi_.empty()) return static_cast<double>(tick) / header_.ticks_per_second;
        const double beat = static_cast<double>(tick) / header_.ticks_per_quarter;
        while (next_ < tempi_.size() && tempi_[next_].beat <= beat) ++next_;
        const SongTempo& tempo = tempi_[next_ - 1];
        return tempo.seconds + (beat - tempo.beat) * 60 / tempo.beats_per_minute;
    }

  private:
    const Header& header_;
    const std::vector<SongTempo>& tempi_; // empty for SMPTE time
    size_t next_ = 1;
};

} // namespace

Song parse_song(std::span<const std::byte> file, const std::string& name) {
    const Bytes content = without_riff(file);
    const Header header = read_header(content, name);
    DamageList damage;
    MidiTrack track = merge(TrackList(content, header, damage).tracks(), header.format);
    if (!damage.text().empty() && track.events.empty())
        throw Error(name + ": damaged: " + damage.text() + "; nothing of it can be played");
    NoteEndMover().run(track.events);

    Song song;
    song.damage = damage.text();
    if (header.ticks_per_quarter > 0) song.tempi = tempo_map(track, header.ticks_per_quarter);
    Clock clock(header, song.tempi);
    for (TrackEvent& event : track.events) song.events.push_back({clock.seconds(event.tick), std::move(event.bytes)});
    song.seconds = clock.seconds(track.ticks);
    if (song.seconds > max_song_hours * 3600) {
        char text[96];
        std::snprintf(text, sizeof text, ": lasts %.0f hours; songs may last %.0f", song.seconds / 3600,
                      max_song_hours);
        throw Error(name + text + (song.damage.empty() ? "" : ", and it is damaged: " + song.damage));
    }
    return song;
}

Song read_song(const std::string& path) { return parse_song(read_bytes(path), path); }

} // namespace timbrel::host
