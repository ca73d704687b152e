// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/truth/evaluate_truth.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <map>

namespace timbrel::models {
namespace {

using nlohmann::json;

constexpr std::array<const char*, truth_methods.size()> headings{
    "mean in dB", "layering", "transport", "network, bare", "network", "floor", "resynthesis"};
constexpr int name_width = 34;

void print_row(const std::string& name, const json& row, const char* position) {
    const auto& distances = row["positions"][position];
    std::printf("%-*.*s %5d %6.2f ", name_width, name_width, name.c_str(), row["notes"].get<int>(),
                row["distance_of_ends"].get<double>());
    for (const char* method : truth_method_keys)
        std::printf(" %5.2f / %5.2f ", distances[method]["elsd"].get<double>(),
                    distances[method]["attack_elsd"].get<double>());
    std::printf(" %4.2f / %4.2f\n", distances["ratio"].get<double>(), distances["attack_ratio"].get<double>());
}

void print_group(const json& group) {
    std::printf("\n%-*s %5s %6s ", name_width, group["name"].get<std::string>().c_str(), "notes", "ends");
    for (const char* heading : headings) std::printf(" %-14s", heading);
    std::printf(" %s\n", "ratio");
    for (const auto& family : group["families"]) print_row(family["name"], family, "0.5");
    for (const char* position : truth_position_keys)
        print_row(std::string("mean over families, t = ") + position, group["mean"], position);
    std::printf("worst family: %s, %.2f\n", group["worst"]["name"].get<std::string>().c_str(),
                group["worst"]["ratio"].get<double>());
}

} // namespace

void print_truth(const json& j) {
    std::printf("\nDistance from the true sound between two settings of a knob: ELSD / attack ELSD in dB, half way "
                "unless said otherwise;\nends: ELSD between A and B; ratio: network to mean in dB, mean of the notes' "
                "ratios\n");
    for (const auto& group : j["groups"]) print_group(group);
    std::map<std::string, int> left_out;
    for (const auto& triple : j["left_out"])
        ++left_out[triple["family"].get<std::string>() + ": " + triple["why"].get<std::string>()];
    for (const auto& [text, count] : left_out) std::printf("left out: %s (%d notes)\n", text.c_str(), count);
}

} // namespace timbrel::models
