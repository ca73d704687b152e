// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/baking/plane_baker.h"

#include "common/error.h"
#include "common/foreign_text.h"
#include "common/source_options.h"
#include "common/user_dirs.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

namespace timbrel::ui {

namespace fs = std::filesystem;

namespace {

constexpr size_t max_bank_name = 60; // bytes

// The sounds' names joined, each once.
std::string bank_name(const std::vector<CornerSlot>& slots) {
    std::vector<std::string> names;
    for (const CornerSlot& slot : slots)
        if (!slot.name.empty() && std::find(names.begin(), names.end(), slot.name) == names.end())
            names.push_back(slot.name);
    const size_t each = max_bank_name / std::max<size_t>(1, names.size());
    std::string text;
    for (const std::string& name : names) {
        if (!text.empty()) text += " - ";
        // Cut between characters of UTF-8.
        size_t end = std::min(name.size(), each);
        while (end < name.size() && end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
        text += name.substr(0, end);
    }
    std::replace(text.begin(), text.end(), '/', '_');
    return without_controls(text);
}

// Leaves out a source that an error message begins with.
std::string without_name(const std::string& text, const std::string& source) {
    return text.starts_with(source + ": ") ? text.substr(source.size() + 2) : text;
}

bool is_filled(const CornerSlot& slot) { return !slot.source.empty(); }

// Where the banks of windows are.
fs::path bank_folder() {
    const std::vector<fs::path> folders = data_dirs();
    if (folders.empty()) throw Error("there is no folder for the bank; set HOME or XDG_DATA_HOME");
    fs::path folder = folders.front() / "timbrel/banks";
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw Error(folder.string() + ": " + error.message());
    return folder;
}

fs::path unused_path(const fs::path& folder, const std::string& name) {
    fs::path path = folder / (name + ".timbrel");
    for (int number = 2; fs::exists(path); ++number) path = folder / (name + " " + std::to_string(number) + ".timbrel");
    return path;
}

} // namespace

void PlaneBaker::take_bank() {
    const BankPicture& bank = scene_.bank;
    const size_t corners = bank.corner_columns * bank.corner_rows;
    if (is_from_slots(bank)) {
        for (size_t i = 0; i < std::min(corners, bank.corners.size()); ++i)
            if (is_filled(scene_.slots[i])) scene_.slots[i].name = bank.corners[i].name; // as the baker calls it
        return;
    }
    // A stage that was written before the corners changed may still arrive.
    if (baking() && scene_.bank_path == output_) return;
    if (baking()) cancel(); // the user has chosen another bank
    scene_.slots.assign(corners, {});
    if (bank.sources.size() != corners || bank.corners.size() != corners) return;
    for (size_t i = 0; i < corners; ++i) scene_.slots[i] = {bank.sources[i], bank.corners[i].name, {}};
}

bool PlaneBaker::is_from_slots(const BankPicture& bank) const {
    if (scene_.slots.empty() || scene_.slots.size() != bank.sources.size() ||
        std::none_of(scene_.slots.begin(), scene_.slots.end(), is_filled))
        return false;
    for (size_t i = 0; i < scene_.slots.size(); ++i)
        if (source_for(i, bank.corner_columns) != bank.sources[i]) return false;
    return true;
}

void PlaneBaker::drop(size_t corner, const std::vector<std::string>& paths) {
    const size_t corners = scene_.bank.corner_columns * scene_.bank.corner_rows;
    scene_.slots.resize(corners);
    for (size_t i = 0; i < std::min(paths.size(), corners); ++i)
        scene_.slots[(corner + i) % corners] = {paths[i], fs::path(paths[i]).stem().string(), {}};
    bake_slots();
}

bool PlaneBaker::set_corners(const std::vector<CornerSlot>& slots) {
    scene_.slots = slots;
    if (std::any_of(slots.begin(), slots.end(), is_filled)) {
        bake_slots();
        return true;
    }
    cancel();
    return false;
}

void PlaneBaker::bake_slots() {
    for (CornerSlot& slot : scene_.slots) slot.refusal.clear();
    scene_.message.clear();
    if (!baking()) choose_output(); // else the unfinished bank is replaced
    bakes_[output_] = {scene_.bank.corner_columns, scene_.bank.corner_rows, {}};
    start();
}

void PlaneBaker::start() {
    Bake& bake = bakes_.at(output_);
    bake.finished.clear();
    checking_ = scene_.can_bake_again = false;
    std::vector<std::string> arguments = {"-o", output_, "--map",
                                          std::to_string(bake.columns) + "x" + std::to_string(bake.rows)};
    arguments.insert(arguments.end(), bake.options.begin(), bake.options.end());
    for (std::string& source : sources(bake.columns)) arguments.push_back(std::move(source));
    client_.start(arguments);
    scene_.bake = {};
    scene_.bake.running = true;
}

std::optional<std::string> PlaneBaker::restore(const std::string& bank, const std::vector<CornerSlot>& slots) {
    if (baking()) cancel();
    scene_.message.clear();
    if (slots.empty()) return bank;
    scene_.slots = slots;
    const auto bake = bakes_.find(bank);
    const bool filled = std::any_of(slots.begin(), slots.end(), is_filled);
    if (bake == bakes_.end() || !filled || bake->second.finished == sources(bake->second.columns)) return bank;
    output_ = bank;
    start();
    return {};
}

void PlaneBaker::cancel() {
    client_.cancel();
    checking_ = false;
    scene_.bake = {};
}

void PlaneBaker::take_lost_bank(const std::optional<lv2::BankRecipe>& recipe) {
    lost_ = recipe;
    if (checking_) cancel();
    scene_.can_bake_again = lost_ && !baking();
    if (!scene_.can_bake_again) return;
    scene_.bank.corner_columns = lost_->columns;
    scene_.bank.corner_rows = lost_->rows;
    scene_.slots.clear();
    std::vector<std::string> sources;
    for (const lv2::BankRecipe::Corner& corner : lost_->corners) {
        scene_.slots.push_back({corner.source, printable(corner.name)});
        sources.push_back(corner.source);
    }
    client_.check(sources);
    checking_ = true;
}

void PlaneBaker::bake_lost_bank() {
    if (!lost_ || baking()) return;
    for (CornerSlot& slot : scene_.slots) slot.refusal.clear();
    scene_.message.clear();
    const fs::path path = scene_.bank_path;
    if (access(path.parent_path().c_str(), W_OK | X_OK) == 0)
        output_ = path.string();
    else
        output_ = unused_path(bank_folder(), path.stem().string()).string();
    bakes_[output_] = {lost_->columns, lost_->rows, {}, lost_->options};
    start();
}

const std::string& PlaneBaker::source_for(size_t corner, size_t corner_columns) const {
    const auto columns = static_cast<long>(corner_columns);
    const auto distance = [&](size_t other) {
        const long from = static_cast<long>(corner), to = static_cast<long>(other);
        return std::abs(from % columns - to % columns) + std::abs(from / columns - to / columns);
    };
    size_t nearest = scene_.slots.size();
    for (size_t i = 0; i < scene_.slots.size(); ++i)
        if (!scene_.slots[i].source.empty() && (nearest == scene_.slots.size() || distance(i) < distance(nearest)))
            nearest = i;
    return scene_.slots[nearest].source;
}

std::vector<std::string> PlaneBaker::sources(size_t columns) const {
    std::vector<std::string> list;
    for (size_t i = 0; i < scene_.slots.size(); ++i) list.push_back(source_for(i, columns));
    return list;
}

void PlaneBaker::choose_output() { output_ = unused_path(bank_folder(), bank_name(scene_.slots)).string(); }

PlaneBaker::Update PlaneBaker::update() {
    Update update;
    while (const auto message = client_.next_message()) {
        try {
            if (checking_)
                take_check(*message);
            else
                take(*message, update);
        } catch (const nlohmann::json::exception&) {
            // A service of another version may send messages that this window does not know.
        }
        update.changed = true;
    }
    return update;
}

void PlaneBaker::take_refusal(const nlohmann::json& message) {
    if (!message.contains("refused")) return;
    const auto corner = message.at("refused").get<size_t>();
    if (corner >= scene_.slots.size() || scene_.slots[corner].source.empty()) return;
    const std::string source = split_source(scene_.slots[corner].source).source;
    scene_.slots[corner].refusal = printable(without_name(message.at("why").get<std::string>(), source));
}

// Without the service nothing is said: a click on the button explains it.
void PlaneBaker::take_check(const nlohmann::json& message) {
    take_refusal(message);
    if (message.contains("source")) {
        const auto corner = message.at("source").get<size_t>();
        if (corner < lost_->corners.size() && corner < scene_.slots.size() && !lost_->corners[corner].hash.empty() &&
            message.at("hash").get<std::string>() != lost_->corners[corner].hash)
            scene_.slots[corner].refusal = "has changed since it was baked, so it will sound different";
    }
    if (message.contains("finished") || message.contains("error")) checking_ = false;
}

void PlaneBaker::take(const nlohmann::json& message, Update& update) {
    BakeStatus& bake = scene_.bake;
    if (message.contains("waiting")) bake.waiting = true;
    if (message.contains("done")) {
        bake.waiting = false;
        bake.stage = message.at("stage").get<int>();
        bake.stages = message.at("of").get<int>();
        bake.done = std::clamp(message.at("done").get<double>(), 0.0, 1.0);
        bake.seconds_left.reset();
        if (message.contains("left")) bake.seconds_left = message.at("left").get<double>();
    }
    if (message.contains("noticed"))
        if (const auto corner = message.at("noticed").get<size_t>(); corner < scene_.slots.size())
            scene_.slots[corner].report = message.at("what").get<std::vector<std::string>>();
    take_refusal(message);
    if (message.contains("bank")) update.bank = message.at("bank").get<std::string>();
    if (message.contains("finished")) {
        bake = {};
        Bake& ended = bakes_.at(output_);
        ended.finished = sources(ended.columns);
    }
    if (message.contains("error")) {
        bake = {};
        const bool explained = std::any_of(scene_.slots.begin(), scene_.slots.end(),
                                           [](const CornerSlot& slot) { return !slot.refusal.empty(); });
        if (!explained) scene_.message = printable(message.at("error").get<std::string>());
    }
}

} // namespace timbrel::ui
