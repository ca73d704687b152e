// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/morph/plane_sources.h"

#include "common/note_name.h"
#include "common/units.h"
#include "models/audio/sources/transposition.h"
#include "models/morph/corner_note.h"
#include "models/morph/default_pitches.h"
#include "models/recipe/recipe.h"
#include "models/spectral/loudness.h"
#include "models/synthesis/pitch_loop.h"
#include "models/tensor/audio_tensor.h"
#include "models/tensor/parallel.h"
#include "models/tensor/stage_timer.h"
#include "models/torchscript/codec_source.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace timbrel::models {
namespace {

constexpr double least_tuning = .5; // cents

// The gain for a recording at another velocity: amplitude ∝ velocity², as in DLS (40 log(velocity / 127) dB).
double velocity_gain(int wanted, int recorded) { return std::pow(double(wanted) / recorded, 2); }

// Cents by which what was recorded is above the key that it is taken for.
double tuning_of(const audio::Recording& r) {
    const double recorded = r.pitch - r.transposed;
    return 100 * (recorded - std::round(recorded));
}

// Counts the partials from another fundamental, at most a half tone away; their frequencies stay.
void set_fundamental(NoteSpectrum& s, double f0) {
    const int have = s.partials.slots(), want = harmonic_slots(f0), both = std::min(have, want);
    for (double& ratio : s.partials.ratio) ratio *= s.f0 / f0;
    s.f0 = f0;
    if (have == want) return;
    auto table = harmonic_table(f0);
    const auto copy = [&](int from, int to) {
        table.ratio[to] = s.partials.ratio[from];
        table.active[to] = s.partials.active[from];
    };
    for (int n = 0; n < both; ++n) copy(n, n);
    for (int k = 0; k < subharmonic_slots; ++k) copy(have + k, want + k);
    for (int k = s.partials.first_free(); k < s.partials.size(); ++k)
        table.add_free(s.partials.ratio[k], s.partials.active[k]);
    const auto none = torch::zeros({s.frames(), 2, want - both}, s.partial.options());
    s.partial = torch::cat({s.partial.slice(2, 0, both), none, s.partial.slice(2, have)}, 2);
    s.channel_phase =
        torch::cat({s.channel_phase.slice(0, 0, both), torch::zeros({want - both}), s.channel_phase.slice(0, have)});
    s.partials = std::move(table);
}

void append_list(std::string& text, const char* what, const std::set<int>& values, std::string (*name)(int)) {
    if (values.empty()) return;
    if (!text.empty()) text += " and ";
    text += what;
    for (const int value : values) text.append(1, ' ').append(name(value));
}

} // namespace

std::string tuning_name(Tuning tuning) { return tuning == Tuning::key ? "key" : "as-recorded"; }

Tuning tuning_of_name(const std::string& name) {
    for (const Tuning tuning : {Tuning::key, Tuning::as_recorded})
        if (tuning_name(tuning) == name) return tuning;
    throw std::runtime_error("no such tuning: " + name);
}

std::vector<float> corner_weights(const PlaneRecipe& r, double column, double row) {
    const auto along = [&](double cell, int corners) {
        std::vector<double> weights(corners, 0.0);
        if (corners == 1) return std::vector<double>{1};
        const double position = cell / (r.grid - 1);
        const int first = std::clamp(int(position), 0, corners - 2);
        weights[first] = 1 - (position - first);
        weights[first + 1] = position - first;
        return weights;
    };
    const auto x = along(column, r.across), y = along(row, r.down);
    std::vector<float> weights;
    for (double b : y)
        for (double a : x) weights.push_back(float(a * b));
    return weights;
}

Tensor cell_weights(const PlaneRecipe& recipe) {
    std::vector<float> weights;
    for (int row = 0; row < recipe.rows(); ++row)
        for (int column = 0; column < recipe.columns(); ++column)
            for (float w : corner_weights(recipe, column, row)) weights.push_back(w);
    return to_tensor(weights).view({int64_t(recipe.rows()) * recipe.columns(), -1});
}

SourceList open_sources(const PlaneRecipe& recipe) {
    SourceList sources;
    for (const auto& spec : recipe.sources) sources.push_back(open_corner_source(spec));
    return sources;
}

PlaneRecipe with_pitches(PlaneRecipe recipe, const SourceList& sources) {
    if (!recipe.pitches.empty()) return recipe;
    std::vector<std::vector<int>> recorded;
    for (const auto& source : sources) recorded.push_back(source->recorded_pitches());
    recipe.pitches = default_pitches(recorded);
    return recipe;
}

HeldSources hold_sources(const PlaneRecipe& recipe, SourceList sources) {
    HeldSources held{with_pitches(recipe, sources), std::move(sources), {}};
    held.notes = listen_to_held_notes(held.recipe, held.sources);
    return held;
}

