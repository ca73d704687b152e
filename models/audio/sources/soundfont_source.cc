#include "common/file_hash.h"
#include "models/audio/io/riff.h"
#include "models/audio/sources/recording_check.h"
#include "models/audio/sources/source.h"

#include <fluidsynth.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <mutex>
#include <tuple>

namespace timbrel::audio {
namespace {

struct DeleteSettings {
    void operator()(fluid_settings_t* settings) const { delete_fluid_settings(settings); }
};
struct DeleteSynth {
    void operator()(fluid_synth_t* synth) const { delete_fluid_synth(synth); }
};

// A synthesiser with one font loaded.
class Font {
  public:
    explicit Font(const std::string& path) : path_(path), settings_(new_fluid_settings()) {
        // The library would print to standard error what is reported by exceptions here.
        static std::once_flag quiet;
        std::call_once(quiet, [] {
            for (int level = FLUID_PANIC; level < LAST_LOG_LEVEL; ++level)
                fluid_set_log_function(level, nullptr, nullptr);
        });
        std::error_code error;
        if (!std::filesystem::exists(path, error)) throw AudioError(path + ": no such file");
        if (!fluid_is_soundfont(path.c_str())) throw AudioError(path + ": is no SF2 or SF3 font");
        fluid_settings_setnum(settings_.get(), "synth.sample-rate", source_rate);
        fluid_settings_setnum(settings_.get(), "synth.gain", 0.6);
        fluid_settings_setint(settings_.get(), "synth.reverb.active", 0);
        fluid_settings_setint(settings_.get(), "synth.chorus.active", 0);
        fluid_settings_setint(settings_.get(), "synth.threadsafe-api", 0);
        // Of fonts of hundreds of megabytes only the selected preset's samples are read.
        fluid_settings_setint(settings_.get(), "synth.dynamic-sample-loading", 1);
        synth_.reset(new_fluid_synth(settings_.get()));
        if (!synth_) throw AudioError(path + ": libfluidsynth could not be started");
        // With the last argument this synthesiser takes the presets that a new one begins with, and keeps their samples
        // in memory; else every player would read them anew.
        id_ = fluid_synth_sfload(synth_.get(), path.c_str(), 1);
        if (id_ == FLUID_FAILED)
            throw AudioError(path + ": cannot be loaded; the font is damaged or too large for memory");
    }

    // Reads the preset's samples, which then stay in memory.
    bool select(int bank, int program) const {
        return fluid_synth_program_select(synth_.get(), 0, id_, bank, program) == FLUID_OK;
    }

    // Plays one note with a synthesiser of its own. One that has played before starts its voices from what they were
    // left with, so a note would depend on those before it by some 1e-4, even after a reset; a new one costs 2 ms.
    void play(int bank, int program, int pitch, int velocity, size_t held, Audio& audio) const {
        fluid_sfont_t* font = fluid_synth_get_sfont_by_id(synth_.get(), id_);
        const std::unique_ptr<fluid_synth_t, DeleteSynth> player(new_fluid_synth(settings_.get()));
        if (!player) throw AudioError(path_ + ": libfluidsynth could not be started");
        const int id = fluid_synth_add_sfont(player.get(), font);
        fluid_synth_set_interp_method(player.get(), -1, FLUID_INTERP_7THORDER);
        fluid_synth_program_select(player.get(), 0, id, bank, program);
        const auto render = [&](size_t from, size_t to) {
            fluid_synth_write_float(player.get(), static_cast<int>(to - from), audio.left.data(),
                                    static_cast<int>(from), 1, audio.right.data(), static_cast<int>(from), 1);
        };
        fluid_synth_noteon(player.get(), 0, pitch, velocity);
        render(0, held);
        fluid_synth_noteoff(player.get(), 0, pitch);
        render(held, audio.frames());
        fluid_synth_remove_sfont(player.get(), font); // it belongs to synth_
    }

    std::vector<PresetInfo> presets() const {
        std::vector<PresetInfo> found;
        fluid_sfont_t* font = fluid_synth_get_sfont_by_id(synth_.get(), id_);
        fluid_sfont_iteration_start(font);
        while (fluid_preset_t* preset = fluid_sfont_iteration_next(font))
            found.push_back(
                {fluid_preset_get_banknum(preset), fluid_preset_get_num(preset), fluid_preset_get_name(preset)});
        std::ranges::sort(found, {}, [](const PresetInfo& preset) { return std::tie(preset.bank, preset.program); });
        return found;
    }

