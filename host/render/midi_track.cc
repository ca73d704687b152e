// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/render/midi_track.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

namespace timbrel::host {

namespace {

constexpr uint32_t max_number = 0x0fffffff; // of a variable-length quantity
constexpr int sysex_start = 0xf0, sysex_end = 0xf7, meta = 0xff;
constexpr int system_reset = 0xff; // inside an escape; no song may reset an instrument
constexpr int meta_end_of_track = 0x2f, meta_tempo = 0x51, meta_metre = 0x58;

// Data bytes after a status byte other than F0, F7 and FF.
size_t data_size(int status) {
    if (status < 0xf0) return (status & 0xe0) == 0xc0 ? 1 : 2;
    if (status == 0xf2) return 2;
    return status == 0xf1 || status == 0xf3 ? 1 : 0;
}

bool is_data(std::byte byte) { return byte < std::byte{0x80}; }

// Real-time messages from F8 on may stand inside a system exclusive.
bool ends_sysex(std::byte byte) { return byte >= std::byte{0x80} && byte < std::byte{0xf8}; }

class TrackReader {
  public:
    TrackReader(std::span<const std::byte> body, DamageList& damage) : body_(body), damage_(damage) {}

    MidiTrack read() {
        while (!track_.ended && position_ < body_.size() && read_event()) track_.size = position_;
        finish_sysex();
        return std::move(track_);
    }

  private:
    using Bytes = std::span<const std::byte>;

    bool stop(const char* fault) {
        damage_.add(fault);
        return false;
    }
    bool stop_short() { return stop("a track that breaks off"); }

    // Returns nothing at the end of the body. Leading zeros of any number are accepted, as some programs pad.
    std::optional<uint32_t> number() {
        uint64_t value = 0;
        while (position_ < body_.size()) {
            const auto byte = std::to_integer<uint32_t>(body_[position_++]);
            value = std::min<uint64_t>(value << 7 | (byte & 0x7f), uint64_t{max_number} + 1);
            if (byte < 0x80) return static_cast<uint32_t>(value);
        }
        return std::nullopt;
    }

    std::optional<Bytes> counted_bytes() {
        const std::optional<uint32_t> size = number();
        if (!size || *size > body_.size() - position_) return std::nullopt;
        const Bytes bytes = body_.subspan(position_, *size);
        position_ += *size;
        return bytes;
    }

    bool read_event() {
        const std::optional<uint32_t> delta = number();
        if (!delta || position_ == body_.size()) return stop_short();
        if (*delta > max_number) return stop("a time of more than 28 bits");
        const uint64_t before = track_.ticks;
        track_.ticks += *delta;
        if (read_message()) return true;
        track_.ticks = before;
        return false;
    }

    bool read_message() {
        if (is_data(body_[position_])) return read_running_status();
        const int status = std::to_integer<int>(body_[position_++]);
        if (status == meta) return read_meta();
        if (status == sysex_end) return read_packet();
        finish_sysex();
        if (status == sysex_start) return read_sysex();
        if (status >= 0xf0) damage_.add("a system message outside an escape");
        return read_short_message(status);
    }

    bool read_running_status() {
        finish_sysex();
        if (running_ == 0) return stop("an event without a status byte");
        if (cancelled_) damage_.add("running status after a system exclusive");
        return read_short_message(running_);
    }

    bool read_short_message(int status) {
        const size_t size = data_size(status);
        if (size > body_.size() - position_) return stop_short();
        const Bytes data = body_.subspan(position_, size);
        if (!std::ranges::all_of(data, is_data)) return stop("a data byte above 127");
        if (status < 0xf0) {
            running_ = status;
            cancelled_ = false;
        }
        emit(status, data);
        position_ += size;
        return true;
    }

    void emit(int status, Bytes data) {
        TrackEvent& event = track_.events.emplace_back(TrackEvent{track_.ticks, {}});
        event.bytes.reserve(data.size() + 1);
        event.bytes.push_back(static_cast<std::byte>(status));
        event.bytes.insert(event.bytes.end(), data.begin(), data.end());
    }

