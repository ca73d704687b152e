// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/blend/blend_files.h"

#include "common/progress.h"
#include "models/audio/pictures/rainbowgram.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace timbrel::audio {
namespace {

constexpr double pictured_seconds = 60; // of each sound, at most

double output_rate(const BlendOptions& options) {
    return std::clamp(std::max(read_audio_info(options.first).rate, read_audio_info(options.second).rate), 44100.0,
                      96000.0);
}

Panel panel_of(const std::string& path) {
    return {std::filesystem::path(path).stem().string(), read_start(path, pictured_seconds)};
}

} // namespace

std::vector<std::string> blend_files(const BlendOptions& options) {
    if (!options.picture.empty()) require_picture_name(options.picture);
    const StftShape shape(output_rate(options));
    const SoundStatistics statistics[2] = {measure_sound(options.first, shape), measure_sound(options.second, shape)};
    std::vector<std::string> warnings;
    for (const auto& [path, sound] : {std::pair(options.first, &statistics[0]), {options.second, &statistics[1]}}) {
        const double seconds = static_cast<double>(sound->frames) / shape.rate;
        if (const std::string damage = damage_warning(read_audio_info(path), seconds); !damage.empty())
            warnings.push_back(path + " " + damage);
    }
    AudioReader readers[2] = {AudioReader(options.first, shape.rate), AudioReader(options.second, shape.rate)};
    CrossSynthesis synthesis(shape, statistics, options.settings);
    AudioWriter writer(options.out, shape.rate, 32);

    const size_t frames = std::max(statistics[0].frames, statistics[1].frames);
    Progress progress("blending", frames);
    std::vector<float> left[2], right[2];
    for (size_t done = 0; done < frames;) {
        for (size_t sound = 0; sound < 2; ++sound) {
            left[sound].assign(shape.hop, 0);
            right[sound].assign(shape.hop, 0);
            readers[sound].read({left[sound], right[sound]});
        }
        synthesis.push({{left[0], right[0]}, {left[1], right[1]}});
        const Audio* block = synthesis.pull();
        if (!block) continue;
        const size_t count = std::min(shape.hop, frames - done);
        writer.write(std::span(block->left).first(count), std::span(block->right).first(count));
        progress.step(count);
        done += count;
    }
    writer.finish();
    if (!options.picture.empty())
        draw_rainbowgrams({panel_of(options.first), panel_of(options.out), panel_of(options.second)}, options.picture);
    return warnings;
}

} // namespace timbrel::audio
