#include "models/sound/condition.h"
#include "models/sound/detect_pitch.h"
#include "models/sound/hash.h"
#include "models/sound/note_name.h"
#include "models/sound/source.h"
#include "models/sound/sustain.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <tuple>

namespace timbrel {
namespace {

namespace fs = std::filesystem;

constexpr int usual_velocity = 100; // of a recording that does not tell its own

struct SoundFile {
    std::string path;
    AudioInfo info;
    double pitch = 60; // as declared, else as detected
    bool declared = false;
    std::optional<int> velocity;
};

std::string stem_of(const std::string& path) { return fs::path(path).stem().string(); }

std::string filled(const char* format, double value) {
    char text[160];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

// The sound files of a folder by name; other files are passed over, hidden ones without a word.
std::vector<std::string> files_in(const std::string& folder) {
    std::error_code error;
    std::vector<std::string> paths;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (at->is_regular_file() && !at->path().filename().string().starts_with('.'))
            paths.push_back(at->path().string());
    if (error) throw AudioError(folder + ": the folder cannot be read: " + error.message());
    std::ranges::sort(paths);
    return paths;
}

class FileSource final : public Source {
  public:
    explicit FileSource(const std::string& path) : path_(path), folder_(fs::is_directory(path)) {
        if (!folder_) {
            add(path);
            return;
        }
        std::string first_refusal;
        for (const std::string& file : files_in(path)) {
            try {
                add(file);
            } catch (const AudioError& refusal) {
                warn(refusal.what());
                if (first_refusal.empty()) first_refusal = refusal.what();
            }
        }
        if (files_.empty())
            throw AudioError(path + ": holds no sound files" +
                             (first_refusal.empty() ? "" : "; the first refused: " + first_refusal));
    }

    std::string name() const override {
        const fs::path path = fs::path(path_).lexically_normal();
        return folder_ ? (path.has_filename() ? path : path.parent_path()).filename().string() : path.stem().string();
    }

    nlohmann::json provenance() const override {
        nlohmann::json from = {{"type", folder_ ? "folder" : "file"}, {"name", name()}};
        from["file"] = folder_ ? name() : fs::path(path_).filename().string();
        std::string hashes;
        for (const SoundFile& file : files_) {
            hashes += hash_of_file(file.path);
            if (!file.info.licence.empty()) from["licence"] = file.info.licence;
            if (!file.info.comment.empty()) from["comment"] = file.info.comment;
        }
        from["hash"] = folder_ ? hash_of_text(hashes) : hashes;
        if (folder_) from["files"] = files_.size();
        return from;
    }

    Recording note(int pitch, int velocity, double hold_seconds, double) override {
        const auto distance = [&](const SoundFile& file) {
            return std::tuple(std::abs(std::lround(file.pitch) - pitch),
                              std::abs(file.velocity.value_or(usual_velocity) - velocity));
        };
        const SoundFile& file = *std::ranges::min_element(files_, {}, distance);
        Recording recording;
        const Prepared sound = prepared(file);
        const Audio& audio = sound.audio;
        recording.pitch = measured(file, audio);
        recording.velocity = file.velocity.value_or(usual_velocity);
        Held held = held_for(audio, held_part(file, sound), hold_seconds);
        if (held.repeated)
            warn(stem_of(file.path) + filled(" lasts %.1f s, so its steady part was repeated", audio.seconds()));
        recording.audio = std::move(held.audio);
        recording.hold = held.hold;
        recording.name = stem_of(file.path);
        recording.exact = distance(file) == std::tuple(0, 0);
        return recording;
    }

    std::vector<std::string> warnings() const override { return warnings_; }

  private:
    void add(const std::string& path) {
        SoundFile file{path, read_audio_info(path), 60, true, {}};
        const NoteName written = parse_note_name(stem_of(path));
        file.velocity = written.velocity;
        if (written.pitch) {
            file.pitch = *written.pitch;
        } else if (file.info.has_instrument) {
            file.pitch = file.info.unity_note;
        } else {
            const auto heard = detect_pitch(prepared(file).audio);
            if (!heard)
                throw AudioError(
                    path + ": no pitch can be heard in it and its name tells none; put one into the name, as in " +
                    stem_of(path) + "_C4" + fs::path(path).extension().string());
            file.pitch = heard->pitch;
            file.declared = false;
            if (heard->confidence < 0.5)
                warn(stem_of(path) + " was taken for " + pitch_name(static_cast<int>(std::lround(heard->pitch))) +
                     " with doubt; put the note into its name if that is wrong");
        }
        file.pitch = std::clamp(file.pitch, 0.0, 127.0);
        files_.push_back(std::move(file));
    }

    struct Prepared {
        Audio audio; // at source_rate, beginning with the note
        size_t cut;  // frames taken from its front
    };

    Prepared prepared(const SoundFile& file) {
        Audio audio = read_audio(file.path);
        const std::string stem = stem_of(file.path);
        const Condition condition = condition_of(audio);
        for (const std::string& complaint : complaints(condition)) warn(stem + " " + complaint);
        if (condition.displaced()) remove_offset(audio);
        audio = resampled(audio, source_rate);
        const size_t silence = leading_silence(audio);
        if (silence <= static_cast<size_t>(source_rate * 0.015)) return {std::move(audio), 0};
        warn(stem +
             filled(" begins with %.2f s of silence, which was cut", static_cast<double>(silence) / source_rate));
        drop_front(audio, silence);
        return {std::move(audio), silence};
    }

    static HeldPart held_part(const SoundFile& file, const Prepared& sound) {
        const auto released = release_start(sound.audio);
        HeldPart part{released.value_or(sound.audio.seconds()), released.has_value(), 0, 0};
        // The loop's frames are the file's, from before its rate was changed and its front was cut.
        const auto frame = [&](size_t of_file) {
            return static_cast<size_t>(std::lround(static_cast<double>(of_file) * source_rate / file.info.rate));
        };
        if (frame(file.info.loop_start) >= sound.cut && file.info.loop_end > file.info.loop_start) {
            part.loop_start = frame(file.info.loop_start) - sound.cut;
            part.loop_end = frame(file.info.loop_end) - sound.cut;
        }
        return part;
    }

    // A declared pitch is trusted for the note and corrected in its cents; what contradicts it is told.
    double measured(const SoundFile& file, const Audio& audio) {
        if (!file.declared) return file.pitch;
        const auto heard = detect_pitch(audio);
        if (!heard || heard->confidence < 0.5) return file.pitch;
        const double apart = heard->pitch - file.pitch;
        if (std::abs(apart) <= 0.6) return heard->pitch;
        warn(stem_of(file.path) + " is called " + pitch_name(static_cast<int>(std::lround(file.pitch))) +
             " and sounds like " + pitch_name(static_cast<int>(std::lround(std::clamp(heard->pitch, 0.0, 127.0)))) +
             (std::abs(std::abs(apart) - 12) < 0.6 ? " (another octave)" : ""));
        return file.pitch;
    }

    void warn(std::string text) {
        if (std::ranges::find(warnings_, text) == warnings_.end()) warnings_.push_back(std::move(text));
    }

    std::string path_;
    bool folder_;
    std::vector<SoundFile> files_;
    std::vector<std::string> warnings_;
};

} // namespace

std::unique_ptr<Source> open_sound_files(const std::string& file_or_folder) {
    return std::make_unique<FileSource>(file_or_folder);
}

} // namespace timbrel
