// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/io/audio_stream.h"

#include "common/atomic_file.h"
#include "common/wav_writer.h"
#include "models/audio/io/sound_file.h"

#include <soxr.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
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
    SoundFileInput file;
    std::unique_ptr<std::remove_pointer_t<soxr_t>, DeleteResampler> resampler; // null at the file's own rate
    std::vector<float> file_samples, interleaved; // in the file's channels; in two channels
    size_t begin = 0, end = 0;                    // frames of `interleaved` not yet returned by read()
    size_t position = 0;                          // frames read from the file
    bool at_end = false;                          // the whole file has been read

    // Reads up to block_frames frames and writes them to `to` as interleaved stereo. Returns the number of frames.
    size_t read_block(float* to) {
        const size_t channels = static_cast<size_t>(file.info.channels);
        const sf_count_t got = sf_readf_float(file.handle.get(), file_samples.data(), block_frames);
        const size_t count = got > 0 ? static_cast<size_t>(got) : 0;
        for (size_t i = 0; i < count; ++i) {
            to[2 * i] = file_samples[i * channels];
            to[2 * i + 1] = file_samples[i * channels + channels - 1];
            if (!std::isfinite(to[2 * i]) || !std::isfinite(to[2 * i + 1]))
                throw AudioError(path + ": frame " + std::to_string(position + i) +
                                 " is not a number or infinite; the file is damaged");
        }
        if (position == 0 && count == 0)
            throw AudioError(path + ": its samples cannot be read: " + sound_file_error(file.handle.get()));
        position += count;
        return count;
    }

    // Fills `interleaved` with the next frames; leaves it empty at the end of the file.
    void refill() {
        begin = end = 0;
        if (!resampler) {
            end = read_block(interleaved.data());
            return;
        }
        std::vector<float> decoded(2 * block_frames);
        while (end == 0) {
            const size_t count = at_end ? 0 : read_block(decoded.data());
            if (count == 0 && at_end) {
                soxr_process(resampler.get(), nullptr, 0, nullptr, interleaved.data(), interleaved.size() / 2, &end);
                return;
            }
            at_end = count == 0;
            if (at_end) continue;
            soxr_process(resampler.get(), decoded.data(), count, nullptr, interleaved.data(), interleaved.size() / 2,
                         &end);
        }
    }
};

AudioReader::AudioReader(const std::string& path, double rate) : impl_(std::make_unique<Impl>()) {
    impl_->path = path;
    impl_->file = open_sound_file(path);
    impl_->file_samples.resize(block_frames * static_cast<size_t>(impl_->file.info.channels));
    const double file_rate = impl_->file.info.samplerate;
    size_t capacity = block_frames;
    if (rate > 0 && rate != file_rate) {
        const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
        const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
        soxr_error_t error = nullptr;
        impl_->resampler.reset(soxr_create(file_rate, rate, 2, &error, &io, &quality, nullptr));
        if (error) throw AudioError(path + ": cannot be brought to another rate: " + error);
        // Large enough for all output that the resampler makes from one block.
        capacity = static_cast<size_t>(std::ceil(2 * block_frames * std::max(1.0, rate / file_rate)));
    }
    impl_->interleaved.resize(2 * capacity);
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

Audio read_start(const std::string& path, double seconds) {
    const AudioInfo info = read_audio_info(path);
    const double frames = std::min(seconds * info.rate, static_cast<double>(info.frames));
    Audio audio{info.rate, std::vector<float>(static_cast<size_t>(frames)), {}};
    audio.right = audio.left;
    const size_t read = AudioReader(path).read({audio.left, audio.right});
    audio.left.resize(read);
    audio.right.resize(read);
    return audio;
}

struct AudioWriter::Impl {
    AtomicFile file;
    SoundFileHandle sound; // writes to file's descriptor
    std::vector<float> interleaved;
};

AudioWriter::AudioWriter(const std::string& path, double rate, int bits) {
    const int subtype = bits == 16   ? SF_FORMAT_PCM_16
                        : bits == 24 ? SF_FORMAT_PCM_24
                        : bits == 32 ? SF_FORMAT_FLOAT
                                     : 0;
    if (!subtype) throw AudioError(path + ": cannot be written with " + std::to_string(bits) + " bits; 16, 24 or 32");
    impl_.reset(new Impl{AtomicFile(path), nullptr, {}});
    SF_INFO header{};
    header.samplerate = static_cast<int>(std::lround(rate));
    header.channels = 2;
    header.format = SF_FORMAT_RF64 | subtype;
    impl_->sound.reset(sf_open_fd(impl_->file.descriptor(), SFM_WRITE, &header, SF_FALSE));
    if (!impl_->sound) impl_->file.fail(sound_file_error(nullptr));
    sf_command(impl_->sound.get(), SFC_RF64_AUTO_DOWNGRADE, nullptr, SF_TRUE);
    sf_command(impl_->sound.get(), SFC_SET_CLIPPING, nullptr, SF_TRUE);
}

AudioWriter::~AudioWriter() = default;

void AudioWriter::write(std::span<const float> left, std::span<const float> right) {
    impl_->interleaved.resize(2 * left.size());
    for (size_t i = 0; i < left.size(); ++i) {
        impl_->interleaved[2 * i] = left[i];
        impl_->interleaved[2 * i + 1] = right[i];
    }
    const auto count = static_cast<sf_count_t>(left.size());
    if (sf_writef_float(impl_->sound.get(), impl_->interleaved.data(), count) != count)
        impl_->file.fail(sound_file_error(impl_->sound.get()));
}

void AudioWriter::finish() {
    if (const int error = sf_close(impl_->sound.release()); error != 0) impl_->file.fail(sf_error_number(error));
    if (!clear_peak_time(impl_->file.descriptor())) impl_->file.fail(std::strerror(errno));
    impl_->file.finish_unsynced();
}

} // namespace timbrel::audio
