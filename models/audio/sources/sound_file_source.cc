// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/file_hash.h"
#include "common/foreign_text.h"
#include "common/note_name.h"
#include "common/progress.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/io/audio_stream.h"
#include "models/audio/sources/file_pitch.h"
#include "models/audio/sources/file_search.h"
#include "models/audio/sources/parse_note_name.h"
#include "models/audio/sources/phrase_segmentation.h"
#include "models/audio/sources/recording_check.h"
#include "models/audio/sources/source.h"
#include "models/audio/sources/sustain.h"
#include "models/audio/sources/warning_list.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <set>
#include <tuple>

namespace timbrel::audio {
namespace {

namespace fs = std::filesystem;

constexpr int default_velocity = 100;      // if the file name has none
constexpr double lowest_full_rate = 40000; // Hz; lower rates lack audible high frequencies
constexpr double unpitched_key = 60;       // where a sound without a pitch is as recorded
constexpr float quietest_unpitched = 1e-3f;
constexpr double shortest_unpitched = 0.02; // seconds
constexpr double shortest_release = 0.1;    // seconds after a loop
constexpr double shortest_sound = 0.001;    // seconds that can be used
constexpr double shortest_recording = 0.1;  // seconds, with silence after the sound: what analysis needs
constexpr double estimated_seconds = 4;     // of a file, for an estimate of its pitch

struct SoundFile {
    std::string path;
    AudioInfo info;
};

struct Note {
    double pitch; // as declared, else as detected
    std::optional<int> velocity;
    bool declared;
    std::optional<PhraseNote> phrase_note; // the part of the file; the whole file if there is none
    size_t file = 0;
};

std::string stem_of(const std::string& path) { return fs::path(path).stem().string(); }

void pad_end(Audio& audio, size_t frames) {
    audio.left.resize(std::max(audio.frames(), frames));
    audio.right.resize(audio.left.size());
}

class FileSource final : public Source {
  public:
    FileSource(const std::string& path, OctaveNaming octaves) : path_(path), is_folder_(fs::is_directory(path)) {
        std::vector<SoundFile> files;
        std::vector<PitchEvidence> evidence;
        const std::vector<std::string> paths = is_folder_ ? files_in(path) : std::vector{path};
        Progress progress("analysing " + printable(name()), 2 * paths.size());
        for (const std::string& file : paths) {
            size_t steps = 2; // a file that is left out has no second step
            try_file([&] {
                const SoundFile opened{file, read_audio_info(file)};
                evidence.push_back(evidence_of(opened));
                files.push_back(opened);
                steps = 1;
            });
            progress.step(steps);
        }
        const FilePitches decided = decide_pitches(evidence, octaves, is_folder_ ? path : std::string());
        for (const std::string& warning : decided.warnings) warnings_.add(warning);
        for (size_t i = 0; i < files.size(); ++i) {
            try_file([&] { add(files[i], decided.files[i], evidence[i].name.velocity); });
            progress.step();
        }
        if (files_.empty())
            throw AudioError(path + ": holds no sound files" +
                             (first_error_.empty() ? "" : "; the first error: " + first_error_));
    }

    std::string name() const override {
        const fs::path path = fs::path(path_).lexically_normal();
        return is_folder_ ? (path.has_filename() ? path : path.parent_path()).filename().string()
                          : path.stem().string();
    }

    nlohmann::json provenance() const override {
        nlohmann::json origin = {{"type", is_folder_ ? "folder" : "file"}, {"name", name()}};
        origin["file"] = is_folder_ ? name() : fs::path(path_).filename().string();
        std::string hashes;
        for (const SoundFile& file : files_) {
            hashes += hash_of_file(file.path);
            if (!file.info.licence.empty()) origin["licence"] = file.info.licence;
            if (!file.info.comment.empty()) origin["comment"] = file.info.comment;
        }
        origin["hash"] = is_folder_ ? hash_of_text(hashes) : hashes;
        if (is_folder_) origin["files"] = files_.size();
        return origin;
    }

