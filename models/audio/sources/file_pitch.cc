// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/sources/file_pitch.h"

#include "common/note_name.h"

#include <algorithm>
#include <cmath>

namespace timbrel::audio {
namespace {

using Kind = ParsedNoteName::Kind;

constexpr double tolerance = 0.6;                 // semitones between label and sound
constexpr double unknown_note = 0, middle_c = 60; // what tools write that know no note
constexpr double rate_mistake_semitones = 1.4668; // by which 44.1 kHz played at 48 kHz is too high

bool agree(double a, double b) { return std::abs(a - b) <= tolerance; }

// Whether a deviation is one or two octaves, as detection may err.
bool is_octave(double semitones) { return agree(std::abs(semitones), 12) || agree(std::abs(semitones), 24); }

std::string name_of(double pitch) { return note_name(static_cast<int>(std::lround(std::clamp(pitch, 0.0, 127.0)))); }

// Of the files of this kind whose pitch is estimated with certainty: their number, and the fraction whose sound is
// `semitones` above their name.
struct Agreement {
    size_t files = 0;
    double fraction = 0;
};

Agreement agreement(std::span<const PitchEvidence> files, Kind kind, double semitones) {
    Agreement found;
    size_t agreeing = 0;
    for (const PitchEvidence& file : files) {
        if (file.name.kind != kind || !file.estimated) continue;
        ++found.files;
        agreeing += agree(*file.estimated, *file.name.pitch + semitones);
    }
    if (found.files > 0) found.fraction = static_cast<double>(agreeing) / static_cast<double>(found.files);
    return found;
}

// Semitones to add to the notes in the names.
int octave_shift(std::span<const PitchEvidence> files, const std::string& folder, std::vector<std::string>& warnings) {
    constexpr double nearly_all = 0.9;
    for (const int shift : {12, -12}) {
        const Agreement found = agreement(files, Kind::note, shift);
        if (found.files < 2 || found.fraction < nearly_all) continue;
        warnings.push_back(folder + ": the sounds are an octave " + (shift > 0 ? "above" : "below") +
                           " the notes in the names, so middle C is taken for " + (shift > 0 ? "C3" : "C5") +
                           "; --octaves scientific takes C4");
        return shift;
    }
    return 0;
}

class PitchDecision {
  public:
    PitchDecision(std::span<const PitchEvidence> files, OctaveNaming octaves, const std::string& folder) {
        shift_ = octaves == OctaveNaming::yamaha ? 12 : 0;
        if (octaves == OctaveNaming::automatic && !folder.empty())
            shift_ = octave_shift(files, folder, result_.warnings);
        headers_differ_ = std::ranges::any_of(files, [](const PitchEvidence& file) {
            return file.stored && *file.stored != unknown_note && *file.stored != middle_c;
        });
        const Agreement numbers = agreement(files, Kind::number, 0);
        numbers_are_keys_ = !folder.empty() && numbers.files >= 2 && numbers.fraction > 0.5;
        for (const PitchEvidence& file : files) result_.files.push_back(decide(file));
    }
    FilePitches take() { return std::move(result_); }

  private:
    FilePitch decide(const PitchEvidence& file) {
        const auto [label, from_name] = label_of(file);
        if (!label) return {};
        const bool unset = !from_name && is_unset(*label);
        const bool contradicted = file.name.kind != Kind::nsynth && file.estimated && !agree(*file.estimated, *label) &&
                                  (unset || !is_octave(*file.estimated - *label));
        if (!contradicted && *label == unknown_note && unset) return {};
        if (!contradicted) return {label, true};
        result_.warnings.push_back(file.stem + (from_name ? " is called " : " is labelled ") + name_of(*label) +
                                   " and sounds like " + name_of(*file.estimated) +
                                   explain_deviation(*file.estimated - *label) + ", which is taken");
        return {file.estimated, false};
    }

    // The pitch that name or header give, and whether it is the name's.
    std::pair<std::optional<double>, bool> label_of(const PitchEvidence& file) const {
        const auto& name = file.name;
        if (name.pitch && is_key(file)) return {*name.pitch + (name.kind == Kind::note ? shift_ : 0), true};
        return {file.stored, false};
    }

    // Whether a note of a header may mean that its tool knew none. Middle C is one where other headers have notes.
    bool is_unset(double stored) const { return stored == unknown_note || (stored == middle_c && !headers_differ_); }

    bool is_key(const PitchEvidence& file) const {
        if (file.name.kind != Kind::number) return true;
        return numbers_are_keys_ || (file.estimated && agree(*file.estimated, *file.name.pitch));
    }

    FilePitches result_;
    int shift_ = 0;
    bool numbers_are_keys_ = false, headers_differ_ = false;
};

} // namespace

FilePitches decide_pitches(std::span<const PitchEvidence> files, OctaveNaming octaves, const std::string& folder) {
    return PitchDecision(files, octaves, folder).take();
}

std::string explain_deviation(double semitones) {
    if (agree(std::abs(semitones), 12)) return " (another octave)";
    if (std::abs(semitones - rate_mistake_semitones) < 0.15)
        return " (its rate may be 44100 Hz, whatever the file says)";
    if (std::abs(semitones + rate_mistake_semitones) < 0.15)
        return " (its rate may be 48000 Hz, whatever the file says)";
    return "";
}

} // namespace timbrel::audio
