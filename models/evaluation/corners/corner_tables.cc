// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/foreign_text.h"
#include "models/evaluation/corners/case_notes.h"
#include "models/evaluation/corners/evaluate_corners.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>

namespace timbrel::models {
namespace {

using nlohmann::json;

void print_line(const std::string& name, const json& row) {
    std::printf("%-28.28s", name.c_str());
    for (const char* key : {"on", "between", "transposed", "true_envelope", "resynthesised", "resampled"})
        std::printf("  %5.2f / %5.2f", row[key]["elsd"].get<double>(), row[key]["attack_elsd"].get<double>());
    std::printf("  %5.2f\n", row["rise"].get<double>());
}

void print_summary(const std::string& name, const json& row) {
    print_line(name, row);
    const auto &steady = row["steady"], &rise = steady["rise"];
    std::printf(
        "%30s%d of %d corners rise by 1 dB at most; of those whose instrument changes by 2 dB at most, %d of %d, "
        "%.2f on the mean\n",
        "", row["within_1_db"].get<int>(), row["corners"].get<int>(), steady["within_1_db"].get<int>(),
        steady["corners"].get<int>(), rise.is_null() ? NAN : rise.get<double>());
}

} // namespace

void print_corners(const json& j) {
    std::printf("\nCorners against what their source plays at the key: ELSD / attack ELSD in dB on recorded keys, and "
                "between them; the same of\nthe transposed recordings themselves, of these with the envelope that the "
                "source has at the key, of cells without them, and\nof the recordings resampled; rise: ELSD between "
                "less that on recorded keys\n");
    std::printf("%-28s  %-13s  %-13s  %-13s  %-13s  %-13s  %-13s  %s\n", "corner", "recorded", "between", "transposed",
                "true envelope", "resynthesised", "resampled", " rise");
    if (!j.contains("all")) return;
    for (const auto& [name, group] : j["groups"].items()) {
        for (const auto& corner : j["corners"])
            if (corner["group"] == name) print_line(printable(corner["name"].get<std::string>()), corner);
        print_summary(name, group);
    }
    print_summary("all", j["all"]);
    print_left_out(j);
}

} // namespace timbrel::models
