// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/io/audio.h"

#include "models/audio/io/audio_stream.h"
#include "models/audio/io/sound_file.h"

#include <soxr.h>

#include <cmath>
#include <cstdio>

namespace timbrel::audio {
namespace {

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

std::string text_of(SNDFILE* file, int field) {
    const char* text = sf_get_string(file, field);
    return text ? text : "";
}

} // namespace

AudioInfo read_audio_info(const std::string& path) {
    const SoundFileInput input = open_sound_file(path);
    const SoundFileHandle& file = input.handle;
    AudioInfo info;
    info.rate = input.info.samplerate;
    info.channels = input.info.channels;
    info.frames = static_cast<size_t>(input.info.frames);
    info.announced_frames = static_cast<size_t>(input.announced_frames);
    info.unfinished = input.repair && input.repair->unfinished();
    info.title = text_of(file.get(), SF_STR_TITLE);
    info.comment = text_of(file.get(), SF_STR_COMMENT);
    info.licence = text_of(file.get(), SF_STR_LICENSE);
    if (info.licence.empty()) info.licence = text_of(file.get(), SF_STR_COPYRIGHT);

    SF_INSTRUMENT instrument{};
    if (sf_command(file.get(), SFC_GET_INSTRUMENT, &instrument, sizeof instrument) != SF_TRUE) return info;
    info.has_instrument = instrument.basenote >= 0;
    // libsndfile returns the chunk's pitch fraction in cents above the unity note.
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

std::string damage_warning(const AudioInfo& info, double seconds) {
    if (info.unfinished) return "was not finished by its recorder: what follows its header is taken for the sound";
    constexpr double tolerance = 0.05; // s; decoders of lossy files count their padding differently
    const double announced = static_cast<double>(info.announced_frames) / info.rate;
    if (seconds >= announced - tolerance) return {};
    char text[80];
    std::snprintf(text, sizeof text, "is cut short: %.1f of %.1f s are there", seconds, announced);
    return text;
}

Audio read_audio(const std::string& path, double longest_seconds) {
    const AudioInfo info = read_audio_info(path);
    const double seconds = static_cast<double>(info.frames) / info.rate;
    if (seconds > longest_seconds)
        throw AudioError(path + ": lasts " + number(seconds) + " s; at most " + number(longest_seconds) +
                         " s can be used: cut out the part to use");

    AudioReader reader(path);
    Audio audio{info.rate, {}, {}};
    // Grow the buffers while reading, because a damaged header may claim any length.
    for (size_t frames = 0, count = 1; count > 0; frames += count) {
        audio.left.resize(frames + 65536);
        audio.right.resize(frames + 65536);
        count = reader.read({std::span(audio.left).subspan(frames), std::span(audio.right).subspan(frames)});
        audio.left.resize(frames + count);
        audio.right.resize(frames + count);
    }
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
    AudioWriter writer(path, audio.rate, bits);
    writer.write(audio.left, audio.right);
    writer.finish();
}

} // namespace timbrel::audio