    Recording note(int pitch, int velocity, double hold_seconds, double) override {
        const auto distance = [&](const Note& note) {
            return std::tuple(std::abs(std::lround(note.pitch) - pitch),
                              std::abs(note.velocity.value_or(default_velocity) - velocity));
        };
        const Note& note = *std::ranges::min_element(notes_, {}, distance);
        Prepared sound = prepare(files_[note.file]);
        if (note.phrase_note) sound.audio = extract_note(sound.audio, *note.phrase_note);
        Recording recording;
        recording.pitch = measured_pitch(note, sound.audio);
        recording.velocity = note.velocity.value_or(default_velocity);
        recording.name = name_of(note);
        recording.exact = distance(note) == std::tuple(0, 0);
        SustainedNote sustained = sustain_note(sound.audio, sustain_region(note, sound), hold_seconds);
        if (sustained.looped) recording.repeated = sound.audio.seconds();
        recording.audio = std::move(sustained.audio);
        pad_end(recording.audio, source_frames(shortest_recording));
        recording.hold = sustained.hold;
        return recording;
    }

    std::vector<int> recorded_pitches() const override {
        std::set<int> keys;
        for (const Note& note : notes_) keys.insert(static_cast<int>(std::lround(note.pitch)));
        return {keys.begin(), keys.end()};
    }

    std::vector<std::string> warnings() const override { return warnings_.texts(); }

  private:
    // Leaves a file of a folder out, with a warning, where the action throws.
    void try_file(const std::function<void()>& action) {
        if (!is_folder_) return action();
        try {
            action();
        } catch (const AudioError& error) {
            warnings_.add(error.what());
            if (first_error_.empty()) first_error_ = error.what();
        }
    }

    // The pitch of a file without any label is estimated later, from the whole sound.
    static PitchEvidence evidence_of(const SoundFile& file) {
        PitchEvidence evidence{stem_of(file.path), parse_note_name(stem_of(file.path)), {}, {}};
        if (file.info.has_instrument) evidence.stored = file.info.unity_note;
        if (evidence.name.kind == ParsedNoteName::Kind::nsynth || (!evidence.name.pitch && !evidence.stored))
            return evidence;
        if (const auto estimate = detect_pitch(read_start(file.path, estimated_seconds));
            estimate && estimate->certain())
            evidence.estimated = estimate->pitch;
        return evidence;
    }

    void add(const SoundFile& file, const FilePitch& decided, std::optional<int> velocity) {
        if (decided.pitch)
            add_note(file, {*decided.pitch, velocity, decided.declared, {}});
        else
            add_by_sound(file, velocity);
    }

    // Adds a file without a declared pitch: one note, or a phrase of several.
    void add_by_sound(const SoundFile& file, std::optional<int> velocity) {
        const Audio audio = prepare(file).audio;
        const std::string stem = stem_of(file.path);
        const std::vector<PhraseNote> phrase = segment_phrase(audio);
        if (is_phrase(phrase)) {
            std::string list;
            for (const PhraseNote& phrase_note : best_note_per_semitone(phrase)) {
                add_note(file, {phrase_note.pitch, velocity, false, phrase_note});
                list += " ";
                list += note_name(static_cast<int>(std::lround(phrase_note.pitch)));
            }
            warnings_.add(stem + " is treated as a phrase; used of its " + std::to_string(phrase.size()) +
                          " notes:" + list);
            return;
        }
        const auto estimate = detect_pitch(audio);
        if (!estimate) return add_unpitched(file, velocity, audio);
        const bool clear = estimate->has_low_partials();
        const double pitch = clear ? estimate->pitch : strongest_partial(audio).value_or(estimate->pitch);
        add_note(file, {pitch, velocity, false, {}});
        if (!clear)
            warnings_.add(stem + " has no clear pitch; its strongest partial is " +
                          note_name(static_cast<int>(std::lround(pitch))) +
                          ", which is taken; if it has another, add the note to the file's name");
        else if (estimate->confidence < 0.5)
            warnings_.add(stem + ": the detected pitch " + note_name(static_cast<int>(std::lround(estimate->pitch))) +
                          " is uncertain; if it is wrong, add the note to the file's name");
    }

    // Adds a drum or a noise: it sounds as recorded on one key. In a folder it would hide the notes, so it is left out.
    void add_unpitched(const SoundFile& file, std::optional<int> velocity, const Audio& audio) {
        const std::string named = stem_of(file.path) + "_C4" + fs::path(file.path).extension().string();
        const auto audible = [](float sample) { return std::abs(sample) >= quietest_unpitched; };
        const bool silent = std::ranges::none_of(audio.left, audible) && std::ranges::none_of(audio.right, audible);
        if (is_folder_ || silent || audio.seconds() < shortest_unpitched)
            throw AudioError(file.path +
                             ": no pitch was detected and its name contains none; add one to the name, as in " + named);
        add_note(file, {unpitched_key, velocity, false, {}});
        warnings_.add(stem_of(file.path) +
                      ": no pitch was detected, so it sounds as recorded on C4; if it has a pitch, add it to the name, "
                      "as in " +
                      named);
    }

