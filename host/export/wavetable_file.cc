#include "host/export/wavetable_file.h"

#include "common/atomic_file.h"
#include "host/export/sound_file.h"
#include "host/export/wavetable.h"

#include <bit>

namespace timbrel::host {

namespace {

constexpr uint32_t wavetable_rate = 44100; // what these programs write; it means nothing

// Length of a frame, then eight flags: the first asks for frames to be joined by straight lines.
constexpr char serum_chunk[] = "<!>2048 10000000 wavetable (Timbrel)";
static_assert(wavetable_period == 2048);

struct SurgeHeader {
    char magic[4] = {'v', 'a', 'w', 't'};
    uint32_t period = wavetable_period;
    uint16_t frames = 0;
    uint16_t flags = 0; // a wavetable, not a sample; floats
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
    NewFile file(path, another_output);
    file.write(std::as_bytes(std::span(&header, 1)));
    file.write(std::as_bytes(frames));
    file.finish();
}

} // namespace timbrel::host
