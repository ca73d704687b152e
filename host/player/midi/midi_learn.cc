#include "host/player/midi/midi_learn.h"

#include "common/atomic_file.h"
#include "common/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <span>

namespace timbrel::host {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

// So long is heard for a lower half after a controller first moves: it tells a pair of 14 bits from one of seven.
constexpr std::chrono::milliseconds pair_time{300};

fs::path configuration() {
    const char* const folder = std::getenv("XDG_CONFIG_HOME");
    const char* const home = std::getenv("HOME");
    if (folder && *folder) return fs::path(folder) / "timbrel" / "controllers.json";
    if (home && *home) return fs::path(home) / ".config" / "timbrel" / "controllers.json";
    return {};
}

std::string text_of(const Controller& controller) {
    return "controller " + std::to_string(controller.number) + (controller.fine ? " (14 bits)" : "") + " on channel " +
           std::to_string(controller.channel + 1);
}

// The controller that was moved first, a pair where its other half came too.
Controller choose(const std::vector<Controller>& heard) {
    const auto came = [&](int number) {
        return std::any_of(heard.begin(), heard.end(), [&](const Controller& controller) {
            return controller.channel == heard.front().channel && controller.number == number;
        });
    };
    Controller first = heard.front();
    if (first.number < halves_apart) {
        first.fine = came(first.number + halves_apart);
    } else if (first.number < 2 * halves_apart && came(first.number - halves_apart)) {
        first.number = static_cast<uint8_t>(first.number - halves_apart);
        first.fine = true;
    }
    return first;
}

// What lies in the file; an empty object when there is none. Throws json::exception for what cannot be read or is no
// object.
json content_of(const fs::path& file) {
    std::error_code unclear;
    if (!fs::exists(file, unclear) && !unclear) return json::object();
    std::ifstream in(file);
    json all = json::parse(in);
    if (!all.is_object()) throw json::other_error::create(0, "no object", nullptr);
    return all;
}

// Throws json::exception for what is not written so.
Controller read_controller(const json& entry) {
    const int channel = entry.at("channel"), number = entry.at("controller");
    const bool fine = entry.value("fine", false);
    if (channel < 1 || channel > 16 || number < 0 || number >= (fine ? halves_apart : 120))
        throw json::other_error::create(0, "no such controller", nullptr);
    return {static_cast<uint8_t>(channel - 1), static_cast<uint8_t>(number), fine};
}

} // namespace

Lessons::Lessons(const std::string& plugin_uri, std::vector<Port> ports, std::function<void(const std::string&)> say)
    : plugin_(plugin_uri), say_(std::move(say)), file_(configuration()), map_(std::move(ports)) {
    try {
        read();
    } catch (const json::exception&) {
        readable_ = false;
        say_(file_.string() + ": not the MIDI controllers that were learnt; mend or remove it");
    }
}

void Lessons::read() {
    if (file_.empty()) return;
    const json all = content_of(file_);
    if (!all.contains(plugin_)) return;
    for (const auto& [symbol, entry] : all.at(plugin_).items())
        for (const Port& port : map_.ports())
            if (port.symbol == symbol && is_setting(port)) map_.assign(read_controller(entry), port.index);
}

// Only what this port's lesson changes: another player may have written since.
void Lessons::write(uint32_t port) {
    const auto fail = [&] { say_(file_.string() + ": cannot be written; what was learnt holds until the end"); };
    if (!readable_ || file_.empty()) return fail();
    json all;
    try {
        all = content_of(file_);
        json& own = *all.emplace(plugin_, json::object()).first;
        const auto controller = map_.controller_of(port);
        own.erase(map_.ports()[port].symbol);
        for (auto entry = own.begin(); entry != own.end();)
            entry = controller && overlap(read_controller(*entry), *controller) ? own.erase(entry) : std::next(entry);
        if (controller)
            own[map_.ports()[port].symbol] = {
                {"channel", controller->channel + 1}, {"controller", controller->number}, {"fine", controller->fine}};
    } catch (const json::exception&) {
        return fail();
    }
    std::error_code error;
    fs::create_directories(file_.parent_path(), error);
    // Where it is a link to a file that is kept elsewhere, that file is replaced and the link stays.
    const fs::path target = fs::weakly_canonical(file_, error);
    try {
        const std::string text = all.dump(2) + '\n';
        NewFile out(target);
        out.write(std::as_bytes(std::span(text)));
        out.finish();
    } catch (const Error&) {
        fail();
    }
}

std::string Lessons::name_of(uint32_t port) const { return map_.ports()[port].name; }

void Lessons::learn(uint32_t port) {
    due_.push_back(port);
    if (due_.size() == 1) begin();
}

void Lessons::begin() {
    heard_.clear();
    if (due_.empty()) taught_.clear();
    map_.listen(!due_.empty());
    if (!due_.empty()) say_(name_of(due_.front()) + ": now move a MIDI controller");
}

void Lessons::forget(uint32_t port) {
    const auto controller = map_.controller_of(port);
    map_.forget(port);
    if (controller) write(port);
    say_(name_of(port) + (controller ? " is moved no more by " + text_of(*controller) : " had learnt no controller"));
}

void Lessons::cancel() {
    due_.clear();
    begin();
}

void Lessons::attend() {
    if (due_.empty()) return;
    const auto now = std::chrono::steady_clock::now();
    while (const auto controller = map_.next_heard()) {
        // The hand may still be on the one before.
        if (std::any_of(taught_.begin(), taught_.end(), [&](const auto& c) { return overlap(c, *controller); }))
            continue;
        if (heard_.empty()) first_heard_ = now;
        heard_.push_back(*controller);
    }
    if (heard_.empty() || now - first_heard_ < pair_time) return;
    const Controller controller = choose(heard_);
    const uint32_t port = due_.front();
    map_.assign(controller, port);
    taught_.push_back(controller);
    say_(name_of(port) + " is moved by " + text_of(controller));
    write(port);
    due_.pop_front();
    begin();
}

} // namespace timbrel::host
