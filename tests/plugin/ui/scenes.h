// SPDX-License-Identifier: GPL-3.0-or-later
// Sample scenes for tests and screenshots. Thread: the test's.
#pragma once

#include "plugin/ui/scene/scene.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace timbrel::test {

// No bank, all parameters at their initial values.
inline ui::Scene initial_scene() {
    ui::Scene scene;
    for (size_t i = 0; i < engine::parameter_count; ++i) scene.values[i] = engine::parameters[i].initial;
    return scene;
}

// Spectra with many partials in the west and few in the east, brighter towards the north.
inline ui::BankPicture sample_bank_picture() {
    ui::BankPicture picture;
    picture.name = "Breath and wood";
    picture.columns = picture.rows = 7;
    picture.sample_rate = 48000;
    picture.corners = {{"Flute", 0, 1}, {"Concert piano", 1, 1}, {"Choir", 0, 0}, {"Marimba", 1, 0}};
    for (int row = 0; row < 7; ++row)
        for (int column = 0; column < 7; ++column) {
            std::vector<float> levels;
            for (int band = 0; band < 48; ++band) {
                const double partial = std::pow(std::cos((band - 12) * std::numbers::pi / (3 + column * 0.8)), 2);
                const double slope = std::exp(-std::fabs(band - 12) / (18.0 - 2.2 * row));
                levels.push_back(static_cast<float>(slope * (0.2 + 0.8 * partial)));
            }
            picture.spectra.push_back(levels);
        }
    return picture;
}

// Four notes, a moving puck and a playing gesture.
inline ui::Scene playing_scene() {
    ui::Scene scene = initial_scene();
    const auto set = [&](engine::Parameter parameter, float value) {
        scene.values[static_cast<size_t>(parameter)] = value;
    };
    scene.bank = sample_bank_picture();
    scene.bank_revision = 1;
    scene.now = 10;
    for (int i = 0; i <= 24; ++i) {
        const double progress = i / 24.0;
        scene.trail.push_back({{static_cast<float>(0.2 + 0.44 * progress),
                                static_cast<float>(0.2 + 0.5 * std::sqrt(progress) + 0.03 * std::sin(9 * progress))},
                               10 - 1.2 * (1 - progress)});
    }
    scene.position = scene.trail.back().position;
    set(engine::Parameter::x, scene.position.x);
    set(engine::Parameter::y, scene.position.y);
    scene.notes = {{48, scene.position}, {60, {0.5f, 0.62f}}, {67, {0.78f, 0.8f}}};
    for (const int key : {48, 55, 60, 67}) scene.sounding_keys.set(static_cast<size_t>(key));
    for (int i = 0; i <= 64; ++i) {
        const double angle = 2 * std::numbers::pi * i / 64;
        scene.gesture.push_back({static_cast<float>(0.56 + 0.2 * std::cos(angle) - 0.2 * std::cos(2 * angle) * 0.4),
                                 static_cast<float>(0.45 + 0.26 * std::sin(angle))});
    }
    set(engine::Parameter::gesture, 2);
    scene.status = {.voices = 4, .load = 0.006, .sample_rate = 48000, .block = 64};
    set(engine::Parameter::glide, 40);
    set(engine::Parameter::attack, 0.004f);
    set(engine::Parameter::decay, 0.6f);
    set(engine::Parameter::sustain, -14);
    set(engine::Parameter::cutoff, 9000);
    set(engine::Parameter::cutoff_key, 50);
    set(engine::Parameter::level, -6);
    set(engine::Parameter::mpe, 1);
    return scene;
}

// What the buttons above the panels open: "presets", "random", "naming", "undone" or "side-b"; false for any other
// name.
inline bool show_toolbar(ui::Scene& scene, const std::string& state) {
    using Kind = ui::ListLine::Kind;
    scene.preset = {"Evening choir", "file:///choir", true, {{engine::Parameter::cutoff, 9000}}, {}};
    scene.undo_name = "Cutoff";
    if (state == "presets") {
        scene.values[static_cast<size_t>(engine::Parameter::cutoff)] = 4000;
        scene.list.kind = ui::DropList::Kind::presets;
        scene.list.lines = {
            {Kind::save, "Save Evening choir", "", ""},
            {Kind::save_as, "Save as a new preset …", "", ""},
            {Kind::rename, "Rename Evening choir …", "", ""},
            {Kind::remove, "Delete Evening choir …", "", ""},
            {Kind::heading, "With this bank", "", ""},
            {Kind::preset, "Evening choir", "file:///choir", ""},
            {Kind::preset, "Reeds at dawn", "file:///reeds", ""},
            {Kind::heading, "Your presets", "", ""},
            {Kind::preset, "A rather long name for a preset with bells", "file:///bells", "Bells and bowls"},
            {Kind::preset, "Plain", "file:///plain", ""},
            {Kind::heading, "Factory", "", ""}};
        for (const char* name : {"Dark swell", "Drifting", "Expressive surface", "Init", "Narrow and near",
                                 "Opens with the touch", "Organ keys", "Plucked"})
            scene.list.lines.push_back({Kind::preset, name, name, ""});
        scene.list.hovered = 6;
    } else if (state == "random") {
        scene.list.kind = ui::DropList::Kind::random;
        scene.list.lines = {{Kind::random_sound, "All panels", "", ""}};
        for (const char* panel : {"Motion", "Envelope", "Filter", "Touch", "Pitch", "Play", "LFO 1", "LFO 2",
                                  "Envelope 2", "Delay", "Reverb"})
            scene.list.lines.push_back({Kind::random_sound, panel, panel, ""});
        scene.list.lines.push_back({Kind::random_position, "Position on the plane", "", ""});
    } else if (state == "naming") {
        scene.name_edit = ui::NameEdit{ui::NameEdit::Purpose::save_preset, "Zwölf Töne"};
        scene.notify("the preset Zwölf Töne exists; choose another name");
    } else if (state == "undone") {
        scene.undo_name.clear();
        scene.redo_name = "Cutoff";
        scene.notify("Undone: Cutoff");
    } else if (state == "side-b") {
        scene.sides.second = true;
        scene.values[static_cast<size_t>(engine::Parameter::cutoff)] = 500;
        scene.hint = "Two sounds to compare; a click changes to the other one.";
    } else {
        scene.preset = {};
        scene.undo_name.clear();
        return false;
    }
    return true;
}

