// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/bank_tools/packed_bank.h"

#include "common/atomic_file.h"
#include "common/error.h"
#include "common/progress.h"
#include "plugin/engine/bank/bank.h"
#include "plugin/engine/bank/bank_layout.h"

#include <sndfile.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <memory>
#include <vector>

namespace timbrel::host {

namespace {

using Bytes = std::vector<std::byte>;

// On libsndfile's scale from 0 to 1; 1 is FLAC level 8, which saves about 2 % more.
constexpr double flac_compression = 1.0;

// Bounds of one FLAC frame in bytes, unpacked and packed: the largest block of silence. They limit how much sound a
// packed file of a given size can contain.
constexpr uint64_t max_flac_frame_unpacked = 65535 * engine::bank_frame_bytes, min_flac_frame_packed = 16;

constexpr sf_count_t block_frames = 65536; // unpacked at a time, whatever length the file states

struct CloseFile {
    void operator()(SNDFILE* file) const { sf_close(file); }
};

// A sound file in memory, for libsndfile's virtual I/O.
struct MemoryFile {
    Bytes bytes;
    size_t position = 0;

    static MemoryFile& of(void* self) { return *static_cast<MemoryFile*>(self); }
    static sf_count_t length(void* self) { return static_cast<sf_count_t>(of(self).bytes.size()); }
    static sf_count_t tell(void* self) { return static_cast<sf_count_t>(of(self).position); }
    static sf_count_t seek(sf_count_t offset, int whence, void* self) {
        const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? tell(self) : length(self);
        of(self).position = static_cast<size_t>(std::clamp<sf_count_t>(from + offset, 0, length(self)));
        return tell(self);
    }
    static sf_count_t read(void* to, sf_count_t count, void* self) {
        const auto size = static_cast<size_t>(std::min(count, length(self) - tell(self)));
        if (size == 0) return 0; // an empty file has no memory to copy from
        std::memcpy(to, of(self).bytes.data() + of(self).position, size);
        of(self).position += size;
        return static_cast<sf_count_t>(size);
    }
    static sf_count_t write(const void* from, sf_count_t count, void* self) {
        auto& file = of(self);
        file.bytes.resize(std::max(file.bytes.size(), file.position + static_cast<size_t>(count)));
        std::memcpy(file.bytes.data() + file.position, from, static_cast<size_t>(count));
        file.position += static_cast<size_t>(count);
        return count;
    }
};

std::unique_ptr<SNDFILE, CloseFile> open_in_memory(MemoryFile& memory, int mode, SF_INFO& info) {
    SF_VIRTUAL_IO io{&MemoryFile::length, &MemoryFile::seek, &MemoryFile::read, &MemoryFile::write, &MemoryFile::tell};
    return std::unique_ptr<SNDFILE, CloseFile>(sf_open_virtual(&io, mode, &info, &memory));
}

Bytes compressed(std::span<const int16_t> stereo, uint32_t rate) {
    MemoryFile memory;
    SF_INFO info{};
    info.samplerate = static_cast<int>(rate);
    info.channels = 2;
    info.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
    auto file = open_in_memory(memory, SFM_WRITE, info);
    if (!file) throw Error(std::string("FLAC cannot be written: ") + sf_strerror(nullptr));
    double level = flac_compression;
    sf_command(file.get(), SFC_SET_COMPRESSION_LEVEL, &level, sizeof level);
    const auto frames = static_cast<sf_count_t>(stereo.size() / 2);
    if (sf_writef_short(file.get(), stereo.data(), frames) != frames)
        throw Error(std::string("FLAC cannot be written: ") + sf_strerror(file.get()));
    file.reset();
    return std::move(memory.bytes);
}

// Returns false if the stream is not FLAC or has another number of frames; `out` may then be partly written.
bool decompress(Bytes stream, sf_count_t frames, AtomicFile& out) {
    MemoryFile memory{std::move(stream)};
    SF_INFO info{};
    const auto file = open_in_memory(memory, SFM_READ, info);
    if (!file || info.channels != 2 || info.frames != frames) return false;
    std::vector<int16_t> block(2 * block_frames);
    while (frames > 0) {
        const sf_count_t count = sf_readf_short(file.get(), block.data(), std::min(frames, block_frames));
        if (count <= 0) return false;
        out.write(std::as_bytes(std::span(block).first(2 * static_cast<size_t>(count))));
        frames -= count;
    }
    return true;
}

template<class T>
std::span<const std::byte> bytes_of(const T& value) {
    return std::as_bytes(std::span(&value, 1));
}

template<class T>
void read_exactly(std::istream& in, T* to, size_t count, const std::string& path) {
    if (!in.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(count * sizeof(T))))
        throw Error(path + ": cut short; copy it again");
}

// Offsets in bytes at which each note's PCM begins, and the end of the last one. There may be padding between notes.
std::vector<uint64_t> note_bounds(const engine::BankHeader& header, const engine::BankEntry* index) {
    const uint64_t cells = uint64_t{header.columns} * header.rows;
    std::vector<uint64_t> bounds{header.pcm_offset};
    for (uint64_t note = 1; note < uint64_t{header.pitches} * header.velocities; ++note)
        bounds.push_back(index[note * cells].offset);
    bounds.push_back(header.file_bytes / engine::bank_frame_bytes * engine::bank_frame_bytes);
    return bounds;
}

Bytes read_head(std::ifstream& in, uint64_t head_bytes, const std::string& path) {
    Bytes head(head_bytes);
    read_exactly(in, head.data(), head.size(), path);
    return head;
}

PackedBankHeader read_packed_header(std::ifstream& in, uint64_t file_bytes, const std::string& path) {
    PackedBankHeader header{};
    if (file_bytes >= sizeof header) read_exactly(in, &header, 1, path);
    if (std::memcmp(header.magic, engine::packed_bank_magic, sizeof header.magic) != 0)
        throw Error(path + ": is no packed bank; name a file written by timbrel pack");
    if (header.version > packed_bank_version)
        throw Error(path + ": packed by a later Timbrel (version " + std::to_string(header.version) +
                    "; this one reads up to " + std::to_string(packed_bank_version) + "); update Timbrel");
    return header;
}

Error damaged(const std::string& path, const std::string& fault) {
    return Error(path + ": " + fault + "; copy it again");
}

const engine::BankEntry* index_of(const Bytes& head, const engine::BankHeader& header) {
    return reinterpret_cast<const engine::BankEntry*>(head.data() + header.index_offset);
}

// Returns the bank's header after checking everything that comes before the PCM.
engine::BankHeader check_head(const Bytes& head, const std::string& path) {
    engine::BankHeader header;
    std::memcpy(&header, head.data(), sizeof header);
    std::string fault = engine::version_error(header.version);
    if (fault.empty()) fault = engine::header_error(header);
    if (fault.empty()) fault = engine::regions_error(header, header.file_bytes);
    if (fault.empty() && (header.pcm_offset != head.size() || engine::hash_head(head) != header.head_hash))
        fault = "altered or damaged (checksum)";
    if (fault.empty()) fault = engine::index_error(header, index_of(head, header));
    if (!fault.empty()) throw damaged(path, fault);
    return header;
}

} // namespace

