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
    if (!file) throw Error(path + ": cannot be read; check the name and the rights");
    std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (bytes.size() < 14 || !std::equal(bytes.begin(), bytes.begin() + 4, "MThd"))
        throw Error(path + ": not a Standard MIDI File; export the song as .mid");
    // The library takes what it finds of a file that was cut short; half a song is not what was asked for.
    uint64_t at = 0;
    while (at + 8 <= bytes.size()) {
        uint32_t length = 0;
        for (uint64_t i = at + 4; i < at + 8; ++i) length = length << 8 | static_cast<uint8_t>(bytes[i]);
        at += 8 + uint64_t{length};
    }
    if (at > bytes.size()) throw Error(path + ": cut short; copy or export the song anew");
    return bytes;
}

} // namespace

Song read_song(const std::string& path) {
    // The library reports damage through GLib's log as well as by its result; only the result is for the user.
    g_log_set_handler(
        "libsmf", GLogLevelFlags(G_LOG_LEVEL_MASK | G_LOG_FLAG_RECURSION), [](auto...) {}, nullptr);
    g_log_set_default_handler([](auto...) {}, nullptr);
    const std::vector<char> bytes = read_bytes(path);
    const std::unique_ptr<smf_t, Deleter> smf(smf_load_from_memory(bytes.data(), static_cast<int>(bytes.size())));
    if (!smf) throw Error(path + ": damaged, or a MIDI file of format 2; export the song anew as format 0 or 1");

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
        const bool metre = tempo->numerator > 0 && tempo->denominator > 0;
        song.tempi.push_back(
            {tempo->time_seconds, static_cast<double>(tempo->time_pulses) / smf->ppqn,
             60e6 / tempo->microseconds_per_quarter_note,
             metre ? 4.0f * static_cast<float>(tempo->numerator) / static_cast<float>(tempo->denominator) : 4.0f});
    }
    std::stable_sort(song.events.begin(), song.events.end(),
                     [](const SongEvent& a, const SongEvent& b) { return a.seconds < b.seconds; });
    return song;
}

} // namespace timbrel::host
