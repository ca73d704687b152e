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

constexpr std::array imagined{0., 1.};
constexpr std::array rows{"dB", "network"}; // their names

// General MIDI programs.
constexpr std::array<std::array<int, 2>, 10> pairs{
    {{73, 24}, {48, 12}, {52, 16}, {60, 104}, {71, 81}, {89, 14}, {33, 52}, {16, 12}, {24, 89}, {81, 48}}};
constexpr std::array<std::array<int, 4>, 4> squares{
    {{71, 48, 24, 12}, {73, 52, 33, 89}, {16, 60, 14, 104}, {81, 104, 52, 71}}};

double processor_seconds() { // of this thread
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

struct Row {
    std::vector<double> grid;
    std::vector<WayTruth> ways;
};

struct Found { // of one plane
    std::array<Row, rows.size()> by_row;
    std::vector<std::vector<CornerTruth>> corners; // of each its notes
    std::vector<double> analysis, speed;
    json between;
};

double mean_of(const std::vector<CornerTruth>& notes, auto&& value) {
    std::vector<double> values;
    for (const auto& n : notes) values.push_back(value(n));
    const auto s = spread(values);
    return s.is_null() ? NAN : s["mean"].get<double>();
}

json corners_of(const std::vector<CornerTruth>& notes) {
    const auto side = [&](size_t i) -> json {
        return {{"elsd", mean_of(notes, [i](const auto& n) { return n.cell.channel_elsd[i]; })},
                {"attack_elsd", mean_of(notes, [i](const auto& n) { return n.cell.channel_attack_elsd[i]; })}};
    };
    return {{"notes", notes.size()},
            {"elsd", mean_of(notes, [](const auto& n) { return n.cell.elsd; })},
            {"attack_elsd", mean_of(notes, [](const auto& n) { return n.cell.attack_elsd; })},
            {"left", side(0)},
            {"right", side(1)},
            {"floor_elsd", mean_of(notes, [](const auto& n) { return n.floor.elsd; })},
            {"floor_attack_elsd", mean_of(notes, [](const auto& n) { return n.floor.attack_elsd; })},
            {"movement", mean_of(notes, [](const auto& n) { return n.movement; })}};
}

class PlaneJudge {
  public:
    PlaneJudge(const PlaneRecipe& recipe, const Autoencoder& network, torch::Device device)
        : recipe_(recipe), network_(network), device_(device), sources_(recipe, device),
          corner_cells_(recipe.pitches.size()) {}

    const PlaneSources& sources() const { return sources_; }

    Found judge() {
        Found found;
        const size_t pitches = recipe_.pitches.size();
        in_parallel(pitches * rows.size(), [&](size_t i) { judge_note(i / rows.size(), i % rows.size(), found); });
        found.corners.resize(recipe_.sources.size());
        // A source serves one thread at a time, so corners go side by side.
        in_parallel(recipe_.sources.size(), [&](size_t c) {
            const torch::NoGradGuard no_grad;
            for (size_t p = 0; p < pitches; ++p)
                if (const auto truth = judge_corner(sources_, c, p, layer_, corner_cells_[p][c]))
                    found.corners[c].push_back(*truth);
            const auto recording = sources_.original(c, pitches / 2, layer_);
            const double start = processor_seconds();
            analyse(recording, sources_.f0(pitches / 2), device_);
            const double taken = processor_seconds() - start;
            const std::lock_guard lock(adding_);
            found.analysis.push_back(taken);
        });
        found.between = judge_between(sources_, network_, device_);
        return found;
    }

  private:
    void judge_note(size_t pitch, size_t row, Found& found) {
        const torch::NoGradGuard no_grad;
        auto setting = sources_.setting(pitch, layer_);
        setting.imagine = imagined[row];
        const auto plan = sources_.plan(pitch);
        const PlaneNote note(network_, sources_.corners(pitch)[layer_], setting, plan, device_);
        const double start = processor_seconds();
        const auto cells = note.render(cell_shares(recipe_));
        const double taken = processor_seconds() - start;
        const auto centres = note.render(centre_shares(recipe_)).sound;
        const auto errors = grid_errors(recipe_, centres, [&](int64_t i) { return cells.sound[i]; });
        const auto ways = judge_ways(recipe_, note, plan.loop);

        const std::lock_guard lock(adding_);
        auto& to = found.by_row[row];
        to.grid.insert(to.grid.end(), errors.begin(), errors.end());
        to.ways.insert(to.ways.end(), ways.begin(), ways.end());
        found.speed.push_back(double(cells.sound.size(0) * cells.sound.size(2)) / model_rate / taken);
        if (imagined[row] != 1) return;
        for (int c = 0; c < int(recipe_.sources.size()); ++c) {
            const int64_t cell =
                c / recipe_.across * (recipe_.grid - 1) * recipe_.columns() + c % recipe_.across * (recipe_.grid - 1);
            corner_cells_[pitch].push_back(
                played(cells.sound[cell], plan.loop, cells.decay[size_t(cell)], recipe_.seconds));
        }
    }

    const PlaneRecipe& recipe_;
    Autoencoder network_;
    torch::Device device_;
    PlaneSources sources_;
    const size_t layer_ = 0;
    std::mutex adding_;
    std::vector<std::vector<Tensor>> corner_cells_; // [pitch][corner], as held keys sound
};

json ways_of(const std::vector<WayTruth>& ways) {
    auto list = json::array();
    for (const auto& w : ways) list.push_back(to_json(w));
    return list;
}

int program_of(const std::string& spec) { return std::stoi(spec.substr(spec.rfind(':') + 1)); }

} // namespace

