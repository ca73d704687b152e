// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/file_hash.h"
#include "common/stats.h"
#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/sources/recording_check.h"
#include "models/audio/sources/sampler_process.h"
#include "models/audio/sources/source.h"
#include "models/audio/sources/warning_list.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace timbrel::audio {
namespace {

constexpr int tuning_velocity = 100;
constexpr int tuning_keys[] = {36, 48, 60, 72, 84};
constexpr double largest_deviation = 3;    // semitones
constexpr double audible_deviation = 0.02; // semitones

// Semitones by which a note deviates from its key. The estimate may be another partial than the fundamental of the key:
// organs add deeper stops, and mixed intervals have a common fundamental.
double deviation_from_key(double estimate, int key) {
    double smallest = estimate - key;
    for (const double partial : {0.25, 0.5, 2.0, 3.0, 4.0})
        if (const double deviation = estimate + ratio_to_semitones(partial) - key;
            std::abs(deviation) < std::abs(smallest))
            smallest = deviation;
    return smallest;
}

nlohmann::json read_description(SamplerProcess& sampler) {
    return nlohmann::json::parse(sampler.receive_reply(host::ReplyKind::description, "while it was loaded"));
}

class Lv2Source final : public Source {
  public:
    explicit Lv2Source(const std::string& instrument) : instrument_(instrument), sampler_(instrument, source_rate) {
        description_ = read_description(sampler_);
        measure_tuning();
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
        const std::string sound = sampler_.receive_reply(host::ReplyKind::sound, "while it played a note");
        const size_t frames = sound.size() / (2 * sizeof(float));
        Audio audio{source_rate / pitch_ratio_, std::vector<float>(frames), std::vector<float>(frames)};
        std::memcpy(audio.left.data(), sound.data(), frames * sizeof(float));
        std::memcpy(audio.right.data(), sound.data() + frames * sizeof(float), frames * sizeof(float));
        return resampled(audio, source_rate);
    }

    // Measures the instrument's tuning. Some plugins and presets are out of tune: the initial state of mda's
    // synthesisers, for example, by the ratio of 48 to 44.1 kHz.
    void measure_tuning() {
        std::vector<double> deviations;
        for (const int key : tuning_keys)
            if (const auto estimate = detect_pitch(play(key, tuning_velocity, 0.5, 0));
                estimate && estimate->confidence > 0.8)
                deviations.push_back(deviation_from_key(estimate->pitch, key));
        if (deviations.empty()) return;
        const double deviation = median(std::move(deviations));
        if (std::abs(deviation) < audible_deviation || std::abs(deviation) > largest_deviation) return;
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
