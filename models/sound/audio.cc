#include "models/sound/audio.h"

#include <sndfile.h>
#include <soxr.h>

#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

namespace timbrel {
namespace {

struct CloseFile {
    void operator()(SNDFILE* file) const { sf_close(file); }
};
using File = std::unique_ptr<SNDFILE, CloseFile>;

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

// libsndfile's own sentences end in full stops and line ends.
std::string reason(SNDFILE* file) {
    std::string text = sf_strerror(file);
    while (!text.empty() && (text.back() == '.' || text.back() == '\n')) text.pop_back();
    if (text.starts_with("System error")) text = std::strerror(errno);
    return text;
}

File open_file(const std::string& path, SF_INFO& info) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) throw AudioError(path + ": is a folder, not a sound file");
    if (!std::filesystem::exists(path, error)) throw AudioError(path + ": no such file");
    if (std::filesystem::file_size(path, error) == 0 && !error) throw AudioError(path + ": the file is empty");
    errno = 0;
    File file(sf_open(path.c_str(), SFM_READ, &info));
    if (!file) throw AudioError(path + ": cannot be read as sound: " + reason(nullptr));
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

std::string text_of(SNDFILE* file, int what) {
    const char* text = sf_get_string(file, what);
    return text ? text : "";
}

} // namespace

AudioInfo read_audio_info(const std::string& path) {
    SF_INFO header{};
    const File file = open_file(path, header);
    AudioInfo info;
    info.rate = header.samplerate;
    info.channels = header.channels;
    info.frames = static_cast<size_t>(header.frames);
    info.title = text_of(file.get(), SF_STR_TITLE);
    info.comment = text_of(file.get(), SF_STR_COMMENT);
    info.licence = text_of(file.get(), SF_STR_LICENSE);
    if (info.licence.empty()) info.licence = text_of(file.get(), SF_STR_COPYRIGHT);

    SF_INSTRUMENT instrument{};
    if (sf_command(file.get(), SFC_GET_INSTRUMENT, &instrument, sizeof instrument) != SF_TRUE) return info;
    info.has_instrument = instrument.basenote >= 0;
    // The chunk's fraction says how far the sound lies above its unity note;
    // libsndfile hands it out in cents.
    info.unity_note = instrument.basenote + instrument.detune / 100.0;
    if (instrument.loop_count > 0 && instrument.loops[0].mode != SF_LOOP_NONE) {
        const size_t start = instrument.loops[0].start, end = instrument.loops[0].end;
        if (start < end && end <= info.frames) {
            info.loop_start = start;
            info.loop_end = end;
        }
    }
    return info;
}

Audio read_audio(const std::string& path, double longest_seconds) {
    SF_INFO header{};
    const File file = open_file(path, header);
    const double seconds = static_cast<double>(header.frames) / header.samplerate;
    if (seconds > longest_seconds)
        throw AudioError(path + ": lasts " + number(seconds) + " s; at most " + number(longest_seconds) +
                         " s can be used, so cut out the part that is meant");

    Audio audio;
    audio.rate = header.samplerate;
    const size_t channels = static_cast<size_t>(header.channels);
    std::vector<float> block(4096 * channels);
    while (true) {
        const sf_count_t got = sf_readf_float(file.get(), block.data(), 4096);
        if (got <= 0) break;
        for (size_t i = 0; i < static_cast<size_t>(got); ++i) {
            audio.left.push_back(block[i * channels]);
            audio.right.push_back(block[i * channels + channels - 1]);
        }
    }
    if (audio.left.empty()) throw AudioError(path + ": its samples cannot be read: " + reason(file.get()));
    for (size_t i = 0; i < audio.frames(); ++i)
        if (!std::isfinite(audio.left[i]) || !std::isfinite(audio.right[i]))
            throw AudioError(path + ": frame " + std::to_string(i) +
                             " is not a number or infinite; the file is damaged");
    return audio;
}

Audio resampled(const Audio& audio, double rate) {
    if (rate == audio.rate || audio.frames() == 0) {
        Audio same = audio;
        same.rate = rate;
        return same;
    }
    const size_t length = static_cast<size_t>(std::ceil(static_cast<double>(audio.frames()) * rate / audio.rate));
    Audio out{rate, std::vector<float>(length), std::vector<float>(length)};
    const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
    for (auto [from, to] : {std::pair{&audio.left, &out.left}, std::pair{&audio.right, &out.right}}) {
        size_t done = 0;
        const soxr_error_t error = soxr_oneshot(audio.rate, rate, 1, from->data(), from->size(), nullptr, to->data(),
                                                to->size(), &done, &io, &quality, nullptr);
        if (error)
            throw AudioError("resampling from " + number(audio.rate) + " to " + number(rate) + " Hz failed: " + error);
    }
    return out;
}

void write_audio(const std::string& path, const Audio& audio, int bits) {
    const int subtype = bits == 16   ? SF_FORMAT_PCM_16
                        : bits == 24 ? SF_FORMAT_PCM_24
                        : bits == 32 ? SF_FORMAT_FLOAT
                                     : 0;
    if (!subtype) throw AudioError(path + ": cannot be written with " + std::to_string(bits) + " bits; 16, 24 or 32");
    if (audio.frames() * 2 * static_cast<size_t>(bits / 8) >= UINT32_MAX - 4096)
        throw AudioError(path + ": would be larger than a WAV file can be (4 GB)");

    const std::string beside = path + ".part";
    SF_INFO header{};
    header.samplerate = static_cast<int>(std::lround(audio.rate));
    header.channels = 2;
    header.format = SF_FORMAT_WAV | subtype;
    errno = 0;
    File file(sf_open(beside.c_str(), SFM_WRITE, &header));
    if (!file) throw AudioError(path + ": cannot be written: " + reason(nullptr));
    sf_command(file.get(), SFC_SET_CLIPPING, nullptr, SF_TRUE);
    // Without it libsndfile stamps float files with the time of writing, and the
    // same sound would give other bytes.
    sf_command(file.get(), SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);

    std::vector<float> block(4096 * 2);
    bool good = true;
    for (size_t at = 0; at < audio.frames() && good; at += 4096) {
        const size_t count = std::min<size_t>(4096, audio.frames() - at);
        for (size_t i = 0; i < count; ++i) {
            block[2 * i] = audio.left[at + i];
            block[2 * i + 1] = audio.right[at + i];
        }
        good =
            sf_writef_float(file.get(), block.data(), static_cast<sf_count_t>(count)) == static_cast<sf_count_t>(count);
    }
    const std::string why = good ? "" : reason(file.get());
    good = sf_close(file.release()) == 0 && good;
    if (good && std::rename(beside.c_str(), path.c_str()) == 0) return;
    const std::string last = why.empty() ? std::strerror(errno) : why;
    std::remove(beside.c_str());
    throw AudioError(path + ": cannot be written: " + last);
}

} // namespace timbrel
