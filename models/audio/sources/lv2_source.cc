#include "common/file_hash.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/sources/recording_check.h"
#include "models/audio/sources/sampler_process.h"
#include "models/audio/sources/source.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace timbrel::audio {
namespace {

constexpr int usual_velocity = 100;
constexpr int tuning_keys[] = {36, 48, 60, 72, 84};
constexpr double widest_tuning = 3;     // semitones
constexpr double audible_tuning = 0.02; // semitones

// Semitones by which a key's note is out of tune. What is heard may be another partial than the key's: of an organ's
// deeper stop, of the tone that a fifth has in common.
double tuning_of(double heard, int key) {
    double least = heard - key;
    for (const double partial : {0.25, 0.5, 2.0, 3.0, 4.0})
        if (const double off = heard + 12 * std::log2(partial) - key; std::abs(off) < std::abs(least)) least = off;
    return least;
}

nlohmann::json description(SamplerProcess& sampler) {
    return nlohmann::json::parse(sampler.answer(host::ReplyKind::description, "while it was loaded"));
}

class Lv2Source final : public Source {
  public:
    explicit Lv2Source(const std::string& instrument) : instrument_(instrument), sampler_(instrument, source_rate) {
        about_ = description(sampler_);
        tune();
    }

    std::string name() const override {
        const std::string preset = about_["preset"], plugin = about_["plugin"];
        return preset.empty() ? plugin : preset;
    }

    nlohmann::json provenance() const override {
        nlohmann::json from = {{"type", "lv2"}, {"uri", instrument_}, {"name", name()}, {"plugin", about_["plugin"]}};
        for (const auto& [key, value] : {std::pair{"preset", "preset"}, {"authors", "author"}, {"licence", "licence"}})
            if (about_[value] != "") from[key] = about_[value];
        from["hash"] = hash_of_file(about_["binary"]);
        return from;
    }

    Recording note(int pitch, int velocity, double hold_seconds, double release_seconds) override {
        Recording recording{static_cast<double>(pitch), velocity, hold_seconds, {}, name(), true};
        recording.audio = play(pitch, velocity, hold_seconds, release_seconds);
        const Condition condition = condition_of(recording.audio);
        if (condition.silent())
            warn(name() + ": pitch " + std::to_string(pitch) + " at velocity " + std::to_string(velocity) +
                 " is silent");
        remove_offset(recording.audio, condition);
        return recording;
    }

    std::vector<std::string> warnings() const override { return warnings_; }

  private:
    // In tune with its keys: one that sounds too high is slowed down, as a recording of another rate would be.
    Audio play(int pitch, int velocity, double hold_seconds, double release_seconds) {
        sampler_.ask({pitch, velocity, frames_of(hold_seconds / speed_), frames_of(release_seconds / speed_)});
        const std::string sound = sampler_.answer(host::ReplyKind::sound, "while it played a note");
        const size_t frames = sound.size() / (2 * sizeof(float));
        Audio audio{source_rate / speed_, std::vector<float>(frames), std::vector<float>(frames)};
        std::memcpy(audio.left.data(), sound.data(), frames * sizeof(float));
        std::memcpy(audio.right.data(), sound.data() + frames * sizeof(float), frames * sizeof(float));
        return resampled(audio, source_rate);
    }

    // Some plugins, or their presets, are out of tune: mda's synthesisers as they begin by the ratio of 48 to 44.1 kHz.
    void tune() {
        std::vector<double> off;
        for (const int key : tuning_keys)
            if (const auto heard = detect_pitch(play(key, usual_velocity, 0.5, 0)); heard && heard->confidence > 0.8)
                off.push_back(tuning_of(heard->pitch, key));
        if (off.empty()) return;
        std::ranges::nth_element(off, off.begin() + static_cast<std::ptrdiff_t>(off.size() / 2));
        const double median = off[off.size() / 2];
        if (std::abs(median) < audible_tuning || std::abs(median) > widest_tuning) return;
        speed_ = std::exp2(median / 12);
        char cents[32];
        std::snprintf(cents, sizeof cents, "%+.0f", median * 100);
        warn(name() + " sounds " + cents + " cents off its keys, so it was tuned to them");
    }

    static uint32_t frames_of(double seconds) {
        return static_cast<uint32_t>(std::lround(std::max(0.0, seconds) * source_rate));
    }

    void warn(std::string text) {
        if (std::ranges::find(warnings_, text) == warnings_.end()) warnings_.push_back(std::move(text));
    }

    std::string instrument_;
    SamplerProcess sampler_;
    nlohmann::json about_;
    double speed_ = 1; // at which it sounds, above 1 where it is too high
    std::vector<std::string> warnings_;
};

} // namespace

std::vector<std::string> list_lv2_presets(const std::string& uri) {
    SamplerProcess sampler(uri, source_rate);
    return description(sampler)["presets"];
}

std::unique_ptr<Source> open_lv2(const std::string& instrument) { return std::make_unique<Lv2Source>(instrument); }

} // namespace timbrel::audio
