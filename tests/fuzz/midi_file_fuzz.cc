// SPDX-License-Identifier: GPL-3.0-or-later
// Standard MIDI Files of arbitrary bytes: every event of what is read is a whole message at a finite, ascending time.
#include "common/error.h"
#include "host/render/midi_file.h"
#include "tests/fuzz/fuzz.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace timbrel::host;
using timbrel::test::require;

namespace {

void check_message(const std::vector<std::byte>& bytes) {
    require(!bytes.empty());
    const int status = std::to_integer<int>(bytes[0]);
    require(status >= 0x80 && status != 0xf7 && status != 0xff);
    const bool sysex = status == 0xf0;
    if (sysex) require(bytes.size() >= 2 && bytes.back() == std::byte{0xf7});
    if (status < 0xf0) require(bytes.size() == ((status & 0xe0) == 0xc0 ? 2u : 3u));
    const auto is_data = [](std::byte byte) { return byte < std::byte{0x80}; };
    require(std::all_of(bytes.begin() + 1, bytes.end() - (sysex ? 1 : 0), is_data));
}

void check_song(const Song& song) {
    require(std::isfinite(song.seconds) && song.seconds >= 0 && song.seconds <= max_song_hours * 3600);
    double previous = 0;
    for (const SongEvent& event : song.events) {
        require(event.seconds >= previous && event.seconds <= song.seconds);
        previous = event.seconds;
        check_message(event.bytes);
    }
    require(song.tempi.empty() || song.tempi[0].seconds == 0);
    double beat = -1;
    for (const SongTempo& tempo : song.tempi) {
        require(std::isfinite(tempo.seconds) && tempo.beat > beat);
        require(tempo.beats_per_minute > 0 && tempo.beats_per_bar > 0);
        beat = tempo.beat;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    try {
        check_song(parse_song(std::as_bytes(std::span(data, size)), "fuzz.mid"));
    } catch (const timbrel::Error& error) {
        require(std::string(error.what()).starts_with("fuzz.mid: "));
    }
    return 0;
}
