// SPDX-License-Identifier: GPL-3.0-or-later
// The window's model: everything that it shows, as plain data. The drawing functions read it; the input handler and the
// plugin's messages change it. Thread: control (the window's).
#pragma once

#include "plugin/engine/core/parameters.h"
#include "plugin/engine/core/plane_path.h"
#include "plugin/ui/scene/bank_picture.h"
#include "plugin/ui/scene/sound.h"

#include <array>
#include <bitset>
#include <optional>
#include <string>
#include <vector>

namespace timbrel::ui {

// One point of the puck's fading trail.
struct TrailPoint {
    engine::PlanePoint position;
    double time; // seconds, on the clock of Scene::now
};

// A sounding note on the plane.
struct NoteMarker {
    int key; // MIDI note number
    engine::PlanePoint position;
};

// One line of a drop-down list.
struct ListLine {
    enum class Kind {
        heading,
        bank,
        file_dialog, // the host's, for a bank
        preset,
        save, // of the current preset, as the next three
        save_as,
        rename,
        remove,
        random_sound,
        random_position,
        corner_name, // of the corner of the list, as the next five
        corner_gain,
        corner_tune,
        corner_swap,
        corner_clear,
        corner_report
    };
    Kind kind = Kind::heading;
    std::string text;
    std::string value;  // the bank's path, the preset's URI, the panel (empty for all), the other corner's index
    std::string detail; // at the right end; may be empty
};

// The list that hangs from one of the buttons, or the menu of a corner.
struct DropList {
    enum class Kind { none, banks, presets, random, corner };
    Kind kind = Kind::none; // none while the list is closed
    std::vector<ListLine> lines;
    size_t first = 0; // visible line
    std::optional<size_t> hovered;
    size_t corner = 0; // of the menu
};

// A text while the user types it.
struct NameEdit {
    enum class Purpose { save_preset, rename_preset, corner_name, corner_gain, corner_tune };
    Purpose purpose = Purpose::save_preset;
    std::string text;
    size_t corner = 0;
    bool is_of_corner() const { return purpose >= Purpose::corner_name; }
};

// A line that stays for some seconds.
struct Notice {
    std::string text;
    double until = 0; // seconds, on the clock of Scene::now
};

// The numbers of the status line, as the plugin last reported them.
struct UiStatus {
    int voices = 0;         // sounding
    int dropouts = 0;       // notes that paused because the disk was too slow
    int lost_events = 0;    // MIDI messages dropped because too many came for one block
    double load = 0;        // processing time over block duration, 0–1
    double sample_rate = 0; // Hz; 0 before the first report
    int block = 0;          // frames
};

// A bake that fills the plane.
struct BakeStatus {
    bool running = false;
    bool waiting = false; // for another window's bake
    int stage = 0;        // from 1; 0 before the first
    int stages = 0;
    double done = 0;                    // of the whole work, 0–1
    std::optional<double> seconds_left; // unknown at the beginning
};

inline constexpr double notice_seconds = 3;

struct Scene {
    double now = 0; // seconds, monotonic

    std::array<float, engine::parameter_count> values{};
    std::optional<engine::Parameter> dragged;        // the knob that the pointer drags
    std::optional<engine::Parameter> hovered;        // the control under the pointer
    std::optional<engine::PlanePoint> drag_position; // of the pointer, while it drags on the plane

    engine::PlanePoint position{0.5f, 0.5f}; // the puck: where the plane is played
    std::vector<TrailPoint> trail;           // oldest first
    std::vector<NoteMarker> notes;
    std::vector<engine::PlanePoint> gesture; // path of the recorded gesture; empty for none
    std::bitset<128> sounding_keys;          // by MIDI note number, as the plugin reports them
    std::bitset<128> pressed_keys;           // pressed in this window
    UiStatus status;

    BankPicture bank;
    int bank_revision = 0; // grows with every new `bank`
    std::string bank_path;
    std::string message;                 // why the requested bank or tuning is missing; empty if none is
    std::string tuning_master;           // whether notes follow MTS-ESP; empty without a master
    std::vector<CornerSlot> slots;       // row by row from the north-west, bank.corner_columns in each row
    std::optional<size_t> drop_corner;   // the corner that files dragged over the plane would go to
    std::optional<size_t> report_corner; // the corner whose report is open
    BakeStatus bake;
    bool can_bake_again = false; // the bank is missing, and its sounds are at the corners
    DropList list;

    std::string scale, keyboard_map;                           // paths of the tuning's files; empty for none
    std::shared_ptr<const std::vector<uint8_t>> gesture_bytes; // of `gesture`; null for none, or until it is read
    CurrentPreset preset;
    SoundSides sides;
    std::string undo_name, redo_name; // of the steps that undo and redo would take; empty for none
    std::optional<NameEdit> name_edit;
    Notice notice;
    std::string hint; // what the button under the pointer does; empty for none

    bool dark = true;
    int zoom_percent = 100;
    bool computer_keyboard = false; // the letter keys play notes
    size_t page = 0;                // of the panels
    double scroll = 0;              // of the panels where they do not fit, units

    float value(engine::Parameter parameter) const { return values[static_cast<size_t>(parameter)]; }
    // Whether a parameter or a file differs from the current preset's.
    bool preset_changed() const;
    // Shows a line for notice_seconds.
    void notify(const std::string& text) { notice = {text, now + notice_seconds}; }
};

// Lifetime of a trail point.
inline constexpr double trail_seconds = 1.4;

} // namespace timbrel::ui