  private:
    std::string path_;
    std::unique_ptr<fluid_settings_t, DeleteSettings> settings_;
    std::unique_ptr<fluid_synth_t, DeleteSynth> synth_;
    int id_ = FLUID_FAILED;
};

// The presets nearest in number, to show what an existing one looks like.
std::string some_presets(std::vector<PresetInfo> presets, int bank, int program) {
    const auto distance = [&](const PresetInfo& preset) {
        return std::abs(preset.bank - bank) * 128 + std::abs(preset.program - program);
    };
    std::ranges::stable_sort(presets, {}, distance);
    std::string text;
    for (size_t i = 0; i < presets.size() && i < 4; ++i)
        text += (i ? ", " : "") + std::to_string(presets[i].bank) + ":" + std::to_string(presets[i].program) + " (" +
                presets[i].name + ")";
    return text;
}

class SoundFontSource final : public Source {
  public:
    SoundFontSource(const std::string& path, int bank, int program)
        : path_(path), font_(path), bank_(bank), program_(program) {
        const std::vector<PresetInfo> presets = font_.presets();
        const auto found = std::ranges::find_if(
            presets, [&](const PresetInfo& preset) { return preset.bank == bank && preset.program == program; });
        if (found == presets.end())
            throw AudioError(path + ": has no preset " + std::to_string(bank) + ":" + std::to_string(program) +
                             (presets.empty() ? "" : "; near it are " + some_presets(presets, bank, program)));
        name_ = found->name;
        if (!font_.select(bank, program)) throw AudioError(path + ": the samples of " + name_ + " cannot be loaded");
    }

    std::string name() const override { return name_; }

    nlohmann::json provenance() const override {
        nlohmann::json from = {{"type", "soundfont"}, {"file", std::filesystem::path(path_).filename().string()},
                               {"bank", bank_},       {"preset", program_},
                               {"name", name_},       {"hash", hash_of_file(path_)}};
        for (const auto& [chunk, key] :
             {std::pair{"INAM", "font"}, {"ICOP", "licence"}, {"IENG", "authors"}, {"ICMT", "comment"}})
            if (const std::string text = riff_info(path_, chunk); !text.empty()) from[key] = text;
        return from;
    }

    Recording note(int pitch, int velocity, double hold_seconds, double release_seconds) override {
        if (pitch < 0 || pitch > 127 || velocity < 1 || velocity > 127)
            throw AudioError(path_ + ": cannot play pitch " + std::to_string(pitch) + " at velocity " +
                             std::to_string(velocity));
        Recording recording{static_cast<double>(pitch), velocity, hold_seconds, {source_rate, {}, {}}, name_, true};
        const size_t held = frames_of(hold_seconds), all = held + frames_of(release_seconds);
        recording.audio.left.resize(all);
        recording.audio.right.resize(all);
        font_.play(bank_, program_, pitch, velocity, held, recording.audio);
        const Condition condition = condition_of(recording.audio);
        if (condition.silent()) warn(pitch, velocity, "is silent");
        remove_offset(recording.audio, condition);
        return recording;
    }

    std::vector<std::string> warnings() const override { return warnings_; }

  private:
    static size_t frames_of(double seconds) {
        return static_cast<size_t>(std::lround(std::max(0.0, seconds) * source_rate));
    }

    void warn(int pitch, int velocity, const std::string& complaint) {
        std::string text =
            name_ + ": pitch " + std::to_string(pitch) + " at velocity " + std::to_string(velocity) + " " + complaint;
        if (std::ranges::find(warnings_, text) == warnings_.end()) warnings_.push_back(std::move(text));
    }

    std::string path_;
    Font font_;
    int bank_, program_;
    std::string name_;
    std::vector<std::string> warnings_;
};

} // namespace

std::vector<PresetInfo> list_presets(const std::string& font) { return Font(font).presets(); }

std::unique_ptr<Source> open_soundfont(const std::string& font, int bank, int program) {
    return std::make_unique<SoundFontSource>(font, bank, program);
}

} // namespace timbrel::audio
