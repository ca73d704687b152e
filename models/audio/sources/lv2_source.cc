// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/file_hash.h"
#include "common/units.h"
#include "models/audio/sources/detuning.h"
#include "models/audio/sources/recording_check.h"
#include "models/audio/sources/sampler_process.h"
#include "models/audio/sources/source.h"
#include "models/audio/sources/warning_list.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace timbrel::audio {
namespace {

constexpr int tuning_velocity = 100;

nlohmann::json read_description(SamplerProcess& sampler) {
    return nlohmann::json::parse(sampler.receive_reply(host::ReplyKind::description, "while it was loaded"));
}

class Lv2Source final : public Source {
  public:
    explicit Lv2Source(const std::string& instrument) : instrument_(instrument), sampler_(instrument, source_rate) {
        description_ = read_description(sampler_);
        measure_detuning();
    }

    std::string name() const override {
        const std::string preset = description_["preset"], plugin = description_["plugin"];
        return preset.empty() ? plugin : preset;
    }

    nlohmann::json provenance() const override {
        nlohmann::json origin = {
            {"type", "lv2"}, {"uri", instrument_}, {"name", name()}, {"plugin", description_["plugin"]}};
        for (const auto& [key, value] : {std::pair{"preset", "preset"}, {"authors", "author"}, {"licence", "licence"}})
            if (description_[value] != "") origin[key] = description_[value];
        origin["hash"] = hash_of_file(description_["binary"]);
        return origin;
    }

    Recording note(int pitch, int velocity, double hold_seconds, double release_seconds) override {
        Recording recording{static_cast<double>(pitch), velocity, hold_seconds, {}, name(), true};
        recording.audio = play(pitch, velocity, hold_seconds, release_seconds);
        const RecordingCheck check = check_recording(recording.audio);
        if (check.silent())
            warnings_.add(name() + ": pitch " + std::to_string(pitch) + " at velocity " + std::to_string(velocity) +
                          " is silent");
        remove_dc_offset(recording.audio, check);
        return recording;
    }

    std::vector<std::string> warnings() const override { return warnings_.texts(); }

  private:
    // Plays a note and corrects its tuning by resampling.
    Audio play(int pitch, int velocity, double hold_seconds, double release_seconds) {
        sampler_.request_note({pitch, velocity, static_cast<uint32_t>(source_frames(hold_seconds / pitch_ratio_)),
                               static_cast<uint32_t>(source_frames(release_seconds / pitch_ratio_))});
        return resampled(sampler_.receive_sound(source_rate / pitch_ratio_), source_rate);
    }

    void measure_detuning() {
        const double deviation =
            audio::measure_detuning([this](int key) { return play(key, tuning_velocity, 0.5, 0); });
        if (deviation == 0) return;
        pitch_ratio_ = semitones_to_ratio(deviation);
        char cents[32];
        std::snprintf(cents, sizeof cents, "%+.0f", deviation * 100);
        warnings_.add(name() + " sounds " + cents + " cents out of tune, which was corrected");
    }

    std::string instrument_;
    SamplerProcess sampler_;
    nlohmann::json description_;
    double pitch_ratio_ = 1; // of the instrument's pitch to that of its keys
    WarningList warnings_;
};

} // namespace

std::vector<std::string> list_lv2_presets(const std::string& uri) {
    SamplerProcess sampler(uri, source_rate);
    return read_description(sampler)["presets"];
}

std::unique_ptr<Source> open_lv2(const std::string& instrument) { return std::make_unique<Lv2Source>(instrument); }

} // namespace timbrel::audio
