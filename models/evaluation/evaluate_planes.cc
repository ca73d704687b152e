// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/evaluate_planes.h"

#include "models/analysis/analysis.h"
#include "models/evaluation/corner_fidelity.h"
#include "models/evaluation/layer_distance.h"
#include "models/evaluation/path_monotonicity.h"
#include "models/evaluation/spaces/summary_statistics.h"
#include "models/synthesis/loop_playback.h"
#include "models/tensor/parallel.h"
#include "models/training/corpus.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <map>
#include <mutex>
#include <span>

namespace timbrel::models {
namespace {

using nlohmann::json;

constexpr std::array amounts{0., 1.};       // network amount of each row
constexpr std::array rows{"dB", "network"}; // their JSON keys

// Corners of the planes as General MIDI programs.
constexpr std::array<std::array<int, 2>, 10> pairs{
    {{73, 24}, {48, 12}, {52, 16}, {60, 104}, {71, 81}, {89, 14}, {33, 52}, {16, 12}, {24, 89}, {81, 48}}};
constexpr std::array<std::array<int, 4>, 4> squares{
    {{71, 48, 24, 12}, {73, 52, 33, 89}, {16, 60, 14, 104}, {81, 104, 52, 71}}};

// The same for the development split, in development_font().
constexpr std::array<std::array<int, 2>, 6> development_pairs{
    {{72, 26}, {51, 8}, {85, 18}, {61, 107}, {39, 44}, {90, 15}}};
constexpr std::array<std::array<int, 4>, 2> development_squares{{{65, 44, 26, 8}, {85, 20, 82, 58}}};

// CPU time of the calling thread.
double thread_seconds() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

struct RowResult {
    std::vector<double> grid_errors;
    std::vector<PathMonotonicity> paths;
};

struct PlaneResult {
    std::array<RowResult, rows.size()> by_row;
    std::vector<std::vector<CornerFidelity>> corners; // [corner][note]
    std::vector<double> analysis_seconds;             // of one note
    std::vector<double> render_speed;                 // seconds of sound per second of CPU time
    json between;
};

double mean_of(const std::vector<CornerFidelity>& notes, auto&& value) {
    std::vector<double> values;
    for (const auto& n : notes) values.push_back(value(n));
    const auto stats = summary_stats(values);
    return stats.is_null() ? NAN : stats["mean"].get<double>();
}

json corners_to_json(const std::vector<CornerFidelity>& notes) {
    const auto channel = [&](size_t i) -> json {
        return {{"elsd", mean_of(notes, [i](const auto& n) { return n.cell.channel_elsd[i]; })},
                {"attack_elsd", mean_of(notes, [i](const auto& n) { return n.cell.channel_attack_elsd[i]; })}};
    };
    return {{"notes", notes.size()},
            {"elsd", mean_of(notes, [](const auto& n) { return n.cell.elsd; })},
            {"attack_elsd", mean_of(notes, [](const auto& n) { return n.cell.attack_elsd; })},
            {"left", channel(0)},
            {"right", channel(1)},
            {"floor_elsd", mean_of(notes, [](const auto& n) { return n.floor.elsd; })},
            {"floor_attack_elsd", mean_of(notes, [](const auto& n) { return n.floor.attack_elsd; })},
            {"movement", mean_of(notes, [](const auto& n) { return n.movement; })}};
}

class PlaneEvaluator {
  public:
    PlaneEvaluator(const PlaneRecipe& recipe, const NoteModelPtr& network, torch::Device device)
        : recipe_(recipe), network_(network), device_(device), sources_(recipe, device),
          corner_cells_(recipe.pitches.size()) {}

    const PlaneSources& sources() const { return sources_; }

    PlaneResult evaluate() {
        PlaneResult result;
        const size_t pitches = recipe_.pitches.size();
        parallel_for(pitches * rows.size(), [&](size_t i) { evaluate_note(i / rows.size(), i % rows.size(), result); });
        result.corners.resize(recipe_.sources.size());
        // A source serves one thread at a time, so each thread evaluates one corner.
        parallel_for(recipe_.sources.size(), [&](size_t c) {
            const torch::NoGradGuard no_grad;
            for (size_t p = 0; p < pitches; ++p)
                if (const auto fidelity = evaluate_corner(sources_, c, p, layer_, corner_cells_[p][c]))
                    result.corners[c].push_back(*fidelity);
            const auto recording = sources_.original(c, pitches / 2, layer_);
            const double start = thread_seconds();
            analyse(recording, sources_.f0(pitches / 2), device_);
            const double seconds = thread_seconds() - start;
            const std::lock_guard lock(result_mutex_);
            result.analysis_seconds.push_back(seconds);
        });
        result.between = evaluate_layer_distance(sources_, network_, device_);
        return result;
    }

