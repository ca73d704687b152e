// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/io/sound_file.h"

#include "models/audio/io/audio.h"

#include <dlfcn.h>
#include <mpg123.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>

// Replaces libmpg123's function of this name in the whole program and makes every new decoder quiet. libsndfile creates
// its MP3 decoders by it and has no option to stop them from printing errors of damaged files.
extern "C" [[gnu::visibility("default")]] mpg123_handle* mpg123_new(const char* decoder, int* error) {
    static const auto mpg123_original = reinterpret_cast<decltype(&mpg123_new)>(dlsym(RTLD_NEXT, "mpg123_new"));
    mpg123_handle* const handle = mpg123_original(decoder, error);
    if (handle) mpg123_param(handle, MPG123_ADD_FLAGS, MPG123_QUIET, 0);
    return handle;
}

namespace timbrel::audio {
namespace {

bool looks_like_mp3(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    unsigned char head[3]{};
    file.read(reinterpret_cast<char*>(head), sizeof head);
    return std::memcmp(head, "ID3", 3) == 0 || (head[0] == 0xff && head[1] >= 0xe0);
}

// Reads numbers of one byte order from a file.
class NumberReader {
  public:
    explicit NumberReader(const std::string& path) : file_(path, std::ios::binary) {}

    std::string name() {
        std::string text(4, '\0');
        file_.read(text.data(), 4);
        return file_ ? text : std::string();
    }

    uint64_t number(int bytes, bool big_endian) {
        uint64_t value = 0;
        for (int i = 0; i < bytes; ++i) {
            const auto byte = static_cast<uint64_t>(file_.get() & 0xff);
            value = big_endian ? value << 8 | byte : value | byte << 8 * i;
        }
        return value;
    }

    uint64_t position() { return static_cast<uint64_t>(file_.tellg()); }
    void seek(uint64_t position) { file_.seekg(static_cast<std::streamoff>(position)); }

  private:
    std::ifstream file_;
};

} // namespace

std::string sound_file_error(SNDFILE* file) {
    // libsndfile's messages end with full stops and line ends.
    std::string text = sf_strerror(file);
    while (!text.empty() && (text.back() == '.' || text.back() == '\n')) text.pop_back();
    if (text.starts_with("System error")) text = std::strerror(errno);
    return text;
}

SoundFileHandle open_sound_file(const std::string& path, SF_INFO& info) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) throw AudioError(path + ": is a folder, not a sound file");
    if (!std::filesystem::exists(path, error)) throw AudioError(path + ": no such file");
    if (!std::filesystem::is_regular_file(path, error)) throw AudioError(path + ": is no sound file");
    if (std::filesystem::file_size(path, error) == 0 && !error) throw AudioError(path + ": the file is empty");
    const bool mp3 = looks_like_mp3(path);
    errno = 0;
    SoundFileHandle file(sf_open(path.c_str(), SFM_READ, &info));
    if (!file && mp3) throw AudioError(path + ": cannot be read as sound: a damaged MP3 file");
    if (!file) throw AudioError(path + ": cannot be read as sound: " + sound_file_error(nullptr));
    if (info.frames == SF_COUNT_MAX) throw AudioError(path + ": is cut short and cannot be read; copy it again");
    if (info.frames <= 0) throw AudioError(path + ": holds no samples");
    if (info.channels > 2)
        throw AudioError(path + ": has " + std::to_string(info.channels) +
                         " channels; reduce it to mono or stereo first (e.g. sox "
                         "IN OUT remix 1 2)");
    if (info.samplerate < 4000 || info.samplerate > 768000)
        throw AudioError(path + ": has a rate of " + std::to_string(info.samplerate) +
                         " Hz; between 4 and 768 kHz can be read");
    return file;
}

sf_count_t announced_frames(const std::string& path, const SF_INFO& info) {
    // Programs that write into a pipe announce as much as fits, so such lengths are unknown.
    constexpr uint64_t longest_known = 0x7fff0000;
    NumberReader file(path);
    const std::string kind = file.name();
    const bool big = kind == "FORM" || kind == "RIFX", wide = kind == "RF64" || kind == "BW64";
    if (!big && !wide && kind != "RIFF") return info.frames;
    const uint64_t file_size = std::filesystem::file_size(path);
    uint64_t wide_size = 0;
    file.seek(12);
    for (std::string name = file.name(); !name.empty(); name = file.name()) {
        uint64_t size = file.number(4, big);
        const uint64_t body = file.position();
        if (name == "ds64") {
            file.seek(body + 8);
            wide_size = file.number(8, false);
        }
        if (name == "data" || name == "SSND") {
            if (wide && size == 0xffffffff)
                size = wide_size;
            else if (size > longest_known)
                return info.frames;
            const uint64_t there = body < file_size ? file_size - body : 0;
            if (size <= there || there == 0) return info.frames;
            const double ratio = static_cast<double>(size) / static_cast<double>(there);
            return static_cast<sf_count_t>(std::min(std::round(static_cast<double>(info.frames) * ratio), 9e18));
        }
        file.seek(body + size + size % 2);
    }
    return info.frames;
}

} // namespace timbrel::audio
