// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/io/wave_repair.h"

#include "models/audio/io/riff.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace timbrel::audio {
namespace {

constexpr uint64_t max_copied_chunk = 1 << 20; // bytes
constexpr uint64_t largest_riff = 0xfffffff0;

void append(std::vector<char>& bytes, std::string_view text) { bytes.insert(bytes.end(), text.begin(), text.end()); }

void append_number(std::vector<char>& bytes, uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes.push_back(static_cast<char>(value >> 8 * i & 0xff));
}

// The chunks before the samples, all padded.
std::vector<char> copied_chunks(std::ifstream& file, const RiffChunks& chunks) {
    std::vector<char> copied;
    for (const std::string_view name : {"fmt ", "fact", "smpl", "inst", "LIST"}) {
        const RiffChunk* const chunk = chunks.find(name);
        if (!chunk || chunk->bytes > std::min(chunks.available(*chunk), max_copied_chunk)) continue;
        append(copied, name);
        append_number(copied, chunk->bytes, 4);
        copied.resize(copied.size() + chunk->bytes + chunk->bytes % 2);
        file.seekg(static_cast<std::streamoff>(chunk->body));
        file.read(copied.data() + copied.size() - chunk->bytes - chunk->bytes % 2,
                  static_cast<std::streamsize>(chunk->bytes));
    }
    return copied;
}

std::vector<char> make_header(const std::vector<char>& chunks, uint64_t data_bytes) {
    std::vector<char> header;
    const bool large = data_bytes + chunks.size() > largest_riff;
    const uint64_t riff_bytes = 4 + (large ? 36 : 0) + chunks.size() + 8 + data_bytes;
    append(header, large ? "RF64" : "RIFF");
    append_number(header, large ? 0xffffffff : riff_bytes, 4);
    append(header, "WAVE");
    if (large) {
        append(header, "ds64");
        append_number(header, 28, 4);
        append_number(header, riff_bytes, 8);
        append_number(header, data_bytes, 8);
        append_number(header, 0, 8); // number of frames, unknown
        append_number(header, 0, 4); // further sizes
    }
    header.insert(header.end(), chunks.begin(), chunks.end());
    append(header, "data");
    append_number(header, large ? 0xffffffff : data_bytes, 4);
    return header;
}

} // namespace

std::unique_ptr<WaveRepair> WaveRepair::of(const std::string& path) {
    const RiffChunks chunks = read_riff_chunks(path);
    const bool wide = chunks.kind == "RF64" || chunks.kind == "BW64";
    const RiffChunk* const data = chunks.find("data");
    if (chunks.type != "WAVE" || (chunks.kind != "RIFF" && !wide) || !data) return nullptr;
    const bool unfinished = data->bytes == 0 && !chunks.complete && chunks.available(*data) > 0;
    if (!unfinished && !chunks.unpadded && chunks.kind != "BW64") return nullptr;
    std::unique_ptr<WaveRepair> repair(new WaveRepair);
    repair->file_.open(path, std::ios::binary);
    repair->unfinished_ = unfinished;
    repair->data_ = data->body;
    repair->data_bytes_ = unfinished ? chunks.available(*data) : std::min(data->bytes, chunks.available(*data));
    RiffChunks kept = chunks;
    if (unfinished) kept.chunks.resize(static_cast<size_t>(data - chunks.chunks.data())); // what follows are samples
    repair->header_ = make_header(copied_chunks(repair->file_, kept), repair->data_bytes_);
    return repair;
}

SNDFILE* WaveRepair::open(SF_INFO& info) {
    SF_VIRTUAL_IO io{length, seek, read, write, tell};
    return sf_open_virtual(&io, SFM_READ, &info, this);
}

sf_count_t WaveRepair::length(void* self) { return static_cast<WaveRepair*>(self)->end(); }

sf_count_t WaveRepair::tell(void* self) { return static_cast<WaveRepair*>(self)->position_; }

sf_count_t WaveRepair::write(const void*, sf_count_t, void*) { return 0; }

sf_count_t WaveRepair::seek(sf_count_t offset, int whence, void* self) {
    auto& repair = *static_cast<WaveRepair*>(self);
    const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? repair.position_ : repair.end();
    const sf_count_t limit = repair.end();
    repair.position_ = offset < 0 ? std::max<sf_count_t>(from + offset, 0) : from + std::min(offset, limit - from);
    repair.position_ = std::clamp<sf_count_t>(repair.position_, 0, limit);
    return repair.position_;
}

sf_count_t WaveRepair::read(void* to, sf_count_t count, void* self) {
    auto& repair = *static_cast<WaveRepair*>(self);
    auto* out = static_cast<char*>(to);
    const auto head = static_cast<sf_count_t>(repair.header_.size());
    const sf_count_t wanted = std::clamp<sf_count_t>(count, 0, repair.end() - repair.position_);
    const sf_count_t from_header = std::clamp<sf_count_t>(head - repair.position_, 0, wanted);
    if (from_header > 0) std::memcpy(out, repair.header_.data() + repair.position_, static_cast<size_t>(from_header));
    sf_count_t done = from_header;
    if (wanted > done) {
        const auto offset = static_cast<uint64_t>(repair.position_ + done - head);
        repair.file_.clear();
        repair.file_.seekg(static_cast<std::streamoff>(repair.data_ + offset));
        repair.file_.read(out + done, static_cast<std::streamsize>(wanted - done));
        done += static_cast<sf_count_t>(repair.file_.gcount());
    }
    repair.position_ += done;
    return done;
}

} // namespace timbrel::audio
