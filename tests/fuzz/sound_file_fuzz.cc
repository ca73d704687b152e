// SPDX-License-Identifier: GPL-3.0-or-later
// Sound files of arbitrary bytes: RIFF chunks, `smpl` loops and samples. What is read has its announced length, finite
// samples and loops within the sound.
#include "models/audio/io/audio.h"
#include "models/audio/io/audio_stream.h"
#include "models/audio/io/riff.h"
#include "tests/fuzz/fuzz.h"

#include <cmath>

using namespace timbrel::audio;
using namespace timbrel::test;

namespace {

constexpr double longest_seconds = 5;

void check_info(const AudioInfo& info) {
    require(info.frames > 0 && info.rate >= 4000 && info.rate <= 768000);
    require(info.channels == 1 || info.channels == 2);
    require(info.loop_start <= info.loop_end && info.loop_end <= info.frames);
    require(std::isfinite(info.unity_note));
}

void check_audio(const Audio& audio) {
    require(audio.frames() > 0 && audio.left.size() == audio.right.size());
    for (const auto* channel : {&audio.left, &audio.right})
        for (const float sample : *channel) require(std::isfinite(sample));
}

// At another rate, in parts.
void check_stream(const std::string& path) {
    AudioReader reader(path, 48000);
    std::vector<float> left(1000), right(1000);
    for (int parts = 0; parts < 100; ++parts)
        if (reader.read({left, right}) < left.size()) return;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static MemoryFile file;
    file.assign({data, size});
    for (const char* const name : {"INAM", "ICOP"}) require(riff_info(file.path(), name).size() <= size);
    try {
        const AudioInfo info = read_audio_info(file.path());
        check_info(info);
        const Audio audio = read_audio(file.path(), longest_seconds);
        check_audio(audio);
        require(is_one_line(damage_warning(info, audio.seconds())));
        check_stream(file.path());
    } catch (const AudioError& error) {
        require(std::string_view(error.what()).starts_with(file.path() + ": ") && is_one_line(error.what()));
    }
    return 0;
}
