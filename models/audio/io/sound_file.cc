// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/io/sound_file.h"

#include "models/audio/io/audio.h"
#include "models/audio/io/riff.h"

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

sf_count_t find_announced_frames(const std::string& path, const SF_INFO& info) {
    // Programs that write into a pipe announce as much as fits, so such lengths are unknown.
    constexpr uint64_t longest_known = 0x7fff0000;
    const RiffChunks file = read_riff_chunks(path);
    const bool wide = file.kind == "RF64" || file.kind == "BW64";
    const RiffChunk* const data = file.find(file.kind == "FORM" ? "SSND" : "data");
    if (!data || (!wide && data->bytes > longest_known)) return info.frames;
    const uint64_t available = file.available(*data);
    if (data->bytes <= available || available == 0) return info.frames;
    const double ratio = static_cast<double>(data->bytes) / static_cast<double>(available);
    return static_cast<sf_count_t>(std::min(std::round(static_cast<double>(info.frames) * ratio), 9e18));
}

void check_info(const std::string& path, const SF_INFO& info) {
    if (info.frames == SF_COUNT_MAX) throw AudioError(path + ": is cut short and cannot be read; copy it again");
    if (info.frames <= 0) throw AudioError(path + ": holds no samples");
    if (info.channels > 2)
        throw AudioError(path + ": has " + std::to_string(info.channels) +
                         " channels; reduce it to mono or stereo first (e.g. sox "
                         "IN OUT remix 1 2)");
    if (info.samplerate < 4000 || info.samplerate > 768000)
        throw AudioError(path + ": has a rate of " + std::to_string(info.samplerate) +
                         " Hz; between 4 and 768 kHz can be read");
}

} // namespace

std::string sound_file_error(SNDFILE* file) {
    // libsndfile's messages end with full stops and line ends.
    std::string text = sf_strerror(file);
    while (!text.empty() && (text.back() == '.' || text.back() == '\n')) text.pop_back();
    if (text.starts_with("System error")) text = std::strerror(errno);
    return text;
}

SoundFileInput open_sound_file(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) throw AudioError(path + ": is a folder, not a sound file");
    if (!std::filesystem::exists(path, error)) throw AudioError(path + ": no such file");
    if (!std::filesystem::is_regular_file(path, error)) throw AudioError(path + ": is no sound file");
    if (std::filesystem::file_size(path, error) == 0 && !error) throw AudioError(path + ": the file is empty");
    const bool mp3 = looks_like_mp3(path);
    errno = 0;
    SoundFileInput input;
    input.repair = WaveRepair::of(path);
    input.handle.reset(input.repair ? input.repair->open(input.info) : sf_open(path.c_str(), SFM_READ, &input.info));
    if (!input.handle && mp3) throw AudioError(path + ": cannot be read as sound: a damaged MP3 file");
    if (!input.handle) throw AudioError(path + ": cannot be read as sound: " + sound_file_error(nullptr));
    check_info(path, input.info);
    input.announced_frames = find_announced_frames(path, input.info);
    return input;
}

} // namespace timbrel::audio
