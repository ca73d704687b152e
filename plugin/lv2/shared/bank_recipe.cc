// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/shared/bank_recipe.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace timbrel::lv2 {

namespace {

using nlohmann::json;

constexpr size_t most_corners = 64; // along a side

// Metadata of a bank and the options of `timbrel bake` that they come from.
constexpr std::array<std::pair<const char*, const char*>, 6> number_options = {
    {{"grid", "--grid"},
     {"pitches", "--pitches"},
     {"velocities", "--velocities"},
     {"seconds", "--seconds"},
     {"release", "--release"},
     {"network_amount", "--network-amount"}}};

// A number, numbers with commas, or "auto".
std::string number_text(const json& value) {
    if (value == "auto") return value;
    if (value.is_number()) return value.dump();
    std::string text;
    for (const json& number : value) {
        if (!number.is_number()) throw json::type_error::create(302, "a number is expected", &number);
        text += (text.empty() ? "" : ",") + number.dump();
    }
    return text;
}

json recipe_of(const json& metadata) {
    json recipe = {{"map", metadata.at("map")}, {"model", metadata.at("recipe").at("model")}};
    for (const auto& [key, option] : number_options) recipe[key] = metadata.at(key);
    if (const auto tuning = metadata.find("tuning"); tuning != metadata.end()) recipe["tuning"] = *tuning;
    const json& sources = metadata.at("recipe").at("sources");
    for (size_t i = 0; i < sources.size(); ++i) {
        const json& corner = metadata.at("corners").at(i);
        const json& origin = corner.at("source");
        recipe["corners"].push_back({{"source", sources.at(i)},
                                     {"name", corner.at("name")},
                                     {"hash", origin.is_object() ? origin.value("hash", "") : ""}});
    }
    return recipe;
}

BankRecipe parse(const json& text) {
    BankRecipe recipe;
    recipe.columns = text.at("map").at(0).get_ref<const json::number_unsigned_t&>();
    recipe.rows = text.at("map").at(1).get_ref<const json::number_unsigned_t&>();
    for (const json& corner : text.at("corners"))
        recipe.corners.push_back({corner.at("source").get<std::string>(), corner.at("name").get<std::string>(),
                                  corner.at("hash").get<std::string>()});
    for (const auto& [key, option] : number_options) {
        recipe.options.emplace_back(option);
        recipe.options.push_back(number_text(text.at(key)));
    }
    if (const auto tuning = text.find("tuning"); tuning != text.end()) { // missing until 0.3
        if (*tuning != "key" && *tuning != "as-recorded")
            throw json::other_error::create(501, "a tuning is expected", &text);
        recipe.options.emplace_back("--tuning");
        recipe.options.push_back(tuning->get<std::string>());
    }
    recipe.options.emplace_back("--model");
    recipe.options.push_back(text.at("model").get<std::string>());
    return recipe;
}

bool is_possible(const BankRecipe& recipe) {
    const auto is_side = [](size_t corners) { return corners >= 1 && corners <= most_corners; };
    // What begins with a hyphen would be an option of the baker.
    const auto is_source = [](const BankRecipe::Corner& corner) {
        return !corner.source.empty() && !corner.source.starts_with('-') &&
               corner.source.find('\0') == std::string::npos;
    };
    return is_side(recipe.columns) && is_side(recipe.rows) && recipe.corners.size() >= 2 &&
           recipe.corners.size() == recipe.columns * recipe.rows && !recipe.options.back().starts_with('-') &&
           std::ranges::all_of(recipe.corners, is_source);
}

} // namespace

std::string recipe_text(const json& metadata) {
    try {
        if (metadata.contains("shard") || metadata.contains("fine_tuned")) return {};
        const json recipe = recipe_of(metadata);
        if (!is_possible(parse(recipe))) return {};
        std::string text = recipe.dump(-1, ' ', false, json::error_handler_t::replace);
        return text.size() < recipe_bytes ? text : std::string();
    } catch (const json::exception&) {
        return {};
    }
}

std::optional<BankRecipe> read_recipe(std::string_view text) {
    if (text.empty() || text.size() >= recipe_bytes) return {};
    try {
        BankRecipe recipe = parse(json::parse(text));
        if (!is_possible(recipe)) return {};
        return recipe;
    } catch (const json::exception&) {
        return {};
    }
}

} // namespace timbrel::lv2
