// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/evaluate_planes.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

namespace timbrel::models {
namespace {

using nlohmann::json;

double number(const json& j) { return j.is_null() ? NAN : j.get<double>(); }

// A value of summary_stats(), which is null where there are no values.
double number(const json& stats, const char* key) { return stats.is_null() ? NAN : number(stats[key]); }

// Two decimals in that many characters; '-' for NaN or infinity.
std::string figure(double value, int characters = 5) {
    char text[32];
    if (std::isfinite(value))
        std::snprintf(text, sizeof text, "%*.2f", characters, value);
    else
        std::snprintf(text, sizeof text, "%*s", characters, "-");
    return text;
}

std::string name_of(const json& plane) {
    std::string name;
    for (const auto& c : plane["corners"]) {
        auto corner = c["name"].get<std::string>();
        corner.resize(std::min<size_t>(corner.size(), plane["corners"].size() > 2 ? 8 : 16));
        name += (name.empty() ? "" : " - ") + corner;
    }
    return name;
}

void print_corners(const json& j) {
    std::printf(
        "Corner cells against their recordings: ELSD / attack ELSD in dB of both channels, of the worse channel, and "
        "the floor\n");
    std::printf("%-22s %6s  %-13s %-13s %-13s %s\n", "family", "notes", "cell", "worse chan.", "floor", "movement");
    const auto print_line = [](const std::string& name, const json& c) {
        const auto worse = [&](const char* measure) {
            return std::fmax(number(c["left"][measure]), number(c["right"][measure]));
        };
        const auto pair = [](double whole, double attack) { return figure(whole) + " / " + figure(attack); };
        std::printf("%-22s %6d  %s %s %s %s\n", name.c_str(), c["notes"].get<int>(),
                    pair(number(c["elsd"]), number(c["attack_elsd"])).c_str(),
                    pair(worse("elsd"), worse("attack_elsd")).c_str(),
                    pair(number(c["floor_elsd"]), number(c["floor_attack_elsd"])).c_str(),
                    figure(number(c["movement"])).c_str());
    };
    for (const auto& [name, family] : j["families"].items()) print_line(name, family["corners"]);
    print_line("all", j["all"]["corners"]);
    std::vector<json> corners;
    for (const auto& plane : j["planes"])
        corners.insert(corners.end(), plane["corners"].begin(), plane["corners"].end());
    std::ranges::sort(corners, std::greater(), [](const json& c) { return number(c["elsd"]); });
    corners.resize(std::min<size_t>(corners.size(), 3));
    std::printf("worst corners:\n");
    for (const auto& c : corners) print_line(c["name"], c);
}

void print_between(const json& j) {
    std::printf(
        "\nWithout the network (dB) and with it: grid error, mean / worst in dB; layer distance of the midpoint in "
        "dB (of the layered recordings); late index\n");
    std::printf("%-42s %-13s %-13s %-22s %s\n", "plane", "grid dB", "network", "layer dB, network", "late index");
    const auto print_grid = [](const json& g) {
        std::printf(" %s / %s", figure(number(g, "mean")).c_str(), figure(number(g, "most")).c_str());
    };
    for (const auto& plane : j["planes"]) {
        std::printf("%-42s", name_of(plane).c_str());
        for (const char* row : {"dB", "network"}) print_grid(plane["grid_error"][row]);
        const char* measure = plane["corners"].size() > 2 ? "square_layer" : "pair_layer";
        const auto& between = plane["between"];
        const auto layer = [&](const char* row, int characters = 5) {
            return figure(number(between[row][measure], "mean"), characters);
        };
        std::printf("  %s %s (%s)  ", layer("dB").c_str(), layer("network").c_str(), layer("layer", 4).c_str());
        for (const char* row : {"dB", "network"})
            std::printf(" %s", figure(number(between[row]["late_index"], "mean")).c_str());
        std::printf("\n");
    }
    for (const auto& [name, family] : j["families"].items()) {
        std::printf("%-42s", name.c_str());
        for (const char* row : {"dB", "network"}) print_grid(family["grid_error"][row]);
        std::printf("\n");
    }
    std::printf("%-42s", "all");
    for (const char* row : {"dB", "network"}) print_grid(j["all"]["grid_error"][row]);
    std::printf("\n");
}

// One line for all paths of a plane: the largest deviations, step and reversals, and the means of the other measures.
void print_paths(const json& j, const char* row) {
    std::printf(
        "\nStraight paths, %s: loudness deviation dB, largest step / mean; reversal along edges of brightness ERB, "
        "attack %%, decay dB;\nstep mean dB, its deviation, intermediateness, correspondence\n",
        row);
    for (const auto& plane : j["planes"]) {
        double loudness = 0, largest_step = 0, brightness = 0, attack = 0, decay = 0;
        double step = 0, step_deviation = 0, intermediateness = 0, correspondence = 0;
        const auto& paths = plane["paths"][row];
        for (const auto& p : paths) {
            loudness = std::max(loudness, number(p["loudness_deviation"]));
            largest_step = std::max(largest_step, number(p["largest_step"]));
            step += number(p["smoothness"]["mean"]) / double(paths.size());
            step_deviation += number(p["smoothness"]["deviation"]) / double(paths.size());
            intermediateness += number(p["intermediateness"]) / double(paths.size());
            correspondence += number(p["correspondence"]) / double(paths.size());
            if (!p["edge"].get<bool>()) continue; // elsewhere other corners contribute
            brightness = std::max(brightness, number(p["brightness_reversal"]));
            attack = std::max(attack, number(p["attack_reversal"]));
            decay = std::max(decay, number(p["decay_reversal"]));
        }
        std::printf("%-42s %5.2f %5.2f  %5.2f %5.0f %5.2f   %5.2f %5.2f %5.2f %5.2f\n", name_of(plane).c_str(),
                    loudness, largest_step, brightness, 100 * attack, decay, step, step_deviation, intermediateness,
                    correspondence);
    }
}

struct Range {
    double least = INFINITY, most = -INFINITY;
    void add(double value) {
        if (std::isnan(value)) return;
        least = std::min(least, value);
        most = std::max(most, value);
    }
    bool empty() const { return least > most; }
};

// Leaves out a line of which no plane has a value.
void print_layer_summary(const json& j) {
    Range means, ratio;
    double least = INFINITY;
    for (const auto& plane : j["planes"]) {
        const char* measure = plane["corners"].size() > 2 ? "square_layer" : "pair_layer";
        const auto &network = plane["between"]["network"][measure], &layer = plane["between"]["layer"][measure];
        if (network.is_null() || layer.is_null()) continue;
        means.add(number(network["mean"]));
        ratio.add(number(network["mean"]) / number(layer["mean"]));
        least = std::min(least, number(network["least"]));
    }
    if (!means.empty())
        std::printf("layer distance: means of planes %.2f to %.2f dB, least note %.2f, at least %.2f x that of added "
                    "recordings\n",
                    means.least, means.most, least, ratio.least);
    Range change, harmonicity;
    double sum = 0;
    int planes = 0;
    for (const auto& plane : j["planes"]) {
        const auto& network = plane["between"]["network"];
        if (network["network_change"].is_null()) continue;
        change.add(number(network["network_change"]["mean"]));
        harmonicity.add(number(network["harmonicity_change"]["mean"]));
        sum += number(network["network_change"]["mean"]);
        ++planes;
    }
    if (planes > 0)
        std::printf("the network changes midpoints by %.2f dB ELSD, means of planes %.2f to %.2f; their "
                    "harmonic-to-noise ratio is off the corners' mean by %.2f to %.2f dB\n",
                    sum / planes, change.least, change.most, harmonicity.least, harmonicity.most);
    for (const bool square : {false, true}) {
        Range late_means, late;
        for (const auto& plane : j["planes"]) {
            const auto& index = plane["between"]["network"]["late_index"];
            if (index.is_null() || (plane["corners"].size() > 2) != square) continue;
            late_means.add(number(index["mean"]));
            late.add(number(index["least"]));
            late.add(number(index["most"]));
        }
        if (!late_means.empty())
            std::printf("late index of %s: means of planes %.2f to %.2f, single values %.2f to %.2f\n",
                        square ? "edges of squares" : "pairs", late_means.least, late_means.most, late.least,
                        late.most);
    }
}

// The largest values over all planes, with the network.
void print_path_summary(const json& j) {
    std::printf("%-20s %8s %8s %8s\n", "at most", "pairs", "edges", "across");
    const auto largest = [&j](const char* measure, bool square, bool edge) {
        Range range;
        for (const auto& plane : j["planes"])
            if ((plane["corners"].size() > 2) == square)
                for (const auto& path : plane["paths"]["network"])
                    if (path["edge"].get<bool>() == edge) range.add(number(path[measure]));
        return range.most;
    };
    const auto print_line = [&](const char* name, const char* measure, double scale) {
        const auto column = [&](bool square, bool edge) { return figure(scale * largest(measure, square, edge), 8); };
        std::printf("%-20s %s %s %s\n", name, column(false, true).c_str(), column(true, true).c_str(),
                    column(true, false).c_str());
    };
    print_line("loudness, dB", "loudness_deviation", 1);
    print_line("brightness, ERB", "brightness_reversal", 1);
    print_line("attack, %", "attack_reversal", 100);
    print_line("decay, dB", "decay_reversal", 1);
    print_line("largest step / mean", "largest_step", 1);
}

} // namespace

void print_planes(const json& j) {
    print_corners(j);
    print_between(j);
    for (const char* row : {"dB", "network"}) print_paths(j, row);
    std::printf("\nAll planes, with the network:\n");
    print_layer_summary(j);
    print_path_summary(j);
    const auto &analysis = j["cost"]["analysis_seconds"], &render_speed = j["cost"]["render_times_real_time"];
    if (!analysis.is_null() && !render_speed.is_null())
        std::printf("\nanalysis %.2f s per note; rendering %.0f x real time (CPU time of one thread)\n",
                    number(analysis, "mean"), number(render_speed, "mean"));
}

} // namespace timbrel::models
