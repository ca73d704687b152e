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
        "Corner cells against their recordings: ELSD / attack ELSD in dB, of the worse channel, and the floor\n");
    std::printf("%-22s %6s  %-13s %-13s %-13s %s\n", "family", "notes", "cell", "worse side", "floor", "movement");
    const auto line = [](const std::string& name, const json& c) {
        const auto worse = [&](const char* what) {
            return std::fmax(number(c["left"][what]), number(c["right"][what]));
        };
        std::printf("%-22s %6d  %5.2f / %5.2f %5.2f / %5.2f %5.2f / %5.2f %5.2f\n", name.c_str(), c["notes"].get<int>(),
                    number(c["elsd"]), number(c["attack_elsd"]), worse("elsd"), worse("attack_elsd"),
                    number(c["floor_elsd"]), number(c["floor_attack_elsd"]), number(c["movement"]));
    };
    for (const auto& [name, of] : j["families"].items()) line(name, of["corners"]);
    line("all", j["all"]["corners"]);
    std::vector<json> corners;
    for (const auto& plane : j["planes"])
        corners.insert(corners.end(), plane["corners"].begin(), plane["corners"].end());
    std::ranges::sort(corners, std::greater(), [](const json& c) { return number(c["elsd"]); });
    corners.resize(std::min<size_t>(corners.size(), 3));
    std::printf("the worst:\n");
    for (const auto& c : corners) line(c["name"], c);
}

void print_between(const json& j) {
    std::printf("\nWithout the network (dB) and with it: grid error mean and worst, layer distance half way (a real "
                "layer's), late index, in dB\n");
    std::printf("%-42s %-13s %-13s %-22s %s\n", "plane", "grid dB", "network", "layer dB, network", "late index");
    const auto grid = [](const json& g) { std::printf(" %5.2f / %5.2f", number(g["mean"]), number(g["most"])); };
    for (const auto& plane : j["planes"]) {
        std::printf("%-42s", name_of(plane).c_str());
        for (const char* row : {"dB", "network"}) grid(plane["grid_error"][row]);
        const char* what = plane["corners"].size() > 2 ? "square_layer" : "pair_layer";
        const auto& between = plane["between"];
        const auto layer = [&](const char* row) {
            const auto& l = between[row][what];
            return l.is_null() ? NAN : number(l["mean"]);
        };
        std::printf("  %5.2f %5.2f (%4.2f)  ", layer("dB"), layer("network"), layer("layer"));
        for (const char* row : {"dB", "network"}) {
            const auto& late = between[row]["late_index"];
            late.is_null() ? std::printf("     -") : std::printf(" %5.2f", number(late["mean"]));
        }
        std::printf("\n");
    }
    for (const auto& [name, of] : j["families"].items()) {
        std::printf("%-42s", name.c_str());
        for (const char* row : {"dB", "network"}) grid(of["grid_error"][row]);
        std::printf("\n");
    }
    std::printf("%-42s", "all");
    for (const char* row : {"dB", "network"}) grid(j["all"]["grid_error"][row]);
    std::printf("\n");
}

// One line for the ways of a plane: the worst of what shall be small, the mean of what describes.
void print_ways(const json& j, const char* row) {
    std::printf("\nStraight ways, %s: loudness off the line dB, largest step / mean, turning back of brightness ERB, "
                "attack %%, decay dB;\nstep dB, its deviation, intermediateness, correspondence\n",
                row);
    for (const auto& plane : j["planes"]) {
        double uneven = 0, step = 0, brightness = 0, attack = 0, decay = 0;
        double mean = 0, deviation = 0, path = 0, middle = 0;
        const auto& ways = plane["ways"][row];
        for (const auto& w : ways) {
            uneven = std::max(uneven, number(w["loudness_off_line"]));
            step = std::max(step, number(w["largest_step"]));
            mean += number(w["smoothness"]["mean"]) / double(ways.size());
            deviation += number(w["smoothness"]["deviation"]) / double(ways.size());
            path += number(w["intermediateness"]) / double(ways.size());
            middle += number(w["correspondence"]) / double(ways.size());
            if (!w["edge"].get<bool>()) continue; // the other corners have their say
            brightness = std::max(brightness, number(w["brightness_back"]));
            attack = std::max(attack, number(w["attack_back"]));
            decay = std::max(decay, number(w["decay_back"]));
        }
        std::printf("%-42s %5.2f %5.2f  %5.2f %5.0f %5.2f   %5.2f %5.2f %5.2f %5.2f\n", name_of(plane).c_str(), uneven,
                    step, brightness, 100 * attack, decay, mean, deviation, path, middle);
    }
}

} // namespace

void print_planes(const json& j) {
    print_corners(j);
    print_between(j);
    for (const char* row : {"dB", "network"}) print_ways(j, row);
    std::printf("\nanalysis %.2f s a note; rendering %.0f x real time (processor time of one thread)\n",
                number(j["cost"]["analysis_seconds"]["mean"]), number(j["cost"]["render_times_real_time"]["mean"]));
}

} // namespace timbrel::models