void pack(const std::string& bank_path, const std::string& output) {
    engine::Bank::open(bank_path)->verify_pcm();
    std::ifstream in(bank_path, std::ios::binary);
    engine::BankHeader header;
    read_exactly(in, &header, 1, bank_path);
    if (header.file_bytes % engine::bank_frame_bytes != 0)
        throw Error(bank_path + ": ends within a frame; bake it again");
    in.seekg(0);
    const Bytes head = read_head(in, header.pcm_offset, bank_path);
    const auto bounds = note_bounds(header, index_of(head, header));

    AtomicFile out(output, advice_other_output);
    PackedBankHeader packed_header{
        {}, packed_bank_version, static_cast<uint32_t>(bounds.size() - 1), header.pcm_offset};
    std::memcpy(packed_header.magic, engine::packed_bank_magic, sizeof packed_header.magic);
    out.write(bytes_of(packed_header));
    out.write(head);
    Progress progress("packing", bounds.size() - 1);
    for (size_t note = 0; note + 1 < bounds.size(); ++note) {
        std::vector<int16_t> pcm((bounds[note + 1] - bounds[note]) / sizeof(int16_t));
        read_exactly(in, pcm.data(), pcm.size(), bank_path);
        const Bytes stream = compressed(pcm, header.rate);
        out.write(bytes_of(uint64_t{stream.size()}));
        out.write(stream);
        progress.step();
    }
    out.finish();
}

void unpack(const std::string& packed, const std::string& output) {
    std::ifstream in(packed, std::ios::binary | std::ios::ate);
    const auto size = static_cast<uint64_t>(std::max<std::streamoff>(in.tellg(), 0));
    if (!in) throw Error(packed + ": cannot be read; name a file written by timbrel pack");
    in.seekg(0);
    const PackedBankHeader packed_header = read_packed_header(in, size, packed);
    if (packed_header.head_bytes < engine::bank_page || packed_header.head_bytes > size)
        throw damaged(packed, "cut short");
    const Bytes head = read_head(in, packed_header.head_bytes, packed);
    const engine::BankHeader header = check_head(head, packed);
    const auto bounds = note_bounds(header, index_of(head, header));
    if (packed_header.notes != bounds.size() - 1) throw damaged(packed, "holds too few notes");
    if (header.pcm_bytes / max_flac_frame_unpacked > size / min_flac_frame_packed)
        throw damaged(packed, "claims more sound than it can hold");

    AtomicFile out(output, advice_other_output);
    out.reserve(header.file_bytes);
    out.write(head);
    Progress progress("unpacking", bounds.size() - 1);
    for (size_t note = 0; note + 1 < bounds.size(); ++note) {
        uint64_t bytes = 0;
        read_exactly(in, &bytes, 1, packed);
        if (bytes > size - static_cast<uint64_t>(in.tellg())) throw damaged(packed, "cut short");
        Bytes stream(bytes);
        read_exactly(in, stream.data(), stream.size(), packed);
        const auto frames = static_cast<sf_count_t>((bounds[note + 1] - bounds[note]) / engine::bank_frame_bytes);
        if (!decompress(std::move(stream), frames, out))
            throw damaged(packed, "note " + std::to_string(note) + " is damaged");
        progress.step();
    }
    try {
        engine::Bank::open(out.sync_and_close())->verify_pcm();
    } catch (const engine::BankError&) {
        throw damaged(packed, "its sound is damaged (checksum)");
    }
    out.finish();
}

} // namespace timbrel::host