std::vector<PlaneRecipe> held_out_planes() {
    const auto fonts = learned_fonts();
    std::vector<PlaneRecipe> recipes;
    size_t turn = 0;
    const auto add = [&](std::span<const int> programs) {
        PlaneRecipe r;
        for (const int program : programs)
            r.sources.push_back(fonts[turn++ % fonts.size()] + ":0:" + std::to_string(program));
        r.down = programs.size() > 2 ? 2 : 1;
        r.pitches = {48, 60, 72};
        r.velocities = {100};
        recipes.push_back(r);
        ++turn; // so that a program's next plane has the other font's
    };
    for (const auto& p : pairs) add(p);
    for (const auto& s : squares) add(s);
    return recipes;
}

json judge_planes(Autoencoder network, const std::vector<PlaneRecipe>& recipes, torch::Device device) {
    json planes = json::array();
    std::vector<CornerTruth> all_corners;
    std::array<std::vector<double>, rows.size()> all_errors;
    std::vector<double> analysis, speed;
    std::map<std::string, std::vector<CornerTruth>> family_corners;
    std::map<std::string, std::array<std::vector<double>, rows.size()>> family_errors;
    for (const auto& recipe : recipes) {
        PlaneJudge judge(recipe, network, device);
        const auto found = judge.judge();
        json plane{{"corners", json::array()}, {"between", found.between}};
        for (size_t r = 0; r < rows.size(); ++r) {
            const auto& errors = found.by_row[r].grid;
            plane["grid_error"][rows[r]] = spread(errors);
            plane["ways"][rows[r]] = ways_of(found.by_row[r].ways);
            all_errors[r].insert(all_errors[r].end(), errors.begin(), errors.end());
        }
        for (size_t c = 0; c < recipe.sources.size(); ++c) {
            const auto& notes = found.corners[c];
            const auto of = general_midi_family(program_of(recipe.sources[c]));
            auto corner = corners_of(notes);
            corner["name"] = judge.sources().names()[c];
            corner["family"] = of;
            corner["source"] = recipe.sources[c];
            plane["corners"].push_back(std::move(corner));
            family_corners[of].insert(family_corners[of].end(), notes.begin(), notes.end());
            all_corners.insert(all_corners.end(), notes.begin(), notes.end());
            for (size_t r = 0; r < rows.size(); ++r) {
                const auto& errors = found.by_row[r].grid;
                family_errors[of][r].insert(family_errors[of][r].end(), errors.begin(), errors.end());
            }
        }
        analysis.insert(analysis.end(), found.analysis.begin(), found.analysis.end());
        speed.insert(speed.end(), found.speed.begin(), found.speed.end());
        planes.push_back(std::move(plane));
    }
    const auto summed = [](const std::vector<CornerTruth>& corners, const auto& errors) {
        json j{{"corners", corners_of(corners)}};
        for (size_t r = 0; r < rows.size(); ++r) j["grid_error"][rows[r]] = spread(errors[r]);
        return j;
    };
    json result{{"planes", planes},
                {"all", summed(all_corners, all_errors)},
                {"cost", {{"analysis_seconds", spread(analysis)}, {"render_times_real_time", spread(speed)}}}};
    for (const auto& [name, corners] : family_corners) result["families"][name] = summed(corners, family_errors[name]);
    return result;
}

} // namespace timbrel::models