    bool read_meta() {
        if (position_ == body_.size()) return stop_short();
        const int type = std::to_integer<int>(body_[position_++]);
        const std::optional<Bytes> bytes = counted_bytes();
        if (!bytes) return stop_short();
        const auto byte = [&](size_t i) { return std::to_integer<uint32_t>((*bytes)[i]); };
        if (type == meta_end_of_track) track_.ended = true;
        if (type == meta_tempo && bytes->size() >= 3) {
            const uint32_t microseconds = byte(0) << 16 | byte(1) << 8 | byte(2);
            if (microseconds > 0)
                track_.tempi.push_back({track_.ticks, microseconds});
            else
                damage_.add("a tempo of 0");
        }
        if (type == meta_metre && bytes->size() >= 2 && byte(0) > 0 && byte(1) <= 6)
            track_.metres.push_back({track_.ticks, std::ldexp(4.0f * static_cast<float>(byte(0)), -int(byte(1)))});
        return true;
    }

    bool read_sysex() {
        cancelled_ = true;
        const std::optional<Bytes> bytes = counted_bytes();
        if (!bytes) return stop_short();
        sysex_.assign(1, std::byte{sysex_start});
        read_escape(bytes->subspan(continue_sysex(*bytes)));
        return true;
    }

    // An F7 packet continues a system exclusive; without one, and behind its end, it is an escape: any messages of a
    // cable.
    bool read_packet() {
        cancelled_ = true;
        const std::optional<Bytes> bytes = counted_bytes();
        if (!bytes) return stop_short();
        read_escape(bytes->subspan(sysex_.empty() ? 0 : continue_sysex(*bytes)));
        return true;
    }

    // Returns the number of bytes that belong to the system exclusive. A status byte that ends it begins a message.
    size_t continue_sysex(Bytes bytes) {
        const auto size = static_cast<size_t>(std::ranges::find_if(bytes, ends_sysex) - bytes.begin());
        std::ranges::copy_if(bytes.first(size), std::back_inserter(sysex_), is_data);
        sysex_tick_ = track_.ticks;
        if (size == bytes.size()) return size;
        const bool ended = bytes[size] == std::byte{sysex_end};
        if (!ended) damage_.add("a system exclusive without its end");
        emit_sysex();
        return ended ? size + 1 : size;
    }

    // A system exclusive that another message interrupts is complete, as on a cable.
    void finish_sysex() {
        if (sysex_.empty()) return;
        damage_.add("a system exclusive without its end");
        emit_sysex();
    }

    void emit_sysex() {
        sysex_.push_back(std::byte{sysex_end});
        track_.events.push_back({sysex_tick_, std::move(sysex_)});
        sysex_.clear();
    }

    void read_escape(Bytes bytes) {
        while (!bytes.empty()) {
            const int status = std::to_integer<int>(bytes[0]);
            bytes = bytes.subspan(1);
            if (status == sysex_start) {
                sysex_.assign(1, std::byte{sysex_start});
                bytes = bytes.subspan(continue_sysex(bytes));
                continue;
            }
            const size_t size = data_size(status);
            if (status < 0x80 || status == sysex_end || size > bytes.size() ||
                !std::ranges::all_of(bytes.first(size), is_data))
                continue; // parts of a message that has no beginning or no end here
            if (status == system_reset) continue;
            emit(status, bytes.first(size));
            bytes = bytes.subspan(size);
        }
    }

    Bytes body_;
    DamageList& damage_;
    MidiTrack track_;
    size_t position_ = 0;
    int running_ = 0;              // status of the last channel message; 0 before the first
    bool cancelled_ = false;       // a system exclusive or an escape came after it
    std::vector<std::byte> sysex_; // unfinished; empty between messages
    uint64_t sysex_tick_ = 0;
};

} // namespace

void DamageList::add(const std::string& fault) {
    if (std::ranges::find(faults_, fault) != faults_.end()) return;
    faults_.push_back(fault);
    text_ += (text_.empty() ? "" : ", ") + fault;
}

MidiTrack read_track(std::span<const std::byte> body, DamageList& damage) { return TrackReader(body, damage).read(); }

} // namespace timbrel::host
