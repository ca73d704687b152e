// SPDX-License-Identifier: GPL-3.0-or-later
// Shared by the audio tests: test tones, and files with any number of channels. Thread: the test's.
#pragma once

#include "models/audio/io/audio.h"
#include "tests/common/temporary_folder.h"

#include <sndfile.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

namespace timbrel::audio {

using test::TemporaryFolder;

inline std::string operator/(const TemporaryFolder& folder, const std::string& name) { return folder.file(name); }

inline Audio sine(double hertz, double seconds, double rate = 48000, double amplitude = 0.5) {
    Audio audio{rate, {}, {}};
    const size_t frames = static_cast<size_t>(std::lround(seconds * rate));
    for (size_t i = 0; i < frames; ++i) {
        const double phase = 2 * std::numbers::pi * std::fmod(hertz * static_cast<double>(i) / rate, 1.0);
        audio.left.push_back(static_cast<float>(amplitude * std::sin(phase)));
    }
    audio.right = audio.left;
    return audio;
}

// Writes a float WAV file of interleaved samples.
inline void write_channels(const std::string& path, int rate, int channels, const std::vector<float>& samples) {
    SF_INFO header{};
    header.samplerate = rate;
    header.channels = channels;
    header.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &header);
    if (!file) throw std::runtime_error(path + ": " + sf_strerror(nullptr));
    sf_write_float(file, samples.data(), static_cast<sf_count_t>(samples.size()));
    sf_close(file);
}

inline std::string read_bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace timbrel::audio
