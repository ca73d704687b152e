// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/io/riff.h"

#include <algorithm>
#include <array>
#include <fstream>

namespace timbrel::audio {
namespace {

constexpr size_t max_chunks = 1000, max_text = 65536;
constexpr size_t head_bytes = 8;              // of a chunk: name and size
constexpr uint32_t size_in_ds64 = 0xffffffff; // the size is too large for its field
constexpr uint64_t ds64_data_size = 8;        // its offset in ds64
// Chunks that occur in WAV files, to find out where the next one begins.
constexpr std::array<std::string_view, 24> known_names{"fmt ", "data", "LIST", "smpl", "inst", "fact", "bext", "cue ",
                                                       "PEAK", "JUNK", "junk", "FLLR", "PAD ", "id3 ", "ID3 ", "iXML",
                                                       "ds64", "cart", "acid", "minf", "regn", "umid", "chna", "axml"};

bool is_known(const std::string& name) { return std::ranges::find(known_names, name) != known_names.end(); }

bool is_printable(const std::string& name) {
    return name.size() == 4 && std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
}

class ChunkReader {
  public:
    explicit ChunkReader(const std::string& path) : file_(path, std::ios::binary | std::ios::ate) {
        if (file_) file_bytes_ = static_cast<uint64_t>(file_.tellg());
    }

    RiffChunks read() {
        RiffChunks found;
        found.file_bytes = file_bytes_;
        const std::string kind = name_at(0);
        if (kind != "RIFF" && kind != "RIFX" && kind != "RF64" && kind != "BW64" && kind != "FORM") return found;
        found.kind = kind;
        found.type = name_at(head_bytes);
        big_endian_ = kind == "FORM" || kind == "RIFX";
        uint64_t at = head_bytes + 4;
        while (at + head_bytes <= file_bytes_ && found.chunks.size() < max_chunks) {
            const RiffChunk chunk{name_at(at), at + head_bytes, number_at(at + 4)};
            if (!is_printable(chunk.name)) break;
            found.chunks.push_back(chunk);
            if (chunk.bytes > file_bytes_ - chunk.body) break;
            at = chunk.body + chunk.bytes;
            if (chunk.bytes % 2 == 0) continue;
            const bool unpadded = plausibility(at) > plausibility(at + 1);
            found.unpadded = found.unpadded || unpadded;
            at += unpadded ? 0 : 1;
        }
        found.complete = at >= file_bytes_ && at <= file_bytes_ + 1;
        if (kind == "RF64" || kind == "BW64") read_large_size(found);
        return found;
    }

    // The chunk's text up to its first NUL, without trailing blanks.
    std::string text_of(const RiffChunk& chunk) {
        const uint64_t size = chunk.body < file_bytes_ ? std::min(chunk.bytes, file_bytes_ - chunk.body) : 0;
        if (size > max_text) return {};
        std::string text(size, '\0');
        read_at(chunk.body, text.data(), text.size());
        text.resize(std::min(text.find('\0'), text.size()));
        while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.pop_back();
        return text;
    }

    std::string name_at(uint64_t offset) {
        std::string name(4, '\0');
        return read_at(offset, name.data(), name.size()) ? name : std::string();
    }

    uint32_t number_at(uint64_t offset) {
        std::array<uint8_t, 4> bytes{};
        read_at(offset, reinterpret_cast<char*>(bytes.data()), bytes.size());
        if (big_endian_) std::ranges::reverse(bytes);
        return bytes[0] | uint32_t{bytes[1]} << 8 | uint32_t{bytes[2]} << 16 | uint32_t{bytes[3]} << 24;
    }

  private:
    // How likely a chunk begins here: 0 not at all, 1 possible, 2 of a known name.
    int plausibility(uint64_t offset) {
        const std::string name = name_at(offset);
        if (is_known(name)) return 2;
        return is_printable(name) && offset + head_bytes + number_at(offset + 4) <= file_bytes_ ? 1 : 0;
    }

    bool read_at(uint64_t offset, char* to, size_t size) {
        if (offset > file_bytes_ || size > file_bytes_ - offset) return false;
        file_.clear();
        file_.seekg(static_cast<std::streamoff>(offset));
        return static_cast<bool>(file_.read(to, static_cast<std::streamsize>(size)));
    }

    void read_large_size(RiffChunks& found) {
        const RiffChunk* const large = found.find("ds64");
        const auto data = std::ranges::find(found.chunks, "data", &RiffChunk::name);
        if (!large || data == found.chunks.end() || data->bytes != size_in_ds64) return;
        data->bytes = number_at(large->body + ds64_data_size) | uint64_t{number_at(large->body + ds64_data_size + 4)}
                                                                    << 32;
        found.chunks.erase(data + 1, found.chunks.end());
    }

    std::ifstream file_;
    uint64_t file_bytes_ = 0;
    bool big_endian_ = false;
};

} // namespace

const RiffChunk* RiffChunks::find(std::string_view name) const {
    const auto found = std::ranges::find(chunks, name, &RiffChunk::name);
    return found == chunks.end() ? nullptr : &*found;
}

uint64_t RiffChunks::available(const RiffChunk& chunk) const {
    return chunk.body < file_bytes ? file_bytes - chunk.body : 0;
}

RiffChunks read_riff_chunks(const std::string& path) { return ChunkReader(path).read(); }

std::string riff_info(const std::string& path, const std::string& name) {
    ChunkReader reader(path);
    const RiffChunks file = reader.read();
    if (file.kind != "RIFF") return {};
    for (const RiffChunk& list : file.chunks) {
        if (list.name != "LIST" || list.bytes < 4 || reader.name_at(list.body) != "INFO") continue;
        const uint64_t end = list.body + std::min(list.bytes, file.available(list));
        size_t count = 0;
        for (uint64_t at = list.body + 4; at + head_bytes <= end && count < max_chunks; ++count) {
            const RiffChunk chunk{reader.name_at(at), at + head_bytes, reader.number_at(at + 4)};
            if (chunk.name == name) return reader.text_of(chunk);
            at = chunk.body + chunk.bytes + chunk.bytes % 2;
        }
    }
    return {};
}

} // namespace timbrel::audio
