#include "models/morph/plane_sources.h"

#include "models/audio/analysis/detect_pitch.h"
#include "models/morph/corner_note.h"
#include "models/spectral/loudness.h"
#include "models/tensor/parallel.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr double loudness = -20;    // dB (BS.1770 weighting) of a corner's hardest notes at their loudest, on average
constexpr double largest_twist = 2; // dB
constexpr double silent = -70;      // dB
constexpr double margin = .1;       // seconds held beyond the note's end, for the analysis windows
constexpr double unknown_release = .3;

// A recording at another velocity than the asked one gives its timbre; loudness follows the usual square law.
double velocity_gain(int asked, int recorded) { return std::pow(double(asked) / recorded, 2); }

void list(std::string& text, const char* what, const std::set<int>& values, std::string (*name)(int)) {
    if (values.empty()) return;
    if (!text.empty()) text += " and ";
    text += what;
    for (const int value : values) text.append(1, ' ').append(name(value));
}

Tensor stereo(const audio::Audio& a) { return torch::stack({tensor_of(a.left), tensor_of(a.right)}); }

} // namespace

std::vector<float> corner_shares(const PlaneRecipe& r, double column, double row) {
    const auto along = [&](double cell, int corners) {
        std::vector<double> share(corners, 0.0);
        if (corners == 1) return std::vector<double>{1};
        const double place = cell / (r.grid - 1);
        const int first = std::clamp(int(place), 0, corners - 2);
        share[first] = 1 - (place - first);
        share[first + 1] = place - first;
        return share;
    };
    const auto x = along(column, r.across), y = along(row, r.down);
    std::vector<float> shares;
    for (double b : y)
        for (double a : x) shares.push_back(float(a * b));
    return shares;
}

Tensor cell_shares(const PlaneRecipe& recipe) {
    std::vector<float> shares;
    for (int row = 0; row < recipe.rows(); ++row)
        for (int column = 0; column < recipe.columns(); ++column)
            for (float s : corner_shares(recipe, column, row)) shares.push_back(s);
    return tensor_of(shares).view({int64_t(recipe.rows()) * recipe.columns(), -1});
}

PlaneSources::PlaneSources(const PlaneRecipe& recipe, torch::Device device)
    : recipe_(recipe), sources_(recipe.sources.size()), names_(recipe.sources.size()), gaps_(recipe.sources.size()) {
    const size_t pitches = recipe_.pitches.size(), velocities = recipe_.velocities.size();
    notes_.assign(pitches, std::vector(velocities, std::vector<CornerNote>(sources_.size())));
    gain_.assign(pitches, std::vector(velocities, std::vector(sources_.size(), 1.)));
    for (size_t c = 0; c < sources_.size(); ++c) {
        sources_[c] = audio::open_source(recipe_.sources[c]);
        names_[c] = sources_[c]->name();
    }
    in_parallel(sources_.size(), [&](size_t c) { listen(c, device); });
    for (size_t c = 0; c < sources_.size(); ++c) level_corner(c);
    for (size_t p = 0; p < pitches; ++p)
        for (size_t v = 0; v < velocities; ++v) level_squares(p, v);
}

void PlaneSources::listen(size_t c, torch::Device device) {
    const torch::NoGradGuard no_grad;
    const size_t hardest = recipe_.velocities.size() - 1;
    for (size_t p = 0; p < recipe_.pitches.size(); ++p)
        for (size_t v = 0; v < recipe_.velocities.size(); ++v) {
            const auto r =
                sources_[c]->note(recipe_.pitches[p], recipe_.velocities[v], recipe_.seconds + margin, recipe_.release);
            gaps_[c].note(recipe_.pitches[p], recipe_.velocities[v], r);
            const auto x = stereo(r.audio);
            auto& note = notes_[p][v][c];
            note = corner_of(x * velocity_gain(recipe_.velocities[v], r.velocity), audio::hertz_of(r.pitch), f0(p),
                             recipe_.hops(), device);
            note.release = r.hold + .1 < r.audio.seconds() ? release_of(note.spectrum, r.hold) : unknown_release;
        }
    // Layers of one note crossfade too, so they share the places of their partials: those of the hardest.
    for (auto& layers : notes_)
        for (auto& corners : layers) corners[c].spectrum.partials = layers[hardest][c].spectrum.partials;
}

