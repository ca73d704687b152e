// A window in the middle of playing, for tests and pictures of it.
#pragma once

#include "plugin/ui/scene/scene.h"

#include <cmath>
#include <numbers>

namespace timbrel::test {

// Without a bank, every knob at its initial value.
inline ui::Scene resting_scene() {
    ui::Scene scene;
    for (size_t i = 0; i < engine::parameter_count; ++i) scene.values[i] = engine::parameters[i].initial;
    return scene;
}

// Spectra that turn from tones with many partials in the west to pure ones in the east, and brighter towards the north.
inline ui::BankPicture sample_picture() {
    ui::BankPicture picture;
    picture.name = "Breath and wood";
    picture.columns = picture.rows = 7;
    picture.rate = 48000;
    picture.corners = {{"Flute", 0, 1}, {"Concert piano", 1, 1}, {"Choir", 0, 0}, {"Marimba", 1, 0}};
    for (int row = 0; row < 7; ++row)
        for (int column = 0; column < 7; ++column) {
            std::vector<float> levels;
            for (int band = 0; band < 48; ++band) {
                const double partial = std::pow(std::cos((band - 12) * std::numbers::pi / (3 + column * 0.8)), 2);
                const double slope = std::exp(-std::fabs(band - 12) / (18.0 - 2.2 * row));
                levels.push_back(static_cast<float>(slope * (0.2 + 0.8 * partial)));
            }
            picture.cells.push_back(levels);
        }
    return picture;
}

inline ui::Scene playing_scene() {
    ui::Scene scene = resting_scene();
    const auto set = [&](engine::Parameter parameter, float value) {
        scene.values[static_cast<size_t>(parameter)] = value;
    };
    scene.bank = sample_picture();
    scene.bank_changes = 1;
    scene.now = 10;
    for (int i = 0; i <= 24; ++i) {
        const double way = i / 24.0;
        scene.trail.push_back({{static_cast<float>(0.2 + 0.44 * way),
                                static_cast<float>(0.2 + 0.5 * std::sqrt(way) + 0.03 * std::sin(9 * way))},
                               10 - 1.2 * (1 - way)});
    }
    scene.place = scene.trail.back().place;
    set(engine::Parameter::x, scene.place.x);
    set(engine::Parameter::y, scene.place.y);
    scene.notes = {{48, scene.place}, {60, {0.5f, 0.62f}}, {67, {0.78f, 0.8f}}};
    for (const int key : {48, 55, 60, 67}) scene.keys.set(static_cast<size_t>(key));
    for (int i = 0; i <= 64; ++i) {
        const double turn = 2 * std::numbers::pi * i / 64;
        scene.gesture.push_back({static_cast<float>(0.56 + 0.2 * std::cos(turn) - 0.2 * std::cos(2 * turn) * 0.4),
                                 static_cast<float>(0.45 + 0.26 * std::sin(turn))});
    }
    set(engine::Parameter::gesture, 2);
    scene.health = {.voices = 4, .load = 0.006, .rate = 48000, .block = 64};
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

} // namespace timbrel::test
