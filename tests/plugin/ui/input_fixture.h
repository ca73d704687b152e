// SPDX-License-Identifier: GPL-3.0-or-later
// An input handler with a controller that logs its calls. Thread: the test's.
#pragma once

#include "common/error.h"
#include "plugin/ui/input/input_handler.h"
#include "plugin/ui/widgets/plane.h"
#include "tests/plugin/ui/scenes.h"

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace timbrel::test {

// Logs its calls.
struct RecordingController : ui::UiController {
    void touch(engine::Parameter parameter, bool down) override {
        log.push_back(std::string(down ? "begin " : "end ") + engine::info(parameter).symbol);
    }
    void set_parameter(engine::Parameter parameter, float) override {
        log.push_back(std::string("set ") + engine::info(parameter).symbol);
    }
    void play_note(int key, int velocity) override {
        log.push_back((velocity > 0 ? "on " : "off ") + std::to_string(key));
        last_velocity = velocity > 0 ? velocity : last_velocity;
    }
    void aftertouch(int key, int pressure) override {
        log.push_back("pressure " + std::to_string(key) + " " + std::to_string(pressure));
    }
    void load_bank(const std::string& path) override {
        log.push_back("load " + path);
        current_files.bank = path;
    }
    void drop_files(size_t corner, const std::vector<std::string>& paths) override {
        log.push_back("drop " + std::to_string(corner));
        for (const std::string& path : paths) log.back() += " " + path;
        current_files.bank = "baked " + std::to_string(log.size());
    }
    void set_corners(const std::vector<ui::CornerSlot>& slots) override {
        log.push_back("corners");
        for (const ui::CornerSlot& slot : slots) log.back() += " " + (slot.source.empty() ? "-" : slot.source);
        current_files.bank = "baked " + std::to_string(log.size());
        current_files.slots = slots;
    }
    void bake_again() override { log.push_back("bake again"); }
    void cancel_bake() override { log.push_back("cancel bake"); }
    ui::SoundFiles files() const override { return current_files; }
    void restore_files(const ui::SoundFiles& files) override {
        log.push_back("restore " + files.bank);
        current_files = files;
    }
    std::vector<ui::ListLine> list_presets() override { return preset_lines; }
    ui::CurrentPreset read_preset(const std::string& uri) override {
        if (!presets.contains(uri)) throw Error("the preset is no longer there");
        return presets.at(uri);
    }
    ui::CurrentPreset save_preset(const std::string& name) override {
        if (name.empty()) throw Error("a preset needs a name");
        log.push_back("save " + name);
        return {name, "file:///" + name, true, {}, {}};
    }
    ui::CurrentPreset replace_preset() override {
        log.push_back("replace");
        return {"Replaced", "file:///replaced", true, {}, {}};
    }
    ui::CurrentPreset rename_preset(const std::string& name) override {
        log.push_back("rename " + name);
        return {name, "file:///old", true, {}, {}};
    }
    void delete_preset() override { log.push_back("delete"); }
    bool can_request_file() const override { return true; }
    void request_file() override { log.push_back("request file"); }
    void settings_changed() override { log.push_back("settings"); }

    std::vector<std::string> log;
    int last_velocity = 0;
    ui::SoundFiles current_files;
    std::vector<ui::ListLine> preset_lines;
    std::map<std::string, ui::CurrentPreset> presets; // by URI
};

struct InputFixture {
    ui::Scene scene = playing_scene();
    ui::Layout layout = ui::compute_layout(ui::default_width, ui::default_height, 0);
    RecordingController controller;
    ui::RegionSet dirty;
    ui::InputHandler input{scene, layout, controller, dirty};

    const ui::Control& control(engine::Parameter parameter, ui::Control::Kind kind = ui::Control::Kind::knob) const {
        for (const ui::Panel& panel : layout.panels)
            for (const ui::Control& control : panel.controls)
                if (control.parameter == parameter && control.kind == kind) return control;
        throw std::runtime_error("no such control");
    }
    ui::Point plane(float x, float y) const { return ui::plane_to_window(layout.plane, {x, y}); }
    float value(engine::Parameter parameter) const { return scene.value(parameter); }
};

} // namespace timbrel::test
