#include "models/audio/blend/blend_files.h"

#include "common/progress.h"
#include "models/audio/pictures/rainbowgram.h"

#include <algorithm>
#include <filesystem>

namespace timbrel::audio {
namespace {

constexpr double pictured_seconds = 60; // no picture shows more

double rate_for(const BlendOrder& order) {
    return std::clamp(std::max(read_audio_info(order.first).rate, read_audio_info(order.second).rate), 44100.0,
                      96000.0);
}

Audio beginning_of(const std::string& path) {
    const AudioInfo info = read_audio_info(path);
    const double seconds = std::min(pictured_seconds, static_cast<double>(info.frames) / info.rate);
    Audio audio{info.rate, std::vector<float>(static_cast<size_t>(seconds * info.rate)), {}};
    audio.right = audio.left;
    AudioReader(path).read({audio.left, audio.right});
    return audio;
}

std::string title_of(const std::string& path) { return std::filesystem::path(path).stem().string(); }

} // namespace

void blend_files(const BlendOrder& order) {
    if (!order.picture.empty()) require_picture_name(order.picture);
    const FrameShape shape(rate_for(order));
    const Hearing hearings[2] = {hear(order.first, shape), hear(order.second, shape)};
    AudioReader readers[2] = {AudioReader(order.first, shape.rate), AudioReader(order.second, shape.rate)};
    Blender blender(shape, hearings, order.way);
    AudioWriter writer(order.out, shape.rate, 32);

    const size_t frames = std::max(hearings[0].frames, hearings[1].frames);
    Progress progress("blending", frames);
    std::vector<float> left[2], right[2];
    for (size_t done = 0; done < frames;) {
        for (size_t sound = 0; sound < 2; ++sound) {
            left[sound].assign(shape.hop, 0);
            right[sound].assign(shape.hop, 0);
            readers[sound].read({left[sound], right[sound]});
        }
        blender.push({{left[0], right[0]}, {left[1], right[1]}});
        const Audio* ready = blender.pull();
        if (!ready) continue;
        const size_t count = std::min(shape.hop, frames - done);
        writer.write(std::span(ready->left).first(count), std::span(ready->right).first(count));
        progress.step(count);
        done += count;
    }
    writer.finish();
    if (order.picture.empty()) return;
    draw_rainbowgrams({{title_of(order.first), beginning_of(order.first)},
                       {title_of(order.out), beginning_of(order.out)},
                       {title_of(order.second), beginning_of(order.second)}},
                      order.picture);
}

} // namespace timbrel::audio
