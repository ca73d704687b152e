// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a sound file for measurements. Thread: the test's.
#pragma once

#include <sndfile.hh>

#include <cmath>
#include <span>
#include <string>
#include <vector>

namespace timbrel::test {

struct SoundFile {
    explicit SoundFile(const std::string& path) {
        SndfileHandle file(path);
        rate = file.samplerate();
        format = file.format();
        const int channels = file.channels();
        std::vector<float> interleaved(static_cast<size_t>(file.frames()) * static_cast<size_t>(channels));
        file.readf(interleaved.data(), file.frames());
        for (size_t i = 0; i < interleaved.size(); i += static_cast<size_t>(channels)) {
            left.push_back(interleaved[i]);
            right.push_back(interleaved[i + static_cast<size_t>(channels) - 1]);
        }
    }

    std::span<const float> part(double seconds, double length) const {
        return std::span(left).subspan(static_cast<size_t>(seconds * rate), static_cast<size_t>(length * rate));
    }

    int rate = 0, format = 0;
    std::vector<float> left, right;
};

// The first frame whose magnitude exceeds `threshold`; the signal's size if there is none.
inline size_t onset(std::span<const float> signal, float threshold) {
    size_t frame = 0;
    while (frame < signal.size() && std::fabs(signal[frame]) <= threshold) ++frame;
    return frame;
}

inline double cents(double hertz, double reference) { return 1200.0 * std::log2(hertz / reference); }
inline double key_hertz(int key) { return 440.0 * std::exp2((key - 69) / 12.0); }

} // namespace timbrel::test
