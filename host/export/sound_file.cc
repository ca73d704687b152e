// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/export/sound_file.h"

#include "common/atomic_file.h"

#include <sndfile.h>

#include <cstring>

namespace timbrel::host {

namespace {

int sndfile_format(SoundFileFormat format) {
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

void add_chunks(SNDFILE* file, const SoundFileContent& content) {
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
    AtomicFile file(path, advice_other_output);
    SF_INFO info{};
    info.samplerate = static_cast<int>(content.rate);
    info.channels = content.channels;
    info.format = sndfile_format(format);
    SNDFILE* const sound = sf_open_fd(file.descriptor(), SFM_WRITE, &info, SF_FALSE);
    if (!sound) file.fail(sf_strerror(nullptr));
    sf_command(sound, SFC_SET_CLIPPING, nullptr, SF_TRUE);
    // A peak chunk contains the time of day; without it, repeated exports are identical.
    sf_command(sound, SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
    add_chunks(sound, content);
    const auto samples = static_cast<sf_count_t>(content.interleaved.size());
    const bool written = sf_write_float(sound, content.interleaved.data(), samples) == samples;
    const int error = sf_close(sound);
    if (!written || error != 0) file.fail("the disk may be full");
    file.finish_unsynced();
}

} // namespace timbrel::host