PlaneSources::PlaneSources(const PlaneRecipe& recipe, torch::Device device)
    : PlaneSources(recipe, open_sources(recipe), device) {}

PlaneSources::PlaneSources(const PlaneRecipe& recipe, SourceList sources, torch::Device device)
    : PlaneSources(hold_sources(recipe, std::move(sources)), device) {}

PlaneSources::PlaneSources(HeldSources held, torch::Device device)
    : recipe_(std::move(held.recipe)), options_(held.sources.size()), sources_(std::move(held.sources)),
      held_(std::move(held.notes)), names_(sources_.size()), warnings_(sources_.size()), missing_(sources_.size()) {
    const size_t pitches = recipe_.pitches.size(), velocities = recipe_.velocities.size();
    notes_.assign(pitches, std::vector(velocities, std::vector<CornerNote>(sources_.size())));
    gain_.assign(pitches, std::vector(velocities, std::vector(sources_.size(), 1.)));
    for (size_t c = 0; c < sources_.size(); ++c) {
        if (c < recipe_.sources.size()) options_[c] = split_source(recipe_.sources[c]);
        names_[c] = options_[c].name.empty() ? sources_[c]->name() : options_[c].name;
    }
    parallel_for(sources_.size(), [&](size_t c) { analyse_corner(c, device); });
    for (auto& layers : notes_) align_free_partials(layers);
    for (size_t c = 0; c < sources_.size(); ++c) normalise_corner(c);
    for (size_t p = 0; p < pitches; ++p)
        for (size_t v = 0; v < velocities; ++v) {
            limit_loudness_interaction(p, v);
            apply_gains(p, v);
        }
}

double PlaneSources::tuning(size_t c) const { return semitones_to_ratio(options_[c].tune / 100); }

audio::Recording PlaneSources::recording(size_t c, size_t p, size_t v) const {
    const StageTimer timer(Stage::record);
    const double tuning = this->tuning(c);
    auto r = audio::note_at_key(*sources_[c], recipe_.pitches[p], recipe_.velocities[v],
                                (double(hops(p)) / frames_per_second + morph_recipe().hold_margin) * tuning,
                                recipe_.release * tuning);
    if (tuning == 1) return r;
    r.audio.rate *= tuning;
    r.audio = audio::resampled(r.audio, audio::source_rate);
    r.hold /= tuning;
    return r;
}

void PlaneSources::analyse_corner(size_t c, torch::Device device) {
    const torch::NoGradGuard no_grad;
    const StageTimer timer(Stage::analyse);
    const size_t hardest = recipe_.velocities.size() - 1;
    for (size_t p = 0; p < recipe_.pitches.size(); ++p)
        for (size_t v = hardest + 1; v-- > 0;) { // the hardest first, because its free partials are the others', too
            const auto r = recording(c, p, v);
            missing_[c].add(recipe_.pitches[p], recipe_.velocities[v], r);
            const auto x = to_stereo_tensor(r.audio);
            auto& note = notes_[p][v][c];
            note = make_corner_note(x * velocity_gain(recipe_.velocities[v], r.velocity),
                                    note_to_hertz(r.pitch) * tuning(c), f0(p) * tuning(c), hops(p), device,
                                    v < hardest ? &notes_[p][hardest][c] : nullptr);
            note.decay = held_.decay[c][p];
            if (tuning(c) != 1) set_fundamental(note.spectrum, f0(p));
            note.release = r.hold + morph_recipe().min_release_part < r.audio.seconds()
                               ? release_time(note.spectrum, r.hold)
                               : morph_recipe().default_release;
            // Transposing and tuning change the speed of what the pitch does, too.
            note.pitch = at_pace(std::move(note.pitch), semitones_to_ratio(r.transposed) * tuning(c));
            note.tuning += tuning_of(r);
        }
    warnings_[c] = sources_[c]->warnings();
    // Velocity layers crossfade too, so they share the partials' frequencies and phases of the hardest.
    for (auto& layers : notes_)
        for (auto& corners : layers) {
            corners[c].spectrum.partials = layers[hardest][c].spectrum.partials;
            corners[c].spectrum.channel_phase = layers[hardest][c].spectrum.channel_phase;
        }
}

void PlaneSources::normalise_corner(size_t c) {
    double sum = 0;
    for (const auto& layers : notes_) sum += loudness_track(layers.back()[c].spectrum).max().item<double>();
    const double db = morph_recipe().target_loudness - sum / double(notes_.size());
    const double gain =
        db_to_amplitude(std::clamp(db, -morph_recipe().max_corner_gain, morph_recipe().max_corner_gain));
    for (size_t p = 0; p < notes_.size(); ++p)
        for (size_t v = 0; v < notes_[p].size(); ++v) scale_note(p, v, c, gain);
}

