// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/corners/pitch_motion.h"

#include "common/foreign_text.h"
#include "common/note_name.h"
#include "common/stats.h"
#include "common/units.h"
#include "models/analysis/pitch.h"
#include "models/analysis/time_warp.h"
#include "models/analysis/vibrato.h"
#include "models/evaluation/corners/case_notes.h"
#include "models/evaluation/corners/single_corner.h"
#include "models/synthesis/loop_playback.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace timbrel::models {
namespace {

using nlohmann::json;

constexpr int velocity = 100;
constexpr double compared = 1;                             // seconds
constexpr double held = 2;                                 // seconds in which vibrato is measured
constexpr double least_movement = 2;                       // cents
constexpr int side = 23;                                   // hops to either side, of the line under a phase
constexpr double least_partial = 1e-5, least_jitter = .01; // of the strongest one's power; radians
constexpr double near_cents = 10, near_part = .1;
constexpr int most_partials = 8;

// A row's power of each harmonic, from the weight of a HarmonicDeviation.
double power_of(const HarmonicDeviation& h, int64_t row, int64_t harmonic) {
    return h.weight.accessor<float, 2>()[row][harmonic] / double(harmonic + 1);
}

// RMS of what is left of a phase, of which these are the steps from hop to hop, less a line through its surroundings.
double local_jitter(const std::vector<double>& steps) {
    std::vector<double> phase{0};
    for (const double step : steps) phase.push_back(phase.back() + step);
    double squares = 0;
    int count = 0;
    for (int t = side; t + side < int(phase.size()); ++t, ++count) {
        double sum = 0;
        for (int k = -side; k <= side; ++k) sum += phase[size_t(t + k)];
        const double left = phase[size_t(t)] - sum / (2 * side + 1); // a line through the middle is the mean there
        squares += left * left;
    }
    return count > 0 ? std::sqrt(squares / count) : NAN;
}

std::vector<double> jitter_of(const HarmonicDeviation& h, int64_t rows) {
    const auto deviation = h.deviation.accessor<float, 2>();
    std::vector<double> power, jitter;
    for (int64_t k = 0; k < h.deviation.size(1); ++k) {
        power.push_back(0);
        for (int64_t t = 0; t < rows; ++t) power.back() += power_of(h, t, k);
    }
    const double strongest = *std::ranges::max_element(power);
    const auto first = int64_t(.1 * frames_per_second);
    for (int64_t k = 0; k < h.deviation.size(1); ++k) {
        std::vector<double> steps;
        for (int64_t t = first; t < rows; ++t)
            steps.push_back(2 * std::numbers::pi * deviation[t][k] * double(k + 1) / frames_per_second);
        jitter.push_back(power[size_t(k)] > least_partial * strongest ? local_jitter(steps) : NAN);
    }
    return jitter;
}

// The corner's cell for `seconds` of a held key, as plugin/engine/voice plays it at its stored pitch.
Tensor played(const SingleCell& cell, const std::vector<float>& track, const Vibrato& vibrato, double seconds) {
    const int64_t start = cell.loop.start * hop, end = cell.loop.end * hop;
    const auto flat = unroll_loop(cell.sound, cell.loop, cell.decay, seconds * 1.1);
    std::vector<double> positions;
    double at = 0;
    for (int64_t n = 0; n < int64_t(seconds * model_rate); ++n) {
        positions.push_back(at);
        double cents = vibrato.cents(double(n) / model_rate);
        if (!track.empty()) {
            const double frame =
                at < double(end) ? at : double(start) + std::fmod(at - double(start), double(end - start));
            const auto point = size_t(frame / hop);
            cents += track[point] + (frame / hop - double(point)) * (track[point + 1] - track[point]);
        }
        at += cents_to_ratio(cents);
    }
    return resample_at(flat, positions);
}

json compared_with(const PitchMotion& original, const PitchMotion& corner) {
    std::vector<double> errors;
    for (size_t t = 0; t < std::min(original.cents.size(), corner.cents.size()); ++t)
        if (const double error = original.cents[t] - corner.cents[t]; std::isfinite(error)) errors.push_back(error);
    if (errors.empty()) return {};
    const double apart = median(errors); // corners are tuned to their keys
    for (double& error : errors) error = std::abs(error - apart);
    std::ranges::sort(errors);
    const double most = errors[errors.size() * 19 / 20];
    double logarithms = 0;
    int partials = 0, near = 0;
    for (size_t k = 0; k < std::min(original.jitter.size(), corner.jitter.size()); ++k) {
        if (!(original.jitter[k] > least_jitter) || std::isnan(corner.jitter[k])) continue;
        const double factor = std::max(corner.jitter[k], 1e-6) / original.jitter[k];
        logarithms += std::log(factor);
        ++partials;
        near += factor >= .5 && factor <= 2;
    }
    return {{"pitch_error", {{"median", median(errors)}, {"most", most}, {"worst", errors.back()}}},
            {"depth", corner.depth},
            {"rate", corner.rate},
            {"jitter", partials > 0 ? json(std::exp(logarithms / partials)) : json()},
            {"partials", partials},
            {"near", near}};
}

bool moves(const PitchMotion& motion) {
    double sum = 0, squares = 0, count = 0;
    for (const double cents : motion.cents)
        if (std::isfinite(cents)) sum += cents, squares += cents * cents, ++count;
    return motion.depth > 0 ||
           (count > 0 && squares / count - sum / count * sum / count > least_movement * least_movement);
}

std::vector<json> notes_of(const PitchCase& pitch_case, torch::Device device) {
    const torch::NoGradGuard no_grad;
    SourceList list;
    list.push_back(pitch_case.open());
    const PlaneSources sources(single_corner_recipe(pitch_case.name, pitch_case.keys, velocity), std::move(list),
                               device);
    std::vector<json> notes;
    for (size_t p = 0; p < pitch_case.keys.size(); ++p) {
        const auto sound = sources.original(0, p, 0);
        if (sound.abs().max().item<float>() == 0 || !torch::equal(sound, sources.original(0, p, 0))) continue;
        const auto original = pitch_motion(sound, refine_f0(sound.mean(0), sources.f0(p)));
        if (!moves(original)) continue;
        const auto cell = single_corner_cell(sources, p, device);
        const auto& vibrato = sources.corners(p)[0][0].pitch.vibrato;
        const auto motion = [&](const Tensor& corner) {
            return compared_with(original, pitch_motion(corner, sources.f0(p)));
        };
        json note{{"name", pitch_case.name},
                  {"key", pitch_case.keys[p]},
                  {"synthetic", pitch_case.synthetic},
                  {"original", {{"depth", original.depth}, {"rate", original.rate}}},
                  {"flat", motion(played(cell, {}, {}, held))},
                  {"natural", motion(played(cell, sources.pitch_track(0, p, 0, cell.loop), vibrato, held))}};
        if (!note["flat"].is_null() && !note["natural"].is_null()) notes.push_back(std::move(note));
    }
    return notes;
}

json summary(const std::vector<json>& notes, const char* sound) {
    int within = 0, vibratos = 0, kept = 0, partials = 0, near = 0;
    std::vector<double> medians, worsts;
    for (const auto& note : notes) {
        const auto& corner = note[sound];
        medians.push_back(corner["pitch_error"]["median"]);
        worsts.push_back(corner["pitch_error"]["worst"]);
        within += corner["pitch_error"]["most"].get<double>() <= near_cents;
        partials += corner["partials"].get<int>(), near += corner["near"].get<int>();
        const auto is_near = [&](const char* key) {
            const double wanted = note["original"][key];
            return std::abs(corner[key].get<double>() - wanted) <= near_part * wanted;
        };
        if (note["original"]["depth"].get<double>() == 0) continue;
        ++vibratos;
        kept += is_near("depth") && is_near("rate");
    }
    if (notes.empty()) return {};
    return {{"notes", notes.size()}, {"within", within}, {"median", median(medians)}, {"worst", median(worsts)},
            {"vibratos", vibratos},  {"kept", kept},     {"partials", partials},      {"near", near}};
}

void print_summary(const char* name, const json& group) {
    for (const auto& [sound, row] : group.items())
        if (!row.is_null())
            std::printf("%s, %s: error of pitch: median %.1f cents, worst %.1f (medians); within 10 cents for 95 %% of "
                        "the second in %d of %d "
                        "notes;\n  vibrato kept in %d of %d; jitter within a factor of two in %d of %d partials\n",
                        name, sound.c_str(), row["median"].get<double>(), row["worst"].get<double>(),
                        row["within"].get<int>(), row["notes"].get<int>(), row["kept"].get<int>(),
                        row["vibratos"].get<int>(), row["near"].get<int>(), row["partials"].get<int>());
}

} // namespace

