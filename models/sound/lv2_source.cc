#include "models/sound/condition.h"
#include "models/sound/hash.h"
#include "models/sound/sampler_process.h"
#include "models/sound/source.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace timbrel {
namespace {

class Lv2Source final : public Source {
  public:
    explicit Lv2Source(const std::string& instrument) : instrument_(instrument), sampler_(instrument, source_rate) {
        about_ = nlohmann::json::parse(sampler_.answer(host::ReplyKind::description, "while it was loaded"));
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
        const host::NoteRequest request{pitch, velocity, frames_of(hold_seconds), frames_of(release_seconds)};
        sampler_.ask(request);
        const std::string sound =
            sampler_.answer(host::ReplyKind::sound, "while it played pitch " + std::to_string(pitch));
        Recording recording{static_cast<double>(pitch), velocity, hold_seconds, {source_rate, {}, {}}, name(), true};
        const size_t frames = sound.size() / (2 * sizeof(float));
        for (std::vector<float>* channel : {&recording.audio.left, &recording.audio.right}) {
            channel->resize(frames);
            const size_t from = channel == &recording.audio.left ? 0 : frames * sizeof(float);
            std::memcpy(channel->data(), sound.data() + from, frames * sizeof(float));
        }
        const Condition condition = condition_of(recording.audio);
        const std::string which =
            name() + ": pitch " + std::to_string(pitch) + " at velocity " + std::to_string(velocity);
        if (condition.silent()) warn(which + " is silent");
        if (condition.displaced()) remove_offset(recording.audio);
        return recording;
    }

    std::vector<std::string> warnings() const override { return warnings_; }

  private:
    static uint32_t frames_of(double seconds) {
        return static_cast<uint32_t>(std::lround(std::max(0.0, seconds) * source_rate));
    }

    void warn(std::string text) {
        if (std::ranges::find(warnings_, text) == warnings_.end()) warnings_.push_back(std::move(text));
    }

    std::string instrument_;
    SamplerProcess sampler_;
    nlohmann::json about_;
    std::vector<std::string> warnings_;
};

} // namespace

std::unique_ptr<Source> open_lv2(const std::string& instrument) { return std::make_unique<Lv2Source>(instrument); }

} // namespace timbrel
