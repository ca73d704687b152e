// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/torchscript/codec_source.h"

#include "common/file_hash.h"
#include "common/source_options.h"
#include "models/audio/sources/recording_check.h"
#include "models/audio/sources/warning_list.h"
#include "models/tensor/audio_tensor.h"
#include "models/torchscript/model_filter.h"
#include "models/torchscript/sound_codec.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <utility>

namespace timbrel::models {
namespace {

class CodecSource final : public audio::Source {
  public:
    CodecSource(const std::string& file, std::unique_ptr<audio::Source> source)
        : codec_(file), source_(std::move(source)) {
        if (!codec_.rate_known()) warnings_.add(model_name() + " does not say its sample rate: 48 kHz assumed");
    }

    std::string name() const override { return source_->name() + " through " + model_name(); }

    nlohmann::json provenance() const override {
        auto about = source_->provenance();
        const std::string model = hash_of_file(codec_.file());
        const std::string both = hash_of_text(model + about.value("hash", ""));
        return {{"type", "nn"}, {"file", codec_.file()}, {"name", name()},
                {"hash", both}, {"model", model},        {"source", std::move(about)}};
    }

    audio::Recording note(int pitch, int velocity, double hold_seconds, double release_seconds) override {
        auto recording = source_->note(pitch, velocity, hold_seconds, release_seconds);
        recording.audio = to_audio(codec_.pass(to_stereo_tensor(recording.audio)));
        const auto check = audio::check_recording(recording.audio);
        if (check.silent()) warnings_.add(name() + ": pitch " + std::to_string(pitch) + " is silent");
        remove_dc_offset(recording.audio, check);
        return recording;
    }

    std::vector<int> recorded_pitches() const override { return source_->recorded_pitches(); }

    std::vector<std::string> warnings() const override {
        auto all = source_->warnings();
        all.insert(all.end(), warnings_.texts().begin(), warnings_.texts().end());
        return all;
    }

  private:
    std::string model_name() const { return std::filesystem::path(codec_.file()).stem().string(); }

    SoundCodec codec_;
    std::unique_ptr<audio::Source> source_;
    audio::WarningList warnings_;
};

} // namespace

std::unique_ptr<audio::Source> open_corner_source(const std::string& notation) {
    const auto filter = split_filter(split_source(notation).source);
    if (!filter) return audio::open_source(notation);
    if (filter->source.empty() || filter->model.empty())
        throw Error(notation + ": write nn:FILE<SOURCE, a model and the sound to send through it");
    const auto inner = split_source(filter->source);
    if (inner.source != filter->source || is_malformed(inner))
        throw Error(notation + ": write gain, tune and name in front of nn:");
    return std::make_unique<CodecSource>(filter->model, open_corner_source(filter->source));
}

} // namespace timbrel::models
