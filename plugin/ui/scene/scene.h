// Everything that the window shows, as plain data: drawing reads it, hands and the plugin's messages change it.
#pragma once

#include "plugin/engine/core/parameters.h"
#include "plugin/engine/core/plane_path.h"
#include "plugin/ui/scene/bank_picture.h"

#include <array>
#include <bitset>
#include <optional>
#include <string>
#include <vector>

namespace timbrel::ui {

// Where the plane was played a while ago.
struct Footprint {
    engine::PlanePoint place;
    double time; // seconds, on the clock of Scene::now
};

struct NotePuck {
    int key;
    engine::PlanePoint place;
};

// What can be chosen from the list of banks: a file, or the name of a folder above its files.
struct BankChoice {
    std::string text;
    std::string path;       // empty for a folder's name
    bool elsewhere = false; // the last line, which asks the host for a file
};

struct Health {
    int voices = 0;
    int misses = 0;      // notes that had to wait for the disk
    int lost_events = 0; // MIDI messages that were too many
    double load = 0;     // share of the time there is, 0–1
    double rate = 0;     // frames per second; 0 before the plugin told anything
    int block = 0;       // frames
};

struct Scene {
    double now = 0; // seconds on a clock that only goes forward

    std::array<float, engine::parameter_count> values{};
    std::optional<engine::Parameter> touched, pointed; // by the hand, by the pointer
    std::optional<engine::PlanePoint> finger;          // on the plane

    engine::PlanePoint place{0.5f, 0.5f}; // where the plane is played
    std::vector<Footprint> trail;         // oldest first
    std::vector<NotePuck> notes;
    std::vector<engine::PlanePoint> gesture; // the recorded path
    std::bitset<128> keys, own_keys;         // sounding ones, as the plugin tells, and those that are played here
    Health health;

    BankPicture bank;
    int bank_changes = 0; // counts the pictures there have been
    std::string message;  // why the bank that was asked for does not play
    bool choosing = false;
    std::vector<BankChoice> choices;
    std::string bank_path;
    size_t first_choice = 0; // shown, of a list longer than its room
    std::optional<size_t> pointed_choice;

    bool dark = true;
    int zoom_percent = 100;
    bool computer_keyboard = false; // letters play notes
    double scroll = 0;              // of the panels, when they do not fit

    float value(engine::Parameter parameter) const { return values[static_cast<size_t>(parameter)]; }
};

// Seconds after which a footprint has faded.
inline constexpr double trail_seconds = 1.4;

} // namespace timbrel::ui
