#include "models/audio/io/audio_stream.h"

#include "models/audio/io/sound_file.h"

#include <soxr.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

namespace timbrel::audio {
namespace {

constexpr size_t block_frames = 4096;

struct DeleteResampler {
    void operator()(soxr_t resampler) const { soxr_delete(resampler); }
};

} // namespace

struct AudioReader::Impl {
    std::string path;
    SF_INFO header{};
    SoundFileHandle file;
    std::unique_ptr<std::remove_pointer_t<soxr_t>, DeleteResampler> resampler; // none at the file's own rate
    std::vector<float> raw, interleaved;                                       // as stored; two channels
    size_t begin = 0, end = 0; // frames of `interleaved` that are still to be handed out
    size_t position = 0;       // frames read from the file
    bool ended = false;        // the file has no more

    // Frames in both channels from the file, at most block_frames.
    size_t fetch(float* to) {
        const size_t channels = static_cast<size_t>(header.channels);
        const sf_count_t got = sf_readf_float(file.get(), raw.data(), block_frames);
        const size_t count = got > 0 ? static_cast<size_t>(got) : 0;
        for (size_t i = 0; i < count; ++i) {
            to[2 * i] = raw[i * channels];
            to[2 * i + 1] = raw[i * channels + channels - 1];
            if (!std::isfinite(to[2 * i]) || !std::isfinite(to[2 * i + 1]))
                throw AudioError(path + ": frame " + std::to_string(position + i) +
                                 " is not a number or infinite; the file is damaged");
        }
        if (position == 0 && count == 0)
            throw AudioError(path + ": its samples cannot be read: " + sound_file_complaint(file.get()));
        position += count;
        return count;
    }

    // Puts new frames into `interleaved`; none at the end.
    void refill() {
        begin = end = 0;
        if (!resampler) {
            end = fetch(interleaved.data());
            return;
        }
        std::vector<float> stored(2 * block_frames);
        while (end == 0) {
            const size_t count = ended ? 0 : fetch(stored.data());
            if (count == 0 && ended) {
                soxr_process(resampler.get(), nullptr, 0, nullptr, interleaved.data(), interleaved.size() / 2, &end);
                return;
            }
            ended = count == 0;
            if (ended) continue;
            soxr_process(resampler.get(), stored.data(), count, nullptr, interleaved.data(), interleaved.size() / 2,
                         &end);
        }
    }
};

AudioReader::AudioReader(const std::string& path, double rate) : impl_(std::make_unique<Impl>()) {
    impl_->path = path;
    impl_->file = open_sound_file(path, impl_->header);
    impl_->raw.resize(block_frames * static_cast<size_t>(impl_->header.channels));
    const double own = impl_->header.samplerate;
    size_t room = block_frames;
    if (rate > 0 && rate != own) {
        const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
        const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
        soxr_error_t error = nullptr;
        impl_->resampler.reset(soxr_create(own, rate, 2, &error, &io, &quality, nullptr));
        if (error) throw AudioError(path + ": cannot be brought to another rate: " + error);
        // So large that the resampler can always hand out all it has of a block.
        room = static_cast<size_t>(std::ceil(2 * block_frames * std::max(1.0, rate / own)));
    }
    impl_->interleaved.resize(2 * room);
}

AudioReader::~AudioReader() = default;

size_t AudioReader::read(StereoBlock block) {
    size_t done = 0;
    while (done < block.left.size()) {
        if (impl_->begin == impl_->end) impl_->refill();
        if (impl_->end == 0) break;
        const size_t count = std::min(block.left.size() - done, impl_->end - impl_->begin);
        const float* from = impl_->interleaved.data() + 2 * impl_->begin;
        for (size_t i = 0; i < count; ++i) {
            block.left[done + i] = from[2 * i];
            block.right[done + i] = from[2 * i + 1];
        }
        impl_->begin += count;
        done += count;
    }
    return done;
}

struct AudioWriter::Impl {
    std::string path, beside;
    SoundFileHandle file;
    std::vector<float> interleaved;

    [[noreturn]] void fail(const std::string& why) const { throw AudioError(path + ": cannot be written: " + why); }
};

AudioWriter::AudioWriter(std::string path, double rate, int bits) : impl_(std::make_unique<Impl>()) {
    const int subtype = bits == 16   ? SF_FORMAT_PCM_16
                        : bits == 24 ? SF_FORMAT_PCM_24
                        : bits == 32 ? SF_FORMAT_FLOAT
                                     : 0;
    impl_->path = std::move(path);
    impl_->beside = impl_->path + ".part";
    if (!subtype)
        throw AudioError(impl_->path + ": cannot be written with " + std::to_string(bits) + " bits; 16, 24 or 32");
    SF_INFO header{};
    header.samplerate = static_cast<int>(std::lround(rate));
    header.channels = 2;
    header.format = SF_FORMAT_RF64 | subtype;
    errno = 0;
    impl_->file.reset(sf_open(impl_->beside.c_str(), SFM_WRITE, &header));
    if (!impl_->file) impl_->fail(sound_file_complaint(nullptr));
    sf_command(impl_->file.get(), SFC_RF64_AUTO_DOWNGRADE, nullptr, SF_TRUE);
    sf_command(impl_->file.get(), SFC_SET_CLIPPING, nullptr, SF_TRUE);
    // Without it libsndfile stamps float files with the time of writing, and the same sound would give other bytes.
    sf_command(impl_->file.get(), SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
}

AudioWriter::~AudioWriter() {
    if (!impl_->file) return;
    impl_->file.reset();
    std::remove(impl_->beside.c_str());
}

void AudioWriter::write(std::span<const float> left, std::span<const float> right) {
    impl_->interleaved.resize(2 * left.size());
    for (size_t i = 0; i < left.size(); ++i) {
        impl_->interleaved[2 * i] = left[i];
        impl_->interleaved[2 * i + 1] = right[i];
    }
    const auto count = static_cast<sf_count_t>(left.size());
    if (sf_writef_float(impl_->file.get(), impl_->interleaved.data(), count) != count)
        impl_->fail(sound_file_complaint(impl_->file.get()));
}

void AudioWriter::finish() {
    const bool good = sf_close(impl_->file.release()) == 0;
    if (good && std::rename(impl_->beside.c_str(), impl_->path.c_str()) == 0) return;
    const std::string why = std::strerror(errno);
    std::remove(impl_->beside.c_str());
    impl_->fail(why);
}

} // namespace timbrel::audio
