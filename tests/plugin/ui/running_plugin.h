// SPDX-License-Identifier: GPL-3.0-or-later
// A running plugin with its window on a screen, without a sound card. Thread: the test's.
#pragma once

#include "host/lv2/plugin_ui.h"
#include "host/player/host_window.h"
#include "plugin/lv2/shared/ports.h"
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/widgets/plane.h"
#include "tests/plugin/ui/screen.h"

#include <chrono>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace timbrel::test {

// Points of the window for xdotool.
inline std::string point_text(ui::Point point) {
    return std::to_string(std::lround(point.x)) + " " + std::to_string(std::lround(point.y)) + " ";
}

inline const ui::Layout& default_layout() {
    static const ui::Layout layout = ui::compute_layout(ui::default_width, ui::default_height, 0);
    return layout;
}

inline std::string position_text(float x, float y) {
    return point_text(ui::plane_to_window(default_layout().plane, {x, y}));
}

// A running plugin with its window, without a sound card.
struct RunningPlugin {
    explicit RunningPlugin(const std::string& bank)
        : instance(world, world.timbrel_plugin(), urids, {}),
          ui(world, urids, instance, {window->id(), 1, [this](int w, int h) { window->resize(w, h); }}) {
        left.reserve(1 << 20);
        instance.activate();
        instance.send_path(lv2::bank_property, bank);
        for (int i = 0; i < 40; ++i) step();
    }
    // One cycle: a block of audio, the window's messages, its drawing.
    void step() {
        constexpr uint32_t frames = 800;
        float sound_left[frames], sound_right[frames];
        instance.begin_block();
        instance.connect_audio(instance.find("out_left")->index, sound_left);
        instance.connect_audio(instance.find("out_right")->index, sound_right);
        instance.run(frames);
        left.insert(left.end(), sound_left, sound_left + frames);
        for (auto atom = instance.receive(); !atom.empty(); atom = instance.receive()) ui.port_event(atom);
        window->process_events(ui.id());
        ui.idle();
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
    std::span<const float> last(size_t frames) const { return std::span(left).last(frames); }

    host::World world;
    host::UridTable urids;
    std::unique_ptr<host::HostWindow> window = host::make_host_window("test");
    host::Instance instance;
    host::PluginUi ui;
    std::vector<float> left;
};

} // namespace timbrel::test