  private:
    // Grid errors and paths of one pitch in one row; with the network, stores the corner cells as well.
    void evaluate_note(size_t pitch, size_t row, PlaneResult& result) {
        const torch::NoGradGuard no_grad;
        auto setting = sources_.setting(pitch, layer_);
        setting.network_amount = amounts[row];
        const auto plan = sources_.plan(pitch);
        const PlaneNote note(network_, sources_.corners(pitch)[layer_], setting, plan, device_);
        const double start = thread_seconds();
        const auto cells = note.render(cell_weights(recipe_));
        const double seconds = thread_seconds() - start;
        const auto sound = cells.sound.to(torch::kCPU);
        const auto centres = note.render(centre_weights(recipe_)).sound.to(torch::kCPU);
        const auto errors = grid_errors(recipe_, centres, [&](int64_t i) { return sound[i]; });
        const auto paths = evaluate_paths(recipe_, note, plan.loop);

        const std::lock_guard lock(result_mutex_);
        auto& to = result.by_row[row];
        to.grid_errors.insert(to.grid_errors.end(), errors.begin(), errors.end());
        to.paths.insert(to.paths.end(), paths.begin(), paths.end());
        result.render_speed.push_back(double(sound.size(0) * sound.size(2)) / model_rate / seconds);
        if (amounts[row] != 1) return;
        for (int c = 0; c < int(recipe_.sources.size()); ++c) {
            const int64_t cell =
                c / recipe_.across * (recipe_.grid - 1) * recipe_.columns() + c % recipe_.across * (recipe_.grid - 1);
            corner_cells_[pitch].push_back(
                unroll_loop(sound[cell], plan.loop, cells.decay[size_t(cell)], recipe_.seconds));
        }
    }

    const PlaneRecipe& recipe_;
    NoteModelPtr network_;
    torch::Device device_;
    PlaneSources sources_;
    const size_t layer_ = 0; // of velocities
    std::mutex result_mutex_;
    std::vector<std::vector<Tensor>> corner_cells_; // [pitch][corner], as a sustained key
};

json paths_to_json(const std::vector<PathMonotonicity>& paths) {
    auto list = json::array();
    for (const auto& p : paths) list.push_back(to_json(p));
    return list;
}

template<class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

// Corner fidelities and grid errors of several planes.
struct Summary {
    std::vector<CornerFidelity> corners;
    std::array<std::vector<double>, rows.size()> grid_errors;

    void add(const std::vector<CornerFidelity>& notes) { append(corners, notes); }
    void add_grid_errors(const PlaneResult& plane) {
        for (size_t r = 0; r < rows.size(); ++r) append(grid_errors[r], plane.by_row[r].grid_errors);
    }
    json to_json() const {
        json j{{"corners", corners_to_json(corners)}};
        for (size_t r = 0; r < rows.size(); ++r) j["grid_error"][rows[r]] = summary_stats(grid_errors[r]);
        return j;
    }
};

// Planes of pairs, then squares of programs, alternating between the fonts.
std::vector<PlaneRecipe> planes_in(const std::vector<std::string>& fonts, std::span<const std::array<int, 2>> pairs,
                                   std::span<const std::array<int, 4>> squares) {
    std::vector<PlaneRecipe> recipes;
    size_t next_font = 0;
    const auto add = [&](std::span<const int> programs) {
        PlaneRecipe r;
        for (const int program : programs)
            r.sources.push_back(fonts[next_font++ % fonts.size()] + ":0:" + std::to_string(program));
        r.down = programs.size() > 2 ? 2 : 1;
        r.pitches = {48, 60, 72};
        r.velocities = {100};
        r.seconds = 2;
        recipes.push_back(r);
        ++next_font; // alternates the font of a program that occurs again
    };
    for (const auto& p : pairs) add(p);
    for (const auto& s : squares) add(s);
    return recipes;
}

int program_of(const std::string& spec) { return std::stoi(spec.substr(spec.rfind(':') + 1)); }

} // namespace

std::vector<PlaneRecipe> held_out_planes() { return planes_in(training_fonts(), pairs, squares); }

std::vector<PlaneRecipe> planes_of(Split split) {
    if (split == Split::test) return held_out_planes();
    return planes_in({development_font()}, development_pairs, development_squares);
}

json evaluate_planes(const NoteModelPtr& network, const std::vector<PlaneRecipe>& recipes, torch::Device device) {
    json planes = json::array();
    Summary all;
    std::map<std::string, Summary> families;
    std::vector<double> analysis_seconds, render_speed;
    for (const auto& recipe : recipes) {
        PlaneEvaluator evaluator(recipe, network, device);
        const auto result = evaluator.evaluate();
        json plane{{"corners", json::array()}, {"between", result.between}};
        for (size_t r = 0; r < rows.size(); ++r) {
            plane["grid_error"][rows[r]] = summary_stats(result.by_row[r].grid_errors);
            plane["paths"][rows[r]] = paths_to_json(result.by_row[r].paths);
        }
        all.add_grid_errors(result);
        for (size_t c = 0; c < recipe.sources.size(); ++c) {
            const auto& notes = result.corners[c];
            const auto family = general_midi_family(program_of(recipe.sources[c]));
            auto corner = corners_to_json(notes);
            corner["name"] = evaluator.sources().names()[c];
            corner["family"] = family;
            corner["source"] = recipe.sources[c];
            plane["corners"].push_back(std::move(corner));
            all.add(notes);
            families[family].add(notes);
            families[family].add_grid_errors(result);
        }
        append(analysis_seconds, result.analysis_seconds);
        append(render_speed, result.render_speed);
        planes.push_back(std::move(plane));
    }
    json result{{"planes", planes},
                {"families", json::object()},
                {"all", all.to_json()},
                {"cost",
                 {{"analysis_seconds", summary_stats(analysis_seconds)},
                  {"render_times_real_time", summary_stats(render_speed)}}}};
    for (const auto& [name, family] : families) result["families"][name] = family.to_json();
    return result;
}

} // namespace timbrel::models