    void add_note(const SoundFile& file, Note note) {
        if (files_.empty() || files_.back().path != file.path) files_.push_back(file);
        note.file = files_.size() - 1;
        note.pitch = std::clamp(note.pitch, 0.0, 127.0);
        notes_.push_back(std::move(note));
    }

    std::string name_of(const Note& note) const {
        const std::string stem = stem_of(files_[note.file].path);
        return note.phrase_note ? stem + " (" + note_name(static_cast<int>(std::lround(note.pitch))) + ")" : stem;
    }

    struct Prepared {
        Audio audio;    // at source_rate, starting with the note
        size_t trimmed; // frames removed from its start
    };

    Prepared prepare(const SoundFile& file) {
        Audio audio = read_audio(file.path);
        const std::string stem = stem_of(file.path);
        if (const std::string damage = damage_warning(file.info, audio.seconds()); !damage.empty())
            warnings_.add(stem + " " + damage);
        const RecordingCheck check = check_recording(audio);
        for (const std::string& problem : describe_problems(check)) warnings_.add(stem + " " + problem);
        if (audio.rate < lowest_full_rate)
            warnings_.add(stem + format_value(" has a low rate, so nothing above %.0f Hz sounds", audio.rate / 2));
        if (audio.seconds() < shortest_sound)
            throw AudioError(file.path + format_value(": is too short: it lasts %.2f ms", 1000 * audio.seconds()));
        remove_dc_offset(audio, check);
        audio = resampled(audio, source_rate);
        const size_t silence = leading_silence(audio);
        if (silence <= static_cast<size_t>(source_rate * 0.015)) return {std::move(audio), 0};
        if (silence > static_cast<size_t>(source_rate * 0.1))
            warnings_.add(stem + format_value(" begins with %.2f s of silence, which was cut",
                                              static_cast<double>(silence) / source_rate));
        trim_start(audio, silence);
        return {std::move(audio), silence};
    }

    // A loop in the file rules: the note is held there, and what follows it is the release, whatever its level does.
    SustainRegion sustain_region(const Note& note, const Prepared& sound) const {
        const AudioInfo& info = files_[note.file].info;
        // The file's loop points count frames before resampling and trimming.
        const auto to_source_frame = [&](size_t file_frame) {
            return static_cast<size_t>(std::lround(static_cast<double>(file_frame) * source_rate / info.rate));
        };
        if (const size_t file_start = to_source_frame(info.loop_start);
            !note.phrase_note && info.loop_end > info.loop_start && file_start >= sound.trimmed) {
            const size_t start = file_start - sound.trimmed, end = to_source_frame(info.loop_end) - sound.trimmed;
            const double seconds = static_cast<double>(end) / source_rate;
            if (is_sustain_loop(sound.audio, start, end))
                return {seconds, sound.audio.seconds() > seconds + shortest_release, start, end};
        }
        const auto release = release_start(sound.audio);
        return {release.value_or(sound.audio.seconds()), release.has_value(), 0, 0};
    }

    // The measured pitch if it is within 0.6 semitones of the declared one; otherwise the declared pitch, with a
    // warning.
    double measured_pitch(const Note& note, const Audio& audio) {
        const auto estimate = detect_pitch(audio);
        if (!note.declared || !estimate || estimate->confidence < 0.5) return note.pitch;
        const double deviation = estimate->pitch - note.pitch;
        if (std::abs(deviation) <= 0.6) return estimate->pitch;
        warnings_.add(name_of(note) + " is called " + note_name(static_cast<int>(std::lround(note.pitch))) +
                      " and sounds like " +
                      note_name(static_cast<int>(std::lround(std::clamp(estimate->pitch, 0.0, 127.0)))) +
                      explain_deviation(deviation));
        return note.pitch;
    }

    std::string path_;
    bool is_folder_;
    std::vector<SoundFile> files_; // that notes_ refers to
    std::vector<Note> notes_;
    WarningList warnings_;
    std::string first_error_; // of a file that was left out
};

} // namespace

std::unique_ptr<Source> open_sound_files(const std::string& file_or_folder, OctaveNaming octaves) {
    return std::make_unique<FileSource>(file_or_folder, octaves);
}

} // namespace timbrel::audio