// The menu of the north-east corner: "menu", "gain" or "report"; false for any other name.
inline bool show_corner_menu(ui::Scene& scene, const std::string& state) {
    using Kind = ui::ListLine::Kind;
    if (state == "menu") {
        scene.list.kind = ui::DropList::Kind::corner;
        scene.list.corner = 1;
        scene.list.lines = {{Kind::heading, "Concert piano", "", ""},
                            {Kind::corner_name, "Name …", "", ""},
                            {Kind::corner_gain, "Gain …", "", "−3.5 dB"},
                            {Kind::corner_tune, "Tune …", "", "+12 ct"},
                            {Kind::corner_swap, "Swap with Flute", "", ""},
                            {Kind::corner_swap, "Swap with Choir", "", ""},
                            {Kind::corner_swap, "Swap with Marimba", "", ""},
                            {Kind::corner_clear, "Clear", "", ""},
                            {Kind::corner_report, "What the baker noticed", "", "3 notes"}};
        scene.list.hovered = 2;
    } else if (state == "gain") {
        scene.name_edit = ui::NameEdit{ui::NameEdit::Purpose::corner_gain, "-3.5", 1};
    } else if (state == "report") {
        scene.report_corner = 1;
        scene.slots[1].source = "gain=-3.5:/home/ada/sounds/Concert piano";
        scene.slots[1].report = {
            "piano-C4 is clipped in 312 places", "piano-A5 begins with 0.41 s of silence, which was cut",
            "Concert piano: transposed from the nearest recordings: the notes C#3 D3 F3 G3 A#3 C#4 D4 "
            "and the velocities 50"};
    } else {
        return false;
    }
    return true;
}

// The second page of panels: "modulation"; false for any other name.
inline bool show_modulation(ui::Scene& scene, const std::string& state) {
    using engine::Parameter;
    if (state != "modulation") return false;
    scene.page = 1;
    const std::pair<Parameter, float> values[] = {
        {Parameter::lfo1_sync, 6},      {Parameter::lfo1_x, 40},      {Parameter::lfo1_pitch, 12},
        {Parameter::lfo2_shape, 1},     {Parameter::lfo2_scope, 1},   {Parameter::lfo2_cutoff, -1.5f},
        {Parameter::env2_attack, 0.2f}, {Parameter::env2_y, -60},     {Parameter::delay_sync, 5},
        {Parameter::delay_mix, 25},     {Parameter::reverb_decay, 4}, {Parameter::reverb_mix, 30}};
    for (const auto& [parameter, value] : values) scene.values[static_cast<size_t>(parameter)] = value;
    return true;
}

// The plane as a place for sounds: "empty", "dropping", "baking", "refused" or "lost", or a corner's menu; false for
// any other name.
inline bool show_corners(ui::Scene& scene, const std::string& state) {
    if (state == "empty") {
        scene = initial_scene();
        return true;
    }
    for (const ui::BankPicture::Corner& corner : scene.bank.corners)
        scene.slots.push_back({"/sound.wav", corner.name, {}});
    if (state == "lost") {
        scene.bank = {};
        scene.bank_revision = 2;
        scene.can_bake_again = true;
        scene.message =
            "/home/ada/banks/Breath and wood.timbrel: missing; it plays as soon as it is next to the session "
            "or in /home/ada/.local/share/timbrel/banks";
        scene.slots[3].refusal = "cannot be read: no such file";
        return true;
    }
    if (state == "dropping") {
        scene.drop_corner = 1;
    } else if (state == "baking") {
        scene.bake.running = true;
        scene.bake.stage = 3;
        scene.bake.stages = 4;
        scene.bake.done = 0.31;
        scene.bake.seconds_left = 48;
    } else if (state == "refused") {
        scene.slots[2].name = "Letter";
        scene.slots[2].refusal = "no sound file that can be read: Format not recognised";
    } else {
        return show_corner_menu(scene, state);
    }
    return true;
}

} // namespace timbrel::test
