// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/wav_writer.h"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>

#include <unistd.h>

namespace timbrel {

void WavWriter::Close::operator()(SNDFILE* file) const { sf_close(file); }

WavWriter::WavWriter(const std::string& path, int rate, int channels, Format format)
    : file_(path, advice_other_output), channels_(channels) {
    SF_INFO info{};
    info.samplerate = rate;
    info.channels = channels;
    info.format = SF_FORMAT_RF64 | (format == Format::pcm24 ? SF_FORMAT_PCM_24 : SF_FORMAT_FLOAT);
    sound_.reset(sf_open_fd(file_.descriptor(), SFM_WRITE, &info, SF_FALSE));
    if (!sound_) file_.fail(sf_strerror(nullptr));
    // RF64 becomes plain WAV on closing unless the file exceeds 4 GiB.
    sf_command(sound_.get(), SFC_RF64_AUTO_DOWNGRADE, nullptr, SF_TRUE);
    sf_command(sound_.get(), SFC_SET_CLIPPING, nullptr, SF_TRUE);
}

WavWriter::~WavWriter() = default;

void WavWriter::write(std::span<const float> interleaved) {
    for (const float sample : interleaved) peak_ = std::max(peak_, std::fabs(sample));
    const auto frames = static_cast<sf_count_t>(interleaved.size()) / channels_;
    if (sf_writef_float(sound_.get(), interleaved.data(), frames) != frames)
        file_.fail(std::strerror(errno ? errno : ENOSPC));
}

void WavWriter::save_progress() {
    sf_command(sound_.get(), SFC_UPDATE_HEADER_NOW, nullptr, 0);
    file_.publish();
}

void WavWriter::finish() {
    if (const int error = sf_close(sound_.release()); error != 0) file_.fail(sf_error_number(error));
    if (!clear_peak_time(file_.descriptor())) file_.fail(std::strerror(errno));
    file_.finish();
}

bool clear_peak_time(int file) {
    std::array<char, 8> header{}; // name and size
    for (off_t offset = 12; pread(file, header.data(), header.size(), offset) == ssize_t{header.size()};) {
        uint32_t size = 0;
        std::memcpy(&size, header.data() + 4, sizeof size);
        if (std::memcmp(header.data(), "data", 4) == 0) break;
        constexpr uint32_t none = 0;
        if (std::memcmp(header.data(), "PEAK", 4) == 0) // version, then time
            return pwrite(file, &none, sizeof none, offset + 12) == ssize_t{sizeof none};
        offset += 8 + off_t{size} + size % 2;
    }
    return true;
}

} // namespace timbrel
