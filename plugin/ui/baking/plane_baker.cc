// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/baking/plane_baker.h"

#include "common/error.h"
#include "common/foreign_text.h"
#include "common/user_dirs.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

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

fs::path unused_path(const fs::path& folder, const std::string& name) {
    fs::path path = folder / (name + ".timbrel");
    for (int number = 2; fs::exists(path); ++number) path = folder / (name + " " + std::to_string(number) + ".timbrel");
    return path;
}

} // namespace

void PlaneBaker::take_bank() {
    const BankPicture& bank = scene_.bank;
    const size_t corners = bank.corner_columns * bank.corner_rows;
    if (is_from_slots(bank)) return;
    if (client_.running()) cancel(); // the user has chosen another bank
    scene_.slots.assign(corners, {});
    if (bank.sources.size() != corners || bank.corners.size() != corners) return;
    for (size_t i = 0; i < corners; ++i) scene_.slots[i] = {bank.sources[i], bank.corners[i].name, {}};
}

bool PlaneBaker::is_from_slots(const BankPicture& bank) const {
    const auto filled = [](const CornerSlot& slot) { return !slot.source.empty(); };
    if (scene_.slots.empty() || scene_.slots.size() != bank.sources.size() ||
        std::none_of(scene_.slots.begin(), scene_.slots.end(), filled))
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
    for (CornerSlot& slot : scene_.slots) slot.refusal.clear();
    scene_.message.clear();
    if (!client_.running()) choose_output(); // else the unfinished bank is replaced
    bakes_[output_] = {scene_.bank.corner_columns, scene_.bank.corner_rows, {}};
    start();
}

void PlaneBaker::start() {
    Bake& bake = bakes_.at(output_);
    bake.finished.clear();
    std::vector<std::string> arguments = {"-o", output_, "--map",
                                          std::to_string(bake.columns) + "x" + std::to_string(bake.rows)};
    for (std::string& source : sources(bake.columns)) arguments.push_back(std::move(source));
    client_.start(arguments);
    scene_.bake = {};
    scene_.bake.running = true;
}

std::optional<std::string> PlaneBaker::restore(const std::string& bank, const std::vector<CornerSlot>& slots) {
    if (client_.running()) cancel();
    scene_.message.clear();
    if (slots.empty()) return bank;
    scene_.slots = slots;
    const auto bake = bakes_.find(bank);
    const bool filled = std::any_of(slots.begin(), slots.end(), [](const CornerSlot& s) { return !s.source.empty(); });
    if (bake == bakes_.end() || !filled || bake->second.finished == sources(bake->second.columns)) return bank;
    output_ = bank;
    start();
    return {};
}

void PlaneBaker::cancel() {
    client_.cancel();
    scene_.bake = {};
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

void PlaneBaker::choose_output() {
    const std::vector<fs::path> folders = data_dirs();
    if (folders.empty()) throw Error("there is no folder for the bank; set HOME or XDG_DATA_HOME");
    const fs::path folder = folders.front() / "timbrel/banks";
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw Error(folder.string() + ": " + error.message());
    output_ = unused_path(folder, bank_name(scene_.slots)).string();
}

PlaneBaker::Update PlaneBaker::update() {
    Update update;
    while (const auto message = client_.next_message()) {
        try {
            take(*message, update);
        } catch (const nlohmann::json::exception&) {
            // A service of another version may send messages that this window does not know.
        }
        update.changed = true;
    }
    return update;
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
    if (message.contains("refused"))
        if (const auto corner = message.at("refused").get<size_t>();
            corner < scene_.slots.size() && !scene_.slots[corner].source.empty())
            scene_.slots[corner].refusal =
                printable(without_name(message.at("why").get<std::string>(), scene_.slots[corner].source));
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
