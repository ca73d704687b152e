#include "common/wav_writer.h"

#include "common/error.h"

#include <sndfile.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace timbrel {

struct WavWriter::Impl {
    SNDFILE* file = nullptr;
    int descriptor = -1;
    ~Impl() {
        if (file) sf_close(file);
        if (descriptor >= 0) close(descriptor);
    }
};

WavWriter::WavWriter(std::string path, int rate, int channels, Format format)
    : path_(std::move(path)), part_(path_ + ".part"), channels_(channels), impl_(std::make_unique<Impl>()) {
    impl_->descriptor = open(part_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (impl_->descriptor < 0) fail(std::strerror(errno));
    SF_INFO info{};
    info.samplerate = rate;
    info.channels = channels;
    info.format = SF_FORMAT_RF64 | (format == Format::pcm24 ? SF_FORMAT_PCM_24 : SF_FORMAT_FLOAT);
    impl_->file = sf_open_fd(impl_->descriptor, SFM_WRITE, &info, SF_FALSE);
    if (!impl_->file) {
        const std::string why = sf_strerror(nullptr);
        unlink(part_.c_str());
        fail(why);
    }
    // A plain WAV unless it grows past 4 GiB.
    sf_command(impl_->file, SFC_RF64_AUTO_DOWNGRADE, nullptr, SF_TRUE);
    sf_command(impl_->file, SFC_SET_CLIPPING, nullptr, SF_TRUE);
}

WavWriter::~WavWriter() {
    if (impl_) unlink(part_.c_str());
}

void WavWriter::fail(const std::string& why) const {
    throw Error(path_ + ": cannot be written (" + why + "); choose another place with -o");
}

void WavWriter::write(std::span<const float> interleaved) {
    for (const float sample : interleaved) peak_ = std::max(peak_, std::fabs(sample));
    const auto frames = static_cast<sf_count_t>(interleaved.size()) / channels_;
    if (sf_writef_float(impl_->file, interleaved.data(), frames) != frames) fail(std::strerror(errno ? errno : ENOSPC));
}

void WavWriter::finish() {
    const int closed = sf_close(impl_->file);
    impl_->file = nullptr;
    if (closed != 0) fail(sf_error_number(closed));
    if (fsync(impl_->descriptor) != 0 && errno != EINVAL) fail(std::strerror(errno));
    if (std::rename(part_.c_str(), path_.c_str()) != 0) fail(std::strerror(errno));
    impl_.reset();
}

} // namespace timbrel
