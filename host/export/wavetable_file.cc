// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/export/wavetable_file.h"

#include "common/atomic_file.h"
#include "host/export/sound_file.h"
#include "host/export/wavetable.h"

#include <bit>

namespace timbrel::host {

namespace {

constexpr uint32_t wavetable_rate = 44100; // by convention; readers ignore it

// Frame length, then eight flags; the first requests linear interpolation between frames.
constexpr char serum_chunk[] = "<!>2048 10000000 wavetable (Timbrel)";
static_assert(wavetable_period == 2048);

struct SurgeHeader {
    char magic[4] = {'v', 'a', 'w', 't'};
    uint32_t period = wavetable_period;
    uint16_t frames = 0;
    uint16_t flags = 0; // 0: a wavetable of 32-bit floats
};
static_assert(sizeof(SurgeHeader) == 12 && std::endian::native == std::endian::little);

} // namespace

void write_wav_wavetable(const std::string& path, std::span<const float> frames) {
    SoundFileContent content{frames, 1, wavetable_rate};
    content.wavetable = serum_chunk;
    write_sound_file(path, content, SoundFileFormat::wav_float);
}

void write_surge_wavetable(const std::string& path, std::span<const float> frames) {
    SurgeHeader header;
    header.frames = static_cast<uint16_t>(frames.size() / wavetable_period);
    AtomicFile file(path, advice_other_output);
    file.write(std::as_bytes(std::span(&header, 1)));
    file.write(std::as_bytes(frames));
    file.finish();
}

} // namespace timbrel::host
