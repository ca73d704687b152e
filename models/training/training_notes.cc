// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/training_notes.h"

#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/sources/recording_check.h"
#include "models/recipe/recipe.h"
#include "models/tensor/audio_tensor.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace timbrel::models {
namespace {

// Of the detected pitch to the key's.
constexpr std::array accepted_ratios{.25, .5, 1., 2., 3., 4.};

std::array<int, 3> velocities() {
    const auto& r = training_recipe();
    return {int(r.soft_velocity), int(r.default_velocity), int(r.hard_velocity)};
}

std::array<TrainingNote, 3> coupled_notes() {
    const auto velocity = int(training_recipe().default_velocity);
    return {TrainingNote{57, velocity, 24, 1.f}, TrainingNote{65, velocity, 12, .5f},
            TrainingNote{89, velocity, 24, 2.f}};
}

std::vector<int> pitches_of(const CorpusInstrument& instrument) {
    const bool bass = instrument.family == "bass";
    std::vector<int> pitches;
    const auto& r = training_recipe();
    const auto first = int(bass ? r.lowest_bass_pitch : r.lowest_pitch);
    const auto last = int(bass ? r.highest_bass_pitch : r.highest_pitch);
    for (int p = first; p <= last; p += int(r.pitch_step)) pitches.push_back(p);
    return pitches;
}

Tensor render(audio::Source& source, int pitch, int velocity, double hold, double release) {
    return padded_sound(source.note(pitch, velocity, hold, release).audio, hold + release);
}

bool matches_key(double detected_pitch, int key) {
    return std::ranges::any_of(accepted_ratios, [&](double ratio) {
        return std::abs(detected_pitch - ratio_to_semitones(ratio) - key) < training_recipe().pitch_tolerance;
    });
}

} // namespace

Tensor padded_sound(const audio::Audio& audio, double seconds) {
    const auto x = to_stereo_tensor(audio);
    return torch::constant_pad_nd(x, {0, std::lround(seconds * model_rate) - x.size(1)});
}

float audible_peak() { return float(training_recipe().audible_peak); }

std::vector<TrainingNote> training_notes(const CorpusInstrument& instrument) {
    const auto pitches = pitches_of(instrument);
    std::vector<TrainingNote> notes;
    for (size_t p = 0; p < pitches.size(); ++p)
        for (const int v : velocities())
            if (v == training_recipe().default_velocity || p % 2 == 0) notes.push_back({pitches[p], v});
    for (const auto& coupled : coupled_notes())
        if (std::ranges::find(pitches, coupled.pitch) != pitches.end()) notes.push_back(coupled);
    return notes;
}

std::vector<TrainingNote> evaluation_notes(const CorpusInstrument& instrument, int count) {
    const auto pitches = pitches_of(instrument);
    std::vector<TrainingNote> notes;
    for (size_t k = 0; k < size_t(count); ++k)
        notes.push_back({pitches[k * pitches.size() / size_t(count)], velocities()[k % velocities().size()]});
    return notes;
}

Tensor render_note(audio::Source& source, const TrainingNote& note, double hold, double release) {
    const auto x = render(source, note.pitch, note.velocity, hold, release);
    if (note.coupled_interval == 0) return x;
    return x + note.coupled_gain * render(source, note.pitch - note.coupled_interval, note.velocity, hold, release);
}

std::unique_ptr<audio::Source> open_pitched_source(const CorpusInstrument& instrument) {
    auto source = audio::open_source(instrument.spec);
    int pitched = 0;
    for (const auto& note : evaluation_notes(instrument, int(training_recipe().pitch_check_notes))) {
        const auto audio =
            source->note(note.pitch, int(training_recipe().default_velocity), training_recipe().pitch_check_seconds, 0)
                .audio;
        const auto detected = audio::detect_pitch(audio);
        pitched += audio::check_recording(audio).peak >= audible_peak() && detected &&
                   detected->confidence > training_recipe().required_confidence &&
                   matches_key(detected->pitch, note.pitch);
    }
    if (pitched <= training_recipe().pitch_check_notes / 2)
        throw audio::AudioError("silent, or not of the pitch of its keys");
    return source;
}

} // namespace timbrel::models
