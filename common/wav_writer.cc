// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/wav_writer.h"

#include <sndfile.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

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

void WavWriter::finish() {
    if (const int error = sf_close(sound_.release()); error != 0) file_.fail(sf_error_number(error));
    file_.finish();
}

} // namespace timbrel
