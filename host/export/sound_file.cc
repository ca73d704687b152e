// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/export/sound_file.h"

#include "common/atomic_file.h"
#include "common/error.h"

#include <sndfile.h>

#include <algorithm>
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

SF_INFO describe(const SoundFileContent& content, SoundFileFormat format) {
    SF_INFO info{};
    info.samplerate = static_cast<int>(content.rate);
    info.channels = content.channels;
    info.format = sndfile_format(format);
    return info;
}

// Writes everything and closes the file. False when that fails.
bool write_content(SNDFILE* file, const SoundFileContent& content) {
    sf_command(file, SFC_SET_CLIPPING, nullptr, SF_TRUE);
    // A peak chunk contains the time of day; without it, repeated exports are identical.
    sf_command(file, SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
    add_chunks(file, content);
    const auto samples = static_cast<sf_count_t>(content.interleaved.size());
    const bool written = sf_write_float(file, content.interleaved.data(), samples) == samples;
    return sf_close(file) == 0 && written;
}

// A file in memory, for libsndfile.
struct MemoryFile {
    std::vector<std::byte> bytes;
    sf_count_t at = 0;

    static MemoryFile& of(void* user) { return *static_cast<MemoryFile*>(user); }
    static sf_count_t size(void* user) { return static_cast<sf_count_t>(of(user).bytes.size()); }
    static sf_count_t tell(void* user) { return of(user).at; }
    static sf_count_t seek(sf_count_t offset, int whence, void* user) {
        const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? of(user).at : size(user);
        return of(user).at = from + offset;
    }
    static sf_count_t read(void* into, sf_count_t count, void* user) {
        MemoryFile& file = of(user);
        count = std::clamp<sf_count_t>(size(user) - file.at, 0, count);
        std::copy_n(file.bytes.data() + file.at, count, static_cast<std::byte*>(into));
        file.at += count;
        return count;
    }
    static sf_count_t write(const void* from, sf_count_t count, void* user) {
        MemoryFile& file = of(user);
        file.bytes.resize(std::max(file.bytes.size(), static_cast<size_t>(file.at + count)));
        std::copy_n(static_cast<const std::byte*>(from), count, file.bytes.data() + file.at);
        file.at += count;
        return count;
    }
};

} // namespace

std::vector<std::byte> encode_sound_file(const SoundFileContent& content, SoundFileFormat format) {
    MemoryFile file;
    SF_VIRTUAL_IO access{MemoryFile::size, MemoryFile::seek, MemoryFile::read, MemoryFile::write, MemoryFile::tell};
    SF_INFO info = describe(content, format);
    SNDFILE* const sound = sf_open_virtual(&access, SFM_WRITE, &info, &file);
    if (!sound || !write_content(sound, content))
        throw Error(std::string("a sound cannot be encoded: ") + sf_strerror(nullptr));
    return std::move(file.bytes);
}

void write_sound_file(const std::string& path, const SoundFileContent& content, SoundFileFormat format) {
    AtomicFile file(path, advice_other_output);
    SF_INFO info = describe(content, format);
    SNDFILE* const sound = sf_open_fd(file.descriptor(), SFM_WRITE, &info, SF_FALSE);
    if (!sound) file.fail(sf_strerror(nullptr));
    if (!write_content(sound, content)) file.fail("the disk may be full");
    file.finish_unsynced();
}

} // namespace timbrel::host