// Limits the interaction of the loudness of four corners: the sum over one diagonal less the sum over the other. The
// larger it is, the farther is the middle from the lines between opposite corners. All four corners change equally.
void PlaneSources::limit_loudness_interaction(size_t p, size_t v) {
    std::vector<double> db;
    for (const auto& corner : notes_[p][v])
        db.push_back(max_momentary_loudness(loudness_track(corner.spectrum).unsqueeze(0)).item<double>());
    for (int y = 0; y + 1 < recipe_.down; ++y)
        for (int x = 0; x + 1 < recipe_.across; ++x) {
            const size_t nw = size_t(y * recipe_.across + x), sw = nw + size_t(recipe_.across);
            if (std::ranges::any_of(std::array{nw, nw + 1, sw, sw + 1},
                                    [&](size_t c) { return db[c] < morph_recipe().silent_level; }))
                continue;
            const double interaction = db[nw] - db[nw + 1] - db[sw] + db[sw + 1];
            const double limit = morph_recipe().max_loudness_interaction;
            const double excess = interaction - std::clamp(interaction, -limit, limit);
            for (const auto& [corner, sign] : {std::pair{nw, -1}, {nw + 1, 1}, {sw, 1}, {sw + 1, -1}}) {
                db[corner] += sign * excess / 4;
                scale_note(p, v, corner, std::pow(10, sign * excess / 80));
            }
        }
}

// After the corners are equally loud: a gain is meant as a difference to the others.
void PlaneSources::apply_gains(size_t p, size_t v) {
    for (size_t c = 0; c < options_.size(); ++c)
        if (options_[c].gain != 0) scale_note(p, v, c, db_to_amplitude(options_[c].gain));
}

void PlaneSources::scale_note(size_t p, size_t v, size_t c, double gain) {
    gain_[p][v][c] *= gain;
    models::apply_gain(notes_[p][v][c], gain);
}

nlohmann::json PlaneSources::provenance() const {
    auto list = nlohmann::json::array();
    for (const auto& s : sources_) list.push_back(s->provenance());
    return list;
}

void PlaneSources::MissingNotes::add(int pitch, int velocity, const audio::Recording& nearest) {
    if (nearest.repeated > 0) {
        char text[64];
        std::snprintf(text, sizeof text, " lasts %.1f s, so its steady part was repeated", nearest.repeated);
        repeated.insert(nearest.name + text);
    }
    if (nearest.exact) return;
    if (nearest.transposed != 0)
        transposed.insert(pitch);
    else if (std::lround(nearest.pitch) != pitch)
        pitches.insert(pitch);
    if (nearest.velocity != velocity) velocities.insert(velocity);
}

std::vector<std::string> PlaneSources::MissingNotes::descriptions() const {
    std::vector<std::string> all;
    std::string text;
    append_list(text, "the notes", transposed, note_name);
    if (!text.empty()) all.push_back("transposed from the nearest recordings: " + text);
    text.clear();
    append_list(text, "the notes", pitches, note_name);
    append_list(text, "the velocities", velocities, [](int velocity) { return std::to_string(velocity); });
    if (!text.empty()) all.push_back("made from the nearest recordings: " + text);
    return all;
}

std::vector<std::string> PlaneSources::warnings() const {
    std::vector<std::string> all;
    for (size_t c = 0; c < sources_.size(); ++c)
        for (auto& warning : warnings(c)) all.push_back(std::move(warning));
    return all;
}

std::vector<std::string> PlaneSources::warnings(size_t c) const {
    auto all = warnings_[c];
    all.insert(all.end(), missing_[c].repeated.begin(), missing_[c].repeated.end());
    for (const auto& notes : missing_[c].descriptions()) all.push_back(names_[c] + ": " + notes);
    return all;
}

std::vector<float> PlaneSources::pitch_track(size_t c, size_t p, size_t v, const LoopRange& loop) const {
    const CornerNote& note = notes_[p][v][c];
    auto track = close_pitch(note.pitch.rest, loop);
    if (recipe_.tuning == Tuning::key || std::abs(note.tuning) < least_tuning) return track;
    track.resize(size_t(loop.end + 1));
    for (float& cents : track) cents += float(note.tuning);
    return track;
}

OscillatorPlan PlaneSources::plan(size_t p) const { return plan_oscillators(notes_[p], f0(p), held_.lengths[p]); }

double PlaneSources::f0(size_t p) const { return note_to_hertz(recipe_.pitches[p]); }

NoteSetting PlaneSources::setting(size_t p, size_t v) const {
    return {f0(p), double(recipe_.velocities[v]), recipe_.network_amount, 0};
}

Tensor PlaneSources::original(size_t c, size_t p, size_t v) const {
    const auto r = recording(c, p, v);
    return to_stereo_tensor(r.audio) * (gain_[p][v][c] * velocity_gain(recipe_.velocities[v], r.velocity));
}

} // namespace timbrel::models