PitchMotion pitch_motion(const Tensor& sound, double f0) {
    const auto mono = sound.mean(0);
    const int64_t hops = std::min(mono.size(0) / hop, int64_t(held * frames_per_second));
    const auto h = track_harmonics(mono, f0, hops, most_partials);
    const auto reliable = reliable_rows(h);
    const auto deviation = h.deviation.accessor<float, 2>();
    const auto rows = std::min(h.deviation.size(0), int64_t(compared * frames_per_second));
    PitchMotion motion;
    for (int64_t t = 0; t < rows; ++t) {
        double power = 0, sum = 0;
        for (int64_t k = 0; k < h.deviation.size(1); ++k) {
            const double weight = power_of(h, t, k) * double((k + 1) * (k + 1));
            power += weight;
            sum += weight * deviation[t][k];
        }
        motion.cents.push_back(reliable[size_t(t)] ? ratio_to_cents(1 + sum / power / f0) : NAN);
    }
    const auto vibrato = estimate_vibrato(h, hops);
    motion.depth = vibrato.depth, motion.rate = vibrato.rate;
    motion.jitter = jitter_of(h, rows);
    return motion;
}

json evaluate_pitch(Split split, torch::Device device) {
    const auto cases = pitch_cases(split);
    const auto [notes, left_out] = evaluate_cases(
        cases.size(), [&](size_t i) { return cases[i].name; }, [&](size_t i) { return notes_of(cases[i], device); });
    std::vector<json> synthesis, instruments;
    for (const auto& note : notes) (note["synthetic"].get<bool>() ? synthesis : instruments).push_back(note);
    json result{{"left_out", left_out}};
    for (const auto& [name, group] : {std::pair{"synthesis", &synthesis}, {"instruments", &instruments}}) {
        for (const auto& note : *group) result["notes"].push_back(note);
        for (const char* sound : {"flat", "natural"}) result[name][sound] = summary(*group, sound);
    }
    return result;
}

