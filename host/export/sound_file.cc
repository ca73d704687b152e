#include "host/export/sound_file.h"

#include "common/error.h"

#include <sndfile.h>

#include <cstdio>
#include <cstring>
#include <memory>

#include <unistd.h>

namespace timbrel::host {

namespace {

int code_of(SoundFileFormat format) {
    switch (format) {
    case SoundFileFormat::wav24:
        return SF_FORMAT_WAV | SF_FORMAT_PCM_24;
    case SoundFileFormat::wav_float:
        return SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    case SoundFileFormat::flac16:
        return SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
    }
    return 0;
}

void describe(SNDFILE* file, const SoundFileContent& content) {
    if (content.pitch >= 0) {
        SF_INSTRUMENT instrument{};
        instrument.gain = 1;
        instrument.basenote = static_cast<char>(content.pitch);
        instrument.velocity_hi = instrument.key_hi = 127;
        if (content.loop_end > content.loop_start) {
            instrument.loop_count = 1;
            instrument.loops[0] = {SF_LOOP_FORWARD, content.loop_start, content.loop_end, 0};
        }
        sf_command(file, SFC_SET_INSTRUMENT, &instrument, sizeof instrument);
    }
    if (!content.wavetable.empty()) {
        SF_CHUNK_INFO chunk{};
        std::memcpy(chunk.id, "clm ", 4);
        chunk.id_size = 4;
        chunk.datalen = static_cast<unsigned>(content.wavetable.size());
        chunk.data = const_cast<char*>(content.wavetable.data());
        sf_set_chunk(file, &chunk);
    }
}

} // namespace

void write_sound_file(const std::string& path, const SoundFileContent& content, SoundFileFormat format) {
    const std::string part = path + ".part";
    const auto fail = [&](const char* why) {
        unlink(part.c_str());
        throw Error(path + ": cannot be written (" + why + "); choose another place with -o");
    };
    SF_INFO info{};
    info.samplerate = static_cast<int>(content.rate);
    info.channels = content.channels;
    info.format = code_of(format);
    SNDFILE* const file = sf_open(part.c_str(), SFM_WRITE, &info);
    if (!file) fail(sf_strerror(nullptr));
    sf_command(file, SFC_SET_CLIPPING, nullptr, SF_TRUE);
    // A peak chunk holds the time of day, and the same export shall give the same bytes.
    sf_command(file, SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
    describe(file, content);
    const auto samples = static_cast<sf_count_t>(content.interleaved.size());
    const bool written = sf_write_float(file, content.interleaved.data(), samples) == samples;
    const int closed = sf_close(file);
    if (!written || closed != 0) fail("the disk may be full");
    if (std::rename(part.c_str(), path.c_str()) != 0) fail("it cannot be renamed");
}

} // namespace timbrel::host
