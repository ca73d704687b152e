// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/io/riff.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>

namespace timbrel::audio {
namespace {

struct ChunkHead {
    std::string name;
    uint32_t bytes = 0;
};

// False at the end of the file.
bool read_chunk_head(std::ifstream& file, ChunkHead& head) {
    std::array<char, 8> raw{};
    if (!file.read(raw.data(), raw.size())) return false;
    head.name.assign(raw.data(), 4);
    head.bytes = 0;
    for (int i = 7; i >= 4; --i) head.bytes = head.bytes << 8 | static_cast<uint8_t>(raw[static_cast<size_t>(i)]);
    return true;
}

std::string read_name(std::ifstream& file) {
    std::string name(4, '\0');
    file.read(name.data(), 4);
    return name;
}

std::string trimmed(std::string text) {
    text.resize(std::min(text.find('\0'), text.size()));
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.pop_back();
    return text;
}

} // namespace

std::string riff_info(const std::string& path, const std::string& chunk) {
    std::ifstream file(path, std::ios::binary);
    ChunkHead head;
    if (!read_chunk_head(file, head) || head.name != "RIFF") return {};
    read_name(file);
    while (read_chunk_head(file, head)) {
        const bool info = head.name == "LIST" && head.bytes >= 4 && read_name(file) == "INFO";
        const auto end = file.tellg() + std::streamoff(head.bytes) + std::streamoff(head.bytes & 1) -
                         std::streamoff(head.name == "LIST" && head.bytes >= 4 ? 4 : 0);
        while (info && file.tellg() < end && read_chunk_head(file, head)) {
            if (head.name == chunk && head.bytes <= 65536) {
                std::string text(head.bytes, '\0');
                file.read(text.data(), static_cast<std::streamsize>(text.size()));
                return trimmed(text);
            }
            file.seekg(std::streamoff(head.bytes) + std::streamoff(head.bytes & 1), std::ios::cur);
        }
        file.seekg(end);
    }
    return {};
}

} // namespace timbrel::audio