void print_pitch(const json& j) {
    std::printf("\nPitch of corners against their recordings over the first second: error in cents, median and worst; "
                "vibrato in cents and Hz;\njitter of partials 1 to 8 relative to the recording's; corners at constant "
                "pitch (flat) and with their movement (natural)\n");
    std::printf("%-34s %4s  %11s  %-36s %s\n", "", "key", "original", "flat", "natural");
    for (const auto& note : j["notes"]) {
        std::printf("%-34.34s %4s  %5.1f %5.2f", printable(note["name"].get<std::string>()).c_str(),
                    note_name(note["key"].get<int>()).c_str(), note["original"]["depth"].get<double>(),
                    note["original"]["rate"].get<double>());
        for (const char* sound : {"flat", "natural"}) {
            const auto& row = note[sound];
            std::printf("  %5.1f %6.1f %6.1f %5.2f %6.2f", row["pitch_error"]["median"].get<double>(),
                        row["pitch_error"]["worst"].get<double>(), row["depth"].get<double>(),
                        row["rate"].get<double>(), row["jitter"].is_null() ? NAN : row["jitter"].get<double>());
        }
        std::printf("\n");
    }
    print_summary("synthesis", j["synthesis"]);
    print_summary("instruments", j["instruments"]);
    print_left_out(j);
}

} // namespace timbrel::models
