// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/render/midi_file.h"

#include "common/error.h"

#include <smf.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>

namespace timbrel::host {

namespace {

struct Deleter {
    void operator()(smf_t* smf) const { smf_delete(smf); }
};

std::vector<char> read_bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Error(path + ": cannot be read; check its name and permissions");
    std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (bytes.size() < 14 || !std::equal(bytes.begin(), bytes.begin() + 4, "MThd"))
        throw Error(path + ": not a Standard MIDI File; export the song as .mid");
    // libsmf accepts truncated files and returns a part of the song, so the chunk lengths are checked here.
    uint64_t offset = 0;
    while (offset + 8 <= bytes.size()) {
        uint32_t length = 0;
        for (uint64_t i = offset + 4; i < offset + 8; ++i) length = length << 8 | static_cast<uint8_t>(bytes[i]);
        offset += 8 + uint64_t{length};
    }
    if (offset > bytes.size()) throw Error(path + ": cut short; copy or export the song again");
    return bytes;
}

} // namespace

Song read_song(const std::string& path) {
    // libsmf also reports damage through GLib's log; silence it, because the exception tells the user.
    g_log_set_handler(
        "libsmf", GLogLevelFlags(G_LOG_LEVEL_MASK | G_LOG_FLAG_RECURSION), [](auto...) {}, nullptr);
    g_log_set_default_handler([](auto...) {}, nullptr);
    const std::vector<char> bytes = read_bytes(path);
    const std::unique_ptr<smf_t, Deleter> smf(smf_load_from_memory(bytes.data(), static_cast<int>(bytes.size())));
    if (!smf) throw Error(path + ": damaged, or a MIDI file of format 2; export the song again as format 0 or 1");

    Song song;
    while (const smf_event_t* const event = smf_get_next_event(smf.get())) {
        song.seconds = std::max(song.seconds, event->time_seconds);
        const int size = event->midi_buffer_length;
        if (size < 1 || event->midi_buffer[0] < 0x80 || event->midi_buffer[0] == 0xff || event->midi_buffer[0] == 0xf7)
            continue;
        const auto* const first = reinterpret_cast<const std::byte*>(event->midi_buffer);
        song.events.push_back({event->time_seconds, {first, first + size}});
    }
    for (int i = 0; smf->ppqn > 0; ++i) {
        const smf_tempo_t* const tempo = smf_get_tempo_by_number(smf.get(), i);
        if (!tempo) break;
        if (tempo->microseconds_per_quarter_note <= 0) continue;
        const bool has_metre = tempo->numerator > 0 && tempo->denominator > 0;
        song.tempi.push_back(
            {tempo->time_seconds, static_cast<double>(tempo->time_pulses) / smf->ppqn,
             60e6 / tempo->microseconds_per_quarter_note,
             has_metre ? 4.0f * static_cast<float>(tempo->numerator) / static_cast<float>(tempo->denominator) : 4.0f});
    }
    std::stable_sort(song.events.begin(), song.events.end(),
                     [](const SongEvent& a, const SongEvent& b) { return a.seconds < b.seconds; });
    return song;
}

} // namespace timbrel::host
