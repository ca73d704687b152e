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

constexpr double densest = 1.0; // FLAC level 8: a second a minute more, for two parts in a hundred

// The densest that FLAC can be, silence in its longest frames: so much sound a packed file may hold at most.
constexpr uint64_t longest_frame = 65535 * engine::bank_frame_bytes, least_frame = 16; // bytes unpacked, bytes packed

constexpr sf_count_t block_frames = 65536; // unpacked at a time, however long the note is said to be

struct CloseFile {
    void operator()(SNDFILE* file) const { sf_close(file); }
};

// A sound file in memory, as libsndfile wants to see one.
struct MemoryFile {
    Bytes bytes;
    size_t at = 0;

    static MemoryFile& of(void* self) { return *static_cast<MemoryFile*>(self); }
    static sf_count_t length(void* self) { return static_cast<sf_count_t>(of(self).bytes.size()); }
    static sf_count_t tell(void* self) { return static_cast<sf_count_t>(of(self).at); }
    static sf_count_t seek(sf_count_t offset, int whence, void* self) {
        const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? tell(self) : length(self);
        of(self).at = static_cast<size_t>(std::clamp<sf_count_t>(from + offset, 0, length(self)));
        return tell(self);
    }
    static sf_count_t read(void* to, sf_count_t count, void* self) {
        const auto size = static_cast<size_t>(std::min(count, length(self) - tell(self)));
        std::memcpy(to, of(self).bytes.data() + of(self).at, size);
        of(self).at += size;
        return static_cast<sf_count_t>(size);
    }
    static sf_count_t write(const void* from, sf_count_t count, void* self) {
        auto& file = of(self);
        file.bytes.resize(std::max(file.bytes.size(), file.at + static_cast<size_t>(count)));
        std::memcpy(file.bytes.data() + file.at, from, static_cast<size_t>(count));
        file.at += static_cast<size_t>(count);
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
    double level = densest;
    sf_command(file.get(), SFC_SET_COMPRESSION_LEVEL, &level, sizeof level);
    const auto frames = static_cast<sf_count_t>(stereo.size() / 2);
    if (sf_writef_short(file.get(), stereo.data(), frames) != frames)
        throw Error(std::string("FLAC cannot be written: ") + sf_strerror(file.get()));
    file.reset();
    return std::move(memory.bytes);
}

// False when the stream is no FLAC or holds another number of frames; some may have been written then.
bool decompress(Bytes stream, sf_count_t frames, NewFile& out) {
    MemoryFile memory{std::move(stream)};
    SF_INFO info{};
    const auto file = open_in_memory(memory, SFM_READ, info);
    if (!file || info.channels != 2 || info.frames != frames) return false;
    std::vector<int16_t> block(2 * block_frames);
    while (frames > 0) {
        const sf_count_t got = sf_readf_short(file.get(), block.data(), std::min(frames, block_frames));
        if (got <= 0) return false;
        out.write(std::as_bytes(std::span(block).first(2 * static_cast<size_t>(got))));
        frames -= got;
    }
    return true;
}

template<class T>
std::span<const std::byte> bytes_of(const T& value) {
    return std::as_bytes(std::span(&value, 1));
}

template<class T>
void read(std::istream& in, T* to, size_t count, const std::string& path) {
    if (!in.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(count * sizeof(T))))
        throw Error(path + ": cut short; copy it again");
}

// Where each note's PCM begins in a bank, and where the last one's ends. Between notes there may be room.
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
    read(in, head.data(), head.size(), path);
    return head;
}

} // namespace

void pack(const std::string& bank_path, const std::string& output) {
    engine::Bank::open(bank_path)->verify_pcm();
    std::ifstream in(bank_path, std::ios::binary);
    engine::BankHeader header;
    read(in, &header, 1, bank_path);
    if (header.file_bytes % engine::bank_frame_bytes != 0)
        throw Error(bank_path + ": ends within a frame; bake it again");
    in.seekg(0);
    const Bytes head = read_head(in, header.pcm_offset, bank_path);
    const auto bounds =
        note_bounds(header, reinterpret_cast<const engine::BankEntry*>(head.data() + header.index_offset));

    NewFile out(output, another_output);
    PackedBankHeader about{{}, packed_bank_version, static_cast<uint32_t>(bounds.size() - 1), header.pcm_offset};
    std::memcpy(about.magic, engine::packed_bank_magic, sizeof about.magic);
    out.write(bytes_of(about));
    out.write(head);
    Progress progress("packing", bounds.size() - 1);
    for (size_t note = 0; note + 1 < bounds.size(); ++note) {
        std::vector<int16_t> pcm((bounds[note + 1] - bounds[note]) / sizeof(int16_t));
        read(in, pcm.data(), pcm.size(), bank_path);
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
    if (!in) throw Error(packed + ": cannot be read; name a file that timbrel pack has written");
    in.seekg(0);
    PackedBankHeader about{};
    if (size >= sizeof about) read(in, &about, 1, packed);
    if (std::memcmp(about.magic, engine::packed_bank_magic, sizeof about.magic) != 0)
        throw Error(packed + ": is no packed bank; name a file that timbrel pack has written");
    if (about.version > packed_bank_version)
        throw Error(packed + ": packed by a later Timbrel (version " + std::to_string(about.version) +
                    ", and this one reads up to " + std::to_string(packed_bank_version) + "); update Timbrel");
    const auto damaged = [&](const std::string& what) { return Error(packed + ": " + what + "; copy it again"); };
    if (about.head_bytes < engine::bank_page || about.head_bytes > size) throw damaged("cut short");

    const Bytes head = read_head(in, about.head_bytes, packed);
    engine::BankHeader header;
    std::memcpy(&header, head.data(), sizeof header);
    std::string fault = engine::fault_of_version(header.version);
    if (fault.empty()) fault = engine::fault_of_plane(header);
    if (fault.empty()) fault = engine::fault_of_regions(header, header.file_bytes);
    if (fault.empty() && (header.pcm_offset != about.head_bytes || engine::hash_of_head(head) != header.head_hash))
        fault = "altered or damaged (checksum)";
    const auto* index = reinterpret_cast<const engine::BankEntry*>(head.data() + header.index_offset);
    if (fault.empty()) fault = engine::fault_of_index(header, index);
    if (!fault.empty()) throw damaged(fault);
    const auto bounds = note_bounds(header, index);
    if (about.notes != bounds.size() - 1) throw damaged("holds too few notes");

    if (header.pcm_bytes / longest_frame > size / least_frame) throw damaged("tells of more sound than it can hold");

    NewFile out(output, another_output);
    out.reserve(header.file_bytes);
    out.write(head);
    Progress progress("unpacking", bounds.size() - 1);
    for (size_t note = 0; note + 1 < bounds.size(); ++note) {
        uint64_t bytes = 0;
        read(in, &bytes, 1, packed);
        if (bytes > size - static_cast<uint64_t>(in.tellg())) throw damaged("cut short");
        Bytes stream(bytes);
        read(in, stream.data(), stream.size(), packed);
        const auto frames = static_cast<sf_count_t>((bounds[note + 1] - bounds[note]) / engine::bank_frame_bytes);
        if (!decompress(std::move(stream), frames, out)) throw damaged("note " + std::to_string(note) + " is damaged");
        progress.step();
    }
    try {
        engine::Bank::open(out.settle())->verify_pcm();
    } catch (const engine::BankError&) {
        throw damaged("its sound is damaged (checksum)");
    }
    out.finish();
}

} // namespace timbrel::host
