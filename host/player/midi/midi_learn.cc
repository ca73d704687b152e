// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/midi/midi_learn.h"

#include "common/atomic_file.h"
#include "common/error.h"
#include "common/output_guard.h"
#include "common/user_dirs.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <span>

namespace timbrel::host {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

// How long after a controller's first message its LSB may come, which makes it a 14-bit controller.
constexpr std::chrono::milliseconds pair_window{300};

fs::path config_path() {
    const fs::path folder = user_config_dir();
    return folder.empty() ? folder : folder / "timbrel" / "controllers.json";
}

std::string describe(const Controller& controller) {
    return "controller " + std::to_string(controller.number) + (controller.is_14_bit ? " (14 bits)" : "") +
           " on channel " + std::to_string(controller.channel + 1);
}

// The first received controller; a 14-bit one if its other half was received, too.
Controller choose_controller(const std::vector<Controller>& candidates) {
    const auto received = [&](int number) {
        return std::any_of(candidates.begin(), candidates.end(), [&](const Controller& controller) {
            return controller.channel == candidates.front().channel && controller.number == number;
        });
    };
    Controller first = candidates.front();
    if (first.number < lsb_offset) {
        first.is_14_bit = received(first.number + lsb_offset);
    } else if (first.number < 2 * lsb_offset && received(first.number - lsb_offset)) {
        first.number = static_cast<uint8_t>(first.number - lsb_offset);
        first.is_14_bit = true;
    }
    return first;
}

// The file's object; an empty one if there is no file. Throws json::exception if the file is unreadable or malformed.
json read_config(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(file, error) && !error) return json::object();
    std::ifstream in(file);
    json all = json::parse(in);
    if (!all.is_object()) throw json::other_error::create(0, "no object", nullptr);
    return all;
}

// Throws json::exception if the entry is not a valid controller.
Controller read_controller(const json& entry) {
    const int channel = entry.at("channel"), number = entry.at("controller");
    const bool is_14_bit = entry.value("fine", false);
    if (channel < 1 || channel > 16 || number < 0 || number >= (is_14_bit ? lsb_offset : 120))
        throw json::other_error::create(0, "no such controller", nullptr);
    return {static_cast<uint8_t>(channel - 1), static_cast<uint8_t>(number), is_14_bit};
}

} // namespace

MidiLearn::MidiLearn(const std::string& plugin_uri, std::vector<Port> ports,
                     std::function<void(const std::string&)> report)
    : plugin_(plugin_uri), report_(std::move(report)), file_(config_path()), map_(std::move(ports)) {
    try {
        read();
    } catch (const json::exception&) {
        readable_ = false;
        report_(file_.string() + ": not a list of learned MIDI controllers; correct or remove it");
    }
}

void MidiLearn::read() {
    if (file_.empty()) return;
    const json all = read_config(file_);
    if (!all.contains(plugin_)) return;
    for (const auto& [symbol, entry] : all.at(plugin_).items())
        for (const Port& port : map_.ports())
            if (port.symbol == symbol && is_parameter(port)) map_.assign(read_controller(entry), port.index);
}

// Reads the file again and changes only this port's entry, because another player may have written since.
void MidiLearn::write(uint32_t port) {
    const auto fail = [&](const std::string& cause) {
        report_(cause + "; the assignments last until the player ends");
    };
    if (file_.empty()) return fail("HOME is not set");
    if (!readable_) return fail(file_.string() + ": was not readable, so it is not replaced");
    json all;
    try {
        all = read_config(file_);
        json& assignments = *all.emplace(plugin_, json::object()).first;
        const auto controller = map_.controller_of(port);
        assignments.erase(map_.ports()[port].symbol);
        for (auto entry = assignments.begin(); entry != assignments.end();)
            entry = controller && share_messages(read_controller(*entry), *controller) ? assignments.erase(entry)
                                                                                       : std::next(entry);
        if (controller)
            assignments[map_.ports()[port].symbol] = {{"channel", controller->channel + 1},
                                                      {"controller", controller->number},
                                                      {"fine", controller->is_14_bit}};
    } catch (const json::exception&) {
        return fail(file_.string() + ": is no longer readable, so it is not replaced");
    }
    try {
        create_folder(file_.parent_path());
        const std::string text = all.dump(2) + '\n';
        AtomicFile out(file_);
        out.write(std::as_bytes(std::span(text)));
        out.finish();
    } catch (const Error& error) {
        fail(error.what());
    }
}

std::string MidiLearn::name_of(uint32_t port) const { return map_.ports()[port].name; }

void MidiLearn::learn(uint32_t port) {
    pending_.push_back(port);
    if (pending_.size() == 1) arm_next();
}

void MidiLearn::arm_next() {
    candidates_.clear();
    if (pending_.empty()) learned_.clear();
    map_.set_listening(!pending_.empty());
    if (!pending_.empty()) report_(name_of(pending_.front()) + ": now move a MIDI controller");
}

void MidiLearn::forget(uint32_t port) {
    const auto controller = map_.controller_of(port);
    map_.forget(port);
    if (controller) write(port);
    report_(name_of(port) + (controller ? " is no longer assigned to " + describe(*controller) : " has no controller"));
}

void MidiLearn::cancel() {
    pending_.clear();
    arm_next();
}

void MidiLearn::poll() {
    if (pending_.empty()) return;
    const auto now = std::chrono::steady_clock::now();
    while (const auto controller = map_.pop_received()) {
        // Ignores the previously learned controllers, which may still be moving.
        if (std::any_of(learned_.begin(), learned_.end(),
                        [&](const auto& c) { return share_messages(c, *controller); }))
            continue;
        if (candidates_.empty()) first_candidate_time_ = now;
        candidates_.push_back(*controller);
    }
    if (candidates_.empty() || now - first_candidate_time_ < pair_window) return;
    const Controller controller = choose_controller(candidates_);
    const uint32_t port = pending_.front();
    map_.assign(controller, port);
    learned_.push_back(controller);
    report_(name_of(port) + " is moved by " + describe(controller));
    write(port);
    pending_.pop_front();
    arm_next();
}

} // namespace timbrel::host