void PlaneSources::level_corner(size_t c) {
    double sum = 0;
    for (const auto& layers : notes_) sum += loudness_of(layers.back()[c].spectrum).max().item<double>();
    const double db = loudness - sum / double(notes_.size());
    const double gain = std::pow(10, std::clamp(db, -60., 60.) / 20);
    for (size_t p = 0; p < notes_.size(); ++p)
        for (size_t v = 0; v < notes_[p].size(); ++v) amplify(p, v, c, gain);
}

// Four corners span a surface of loudness. Where they are so unlike that it is twisted, the middle is far from the line
// between the ends of one diagonal or the other: they meet, each giving the same, until a quarter of `largest_twist`
// is left there.
void PlaneSources::level_squares(size_t p, size_t v) {
    std::vector<double> db;
    for (const auto& corner : notes_[p][v])
        db.push_back(loudest(loudness_of(corner.spectrum).unsqueeze(0)).item<double>());
    for (int y = 0; y + 1 < recipe_.down; ++y)
        for (int x = 0; x + 1 < recipe_.across; ++x) {
            const size_t nw = size_t(y * recipe_.across + x), sw = nw + size_t(recipe_.across);
            if (std::ranges::any_of(std::array{nw, nw + 1, sw, sw + 1}, [&](size_t c) { return db[c] < silent; }))
                continue;
            const double twist = db[nw] - db[nw + 1] - db[sw] + db[sw + 1];
            const double excess = twist - std::clamp(twist, -largest_twist, largest_twist);
            for (const auto& [corner, sign] : {std::pair{nw, -1}, {nw + 1, 1}, {sw, 1}, {sw + 1, -1}}) {
                db[corner] += sign * excess / 4;
                amplify(p, v, corner, std::pow(10, sign * excess / 80));
            }
        }
}

void PlaneSources::amplify(size_t p, size_t v, size_t c, double gain) {
    gain_[p][v][c] *= gain;
    models::amplify(notes_[p][v][c], gain);
}

nlohmann::json PlaneSources::provenance() const {
    auto list = nlohmann::json::array();
    for (const auto& s : sources_) list.push_back(s->provenance());
    return list;
}

void PlaneSources::Gaps::note(int pitch, int velocity, const audio::Recording& nearest) {
    if (nearest.exact) return;
    if (std::lround(nearest.pitch) != pitch) pitches.insert(pitch);
    if (nearest.velocity != velocity) velocities.insert(velocity);
}

std::string PlaneSources::Gaps::told() const {
    std::string text;
    list(text, "the notes", pitches, audio::pitch_name);
    list(text, "the velocities", velocities, [](int velocity) { return std::to_string(velocity); });
    return text;
}

std::vector<std::string> PlaneSources::warnings() const {
    std::vector<std::string> all;
    for (size_t c = 0; c < sources_.size(); ++c) {
        for (auto& w : sources_[c]->warnings()) all.push_back(std::move(w));
        if (const auto gaps = gaps_[c].told(); !gaps.empty())
            all.push_back(names_[c] + ": made from the nearest recordings: " + gaps);
    }
    return all;
}

OscillatorPlan PlaneSources::plan(size_t p) const { return plan_oscillators(notes_[p], f0(p), recipe_.hops()); }

double PlaneSources::f0(size_t p) const { return audio::hertz_of(recipe_.pitches[p]); }

NoteSetting PlaneSources::setting(size_t p, size_t v) const {
    return {f0(p), double(recipe_.velocities[v]), recipe_.imagine, 0};
}

Tensor PlaneSources::original(size_t c, size_t p, size_t v) const {
    const auto r =
        sources_[c]->note(recipe_.pitches[p], recipe_.velocities[v], recipe_.seconds + margin, recipe_.release);
    return stereo(r.audio) * (gain_[p][v][c] * velocity_gain(recipe_.velocities[v], r.velocity));
}

} // namespace timbrel::models
