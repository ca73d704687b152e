#include "common/file_hash.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/sources/note_name.h"
#include "models/audio/sources/phrase_segmentation.h"
#include "models/audio/sources/recording_check.h"
#include "models/audio/sources/source.h"
#include "models/audio/sources/sustain.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <tuple>

namespace timbrel::audio {
namespace {

namespace fs = std::filesystem;

constexpr int usual_velocity = 100;      // of a recording that does not tell its own
constexpr double full_rate = 40000;      // frames per second; below it the highest sounds are missing
constexpr double mistaken_rate = 1.4668; // semitones by which 44.1 kHz called 48 kHz sounds too high

struct SoundFile {
    std::string path;
    AudioInfo info;
};

struct Note {
    double pitch; // as declared, else as detected
    std::optional<int> velocity;
    bool declared;
    std::optional<PhraseNote> part; // of its file; all of it if there is none
    size_t file = 0;
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
        const auto distance = [&](const Note& note) {
            return std::tuple(std::abs(std::lround(note.pitch) - pitch),
                              std::abs(note.velocity.value_or(usual_velocity) - velocity));
        };
        const Note& note = *std::ranges::min_element(notes_, {}, distance);
        Prepared sound = prepared(files_[note.file]);
        if (note.part) sound.audio = excerpt(sound.audio, *note.part);
        Recording recording;
        recording.pitch = measured(note, sound.audio);
        recording.velocity = note.velocity.value_or(usual_velocity);
        recording.name = name_of(note);
        recording.exact = distance(note) == std::tuple(0, 0);
        Held held = held_for(sound.audio, held_part(note, sound), hold_seconds);
        if (held.repeated)
            warn(recording.name + filled(" lasts %.1f s, so its steady part was repeated", sound.audio.seconds()));
        recording.audio = std::move(held.audio);
        recording.hold = held.hold;
        return recording;
    }

    std::vector<std::string> warnings() const override { return warnings_; }

  private:
    void add(const std::string& path) {
        const SoundFile file{path, read_audio_info(path)};
        const NoteName written = parse_note_name(stem_of(path));
        if (written.pitch)
            put(file, {static_cast<double>(*written.pitch), written.velocity, true, {}});
        else if (file.info.has_instrument)
            put(file, {file.info.unity_note, written.velocity, true, {}});
        else
            listen(file, written.velocity);
    }

    // A file whose pitch nothing tells: one note, or a phrase of several.
    void listen(const SoundFile& file, std::optional<int> velocity) {
        const Audio audio = prepared(file).audio;
        const std::string stem = stem_of(file.path);
        const std::vector<PhraseNote> phrase = notes_in(audio);
        if (is_phrase(phrase)) {
            std::string list;
            for (const PhraseNote& part : best_notes(phrase)) {
                put(file, {part.pitch, velocity, false, part});
                list += " ";
                list += pitch_name(static_cast<int>(std::lround(part.pitch)));
            }
            warn(stem + " was taken for a phrase; used of its " + std::to_string(phrase.size()) + " notes:" + list);
            return;
        }
        const auto heard = detect_pitch(audio);
        if (!heard)
            throw AudioError(file.path +
                             ": no pitch can be heard in it and its name tells none; put one into the name, as in " +
                             stem + "_C4" + fs::path(file.path).extension().string());
        put(file, {heard->pitch, velocity, false, {}});
        if (heard->confidence < 0.5)
            warn(stem + " was taken for " + pitch_name(static_cast<int>(std::lround(heard->pitch))) +
                 " with doubt; put the note into its name if that is wrong");
    }

    // Not one note with a slip: no part of a phrase has most of its sound.
    static bool is_phrase(const std::vector<PhraseNote>& notes) {
        size_t all = 0, longest = 0;
        for (const PhraseNote& note : notes) {
            all += note.end - note.start;
            longest = std::max(longest, note.end - note.start);
        }
        return notes.size() > 1 && best_notes(notes).size() > 1 && 10 * longest < 6 * all;
    }

    void put(const SoundFile& file, Note note) {
        if (files_.empty() || files_.back().path != file.path) files_.push_back(file);
        note.file = files_.size() - 1;
        note.pitch = std::clamp(note.pitch, 0.0, 127.0);
        notes_.push_back(std::move(note));
    }

    std::string name_of(const Note& note) const {
        const std::string stem = stem_of(files_[note.file].path);
        return note.part ? stem + " (" + pitch_name(static_cast<int>(std::lround(note.pitch))) + ")" : stem;
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
        if (audio.rate < full_rate)
            warn(stem + filled(" has a low rate, so nothing above %.0f Hz sounds", audio.rate / 2));
        remove_offset(audio, condition);
        audio = resampled(audio, source_rate);
        const size_t silence = leading_silence(audio);
        if (silence <= static_cast<size_t>(source_rate * 0.015)) return {std::move(audio), 0};
        if (silence > static_cast<size_t>(source_rate * 0.1))
            warn(stem +
                 filled(" begins with %.2f s of silence, which was cut", static_cast<double>(silence) / source_rate));
        drop_front(audio, silence);
        return {std::move(audio), silence};
    }

    HeldPart held_part(const Note& note, const Prepared& sound) const {
        const auto released = release_start(sound.audio);
        HeldPart part{released.value_or(sound.audio.seconds()), released.has_value(), 0, 0};
        const AudioInfo& info = files_[note.file].info;
        if (note.part) return part;
        // The loop's frames are the file's, from before its rate was changed and its front was cut.
        const auto frame = [&](size_t of_file) {
            return static_cast<size_t>(std::lround(static_cast<double>(of_file) * source_rate / info.rate));
        };
        if (frame(info.loop_start) >= sound.cut && info.loop_end > info.loop_start) {
            part.loop_start = frame(info.loop_start) - sound.cut;
            part.loop_end = frame(info.loop_end) - sound.cut;
        }
        return part;
    }

    // A declared pitch is trusted for the note and corrected in its cents; what contradicts it is told.
    double measured(const Note& note, const Audio& audio) {
        const auto heard = detect_pitch(audio);
        if (!note.declared || !heard || heard->confidence < 0.5) return note.pitch;
        const double apart = heard->pitch - note.pitch;
        if (std::abs(apart) <= 0.6) return heard->pitch;
        warn(name_of(note) + " is called " + pitch_name(static_cast<int>(std::lround(note.pitch))) +
             " and sounds like " + pitch_name(static_cast<int>(std::lround(std::clamp(heard->pitch, 0.0, 127.0)))) +
             doubt_about(apart));
        return note.pitch;
    }

    // What semitones between a note's name and its sound may come from.
    static std::string doubt_about(double apart) {
        if (std::abs(std::abs(apart) - 12) < 0.6) return " (another octave)";
        if (std::abs(apart - mistaken_rate) < 0.15) return " (its rate may be 44100 Hz, whatever the file says)";
        if (std::abs(apart + mistaken_rate) < 0.15) return " (its rate may be 48000 Hz, whatever the file says)";
        return "";
    }

    void warn(std::string text) {
        if (std::ranges::find(warnings_, text) == warnings_.end()) warnings_.push_back(std::move(text));
    }

    std::string path_;
    bool folder_;
    std::vector<SoundFile> files_; // those that notes are taken from
    std::vector<Note> notes_;
    std::vector<std::string> warnings_;
};

} // namespace

std::unique_ptr<Source> open_sound_files(const std::string& file_or_folder) {
    return std::make_unique<FileSource>(file_or_folder);
}

} // namespace timbrel::audio
