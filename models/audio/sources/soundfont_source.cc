// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/file_hash.h"
#include "models/audio/io/riff.h"
#include "models/audio/sources/recording_check.h"
#include "models/audio/sources/source.h"
#include "models/audio/sources/warning_list.h"

#include <dlfcn.h>
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

// Silences libfluidsynth and GLib, for the whole program: a font that the library's own reader refuses goes to
// libinstpatch, whose failed assertions GLib prints. Errors are reported by exceptions. GLib is found at run time,
// because libfluidsynth may be built without it.
void silence_libraries() {
    for (int level = FLUID_PANIC; level < LAST_LOG_LEVEL; ++level) fluid_set_log_function(level, nullptr, nullptr);
    using LogFunction = void (*)(const char* domain, int level, const char* message, void* data);
    using SetDefaultHandler = LogFunction (*)(LogFunction, void* data);
    if (const auto set = reinterpret_cast<SetDefaultHandler>(dlsym(RTLD_DEFAULT, "g_log_set_default_handler")))
        set([](const char*, int, const char*, void*) {}, nullptr);
}

// A synthesiser with one font loaded.
class Font {
  public:
    explicit Font(const std::string& path) : path_(path), settings_(new_fluid_settings()) {
        static std::once_flag quiet;
        std::call_once(quiet, silence_libraries);
        std::error_code error;
        if (!std::filesystem::exists(path, error)) throw AudioError(path + ": no such file");
        if (!fluid_is_soundfont(path.c_str())) throw AudioError(path + ": is no SF2 or SF3 font");
        fluid_settings_setnum(settings_.get(), "synth.sample-rate", source_rate);
        fluid_settings_setnum(settings_.get(), "synth.gain", 0.6);
        fluid_settings_setint(settings_.get(), "synth.reverb.active", 0);
        fluid_settings_setint(settings_.get(), "synth.chorus.active", 0);
        fluid_settings_setint(settings_.get(), "synth.threadsafe-api", 0);
        // Read only the selected preset's samples; fonts may have hundreds of megabytes.
        fluid_settings_setint(settings_.get(), "synth.dynamic-sample-loading", 1);
        synth_.reset(new_fluid_synth(settings_.get()));
        if (!synth_) throw AudioError(path + ": libfluidsynth could not be started");
        // The last argument assigns the font's presets to this synthesiser, which keeps their samples in memory.
        // Otherwise every new player would read them again.
        id_ = fluid_synth_sfload(synth_.get(), path.c_str(), 1);
        if (id_ == FLUID_FAILED)
            throw AudioError(path + ": cannot be loaded; the font is damaged or too large for memory");
    }

    // Loads the preset's samples, which then stay in memory. False if it fails.
    bool select(int bank, int program) const {
        return fluid_synth_program_select(synth_.get(), 0, id_, bank, program) == FLUID_OK;
    }

    // Plays one note with a new synthesiser, which costs 2 ms. In a used one, even after a reset, voices start from
    // their previous state, and notes would depend on earlier notes by some 1e-4.
    void play(int bank, int program, int pitch, int velocity, size_t hold_frames, Audio& audio) const {
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
        render(0, hold_frames);
        fluid_synth_noteoff(player.get(), 0, pitch);
        render(hold_frames, audio.frames());
        fluid_synth_remove_sfont(player.get(), font); // synth_ owns the font
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

// The presets nearest in number to a missing one, as examples.
std::string nearest_presets(std::vector<PresetInfo> presets, int bank, int program) {
    const auto distance = [&](const PresetInfo& preset) {
        return std::abs(preset.bank - bank) * 128 + std::abs(preset.program - program);
    };
    std::ranges::stable_sort(presets, {}, distance);
    return preset_examples(presets);
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
                             (presets.empty() ? "" : "; near it are " + nearest_presets(presets, bank, program)));
        name_ = found->name;
        if (!font_.select(bank, program)) throw AudioError(path + ": the samples of " + name_ + " cannot be loaded");
    }

    std::string name() const override { return name_; }

    nlohmann::json provenance() const override {
        nlohmann::json origin = {{"type", "soundfont"}, {"file", std::filesystem::path(path_).filename().string()},
                                 {"bank", bank_},       {"preset", program_},
                                 {"name", name_},       {"hash", hash_of_file(path_)}};
        for (const auto& [chunk, key] :
             {std::pair{"INAM", "font"}, {"ICOP", "licence"}, {"IENG", "authors"}, {"ICMT", "comment"}})
            if (const std::string text = riff_info(path_, chunk); !text.empty()) origin[key] = text;
        return origin;
    }

    Recording note(int pitch, int velocity, double hold_seconds, double release_seconds) override {
        if (pitch < 0 || pitch > 127 || velocity < 1 || velocity > 127)
            throw AudioError(path_ + ": cannot play pitch " + std::to_string(pitch) + " at velocity " +
                             std::to_string(velocity));
        Recording recording{static_cast<double>(pitch), velocity, hold_seconds, {source_rate, {}, {}}, name_, true};
        const size_t hold_frames = source_frames(hold_seconds),
                     total_frames = hold_frames + source_frames(release_seconds);
        recording.audio.left.resize(total_frames);
        recording.audio.right.resize(total_frames);
        font_.play(bank_, program_, pitch, velocity, hold_frames, recording.audio);
        const RecordingCheck check = check_recording(recording.audio);
        if (check.silent()) warn(pitch, velocity, "is silent");
        remove_dc_offset(recording.audio, check);
        return recording;
    }

    std::vector<std::string> warnings() const override { return warnings_.texts(); }

  private:
    void warn(int pitch, int velocity, const std::string& problem) {
        warnings_.add(name_ + ": pitch " + std::to_string(pitch) + " at velocity " + std::to_string(velocity) + " " +
                      problem);
    }

    std::string path_;
    Font font_;
    int bank_, program_;
    std::string name_;
    WarningList warnings_;
};

} // namespace

std::vector<PresetInfo> list_presets(const std::string& font) { return Font(font).presets(); }

std::unique_ptr<Source> open_soundfont(const std::string& font, int bank, int program) {
    return std::make_unique<SoundFontSource>(font, bank, program);
}

} // namespace timbrel::audio
