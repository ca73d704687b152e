// SPDX-License-Identifier: GPL-3.0-or-later
// LivePlayer's commands from OSC and from the keyboard: save, load, learn and forget.
#include "common/error.h"
#include "common/foreign_text.h"
#include "host/lv2/atoms/patch.h"
#include "host/lv2/parameter_settings.h"
#include "host/lv2/presets.h"
#include "host/player/live_player.h"
#include "plugin/lv2/shared/ports.h"

#include <lv2/atom/atom.h>

#include <optional>
#include <utility>

namespace timbrel::host {

namespace {
constexpr int max_osc_saves = 100;             // in the life of the player
constexpr std::chrono::seconds notice_time{5}; // how long an announcement stays in the window's title
} // namespace

void LivePlayer::quick_save() {
    if (!instance_) return;
    try {
        if (options_.state.empty()) return save_named_preset(unused_preset_name(*instance_));
        save(options_.state);
        announce("saved " + options_.state);
    } catch (const std::runtime_error& error) { // Error or a std::filesystem one
        announce(error.what());
    }
}

void LivePlayer::save_named_preset(const std::string& name) {
    save_preset(world_, urids_, *instance_, name);
    announce("saved as the preset " + name);
}

void LivePlayer::load_preset(const std::string& name) {
    const State preset = find_preset(world_, urids_, *instance_, name);
    std::optional<JackProcessor::Pause> pause;
    if (client_ && !instance_->restores_while_running()) pause.emplace(*processor_);
    restore_state(urids_, preset.get(), *instance_);
}

void LivePlayer::run_command(const OscCommand& command) {
    const auto& [kind, name] = command;
    if (kind == OscCommand::Kind::learn) midi_learn_->learn(find_parameter(*instance_, "learn", name).index);
    if (kind == OscCommand::Kind::forget) midi_learn_->forget(find_parameter(*instance_, "forget", name).index);
    if (kind == OscCommand::Kind::load) load_preset(name);
    if (kind != OscCommand::Kind::save) return;
    if (!options_.osc_save) throw Error("a preset was not saved for an OSC program; --osc-save permits it");
    if (osc_saves_ == max_osc_saves) throw Error("no more presets are saved over OSC; start the player again");
    save_named_preset(name);
    ++osc_saves_;
}

// One command a poll and one error a second, however many arrive.
void LivePlayer::run_next_command() {
    const std::optional<OscCommand> command = osc_->pop_command();
    if (!command) return;
    try {
        run_command(*command);
    } catch (const std::runtime_error& error) {
        const auto now = std::chrono::steady_clock::now();
        if (now < next_osc_error_) return;
        next_osc_error_ = now + std::chrono::seconds(1);
        announce(error.what());
    }
}

// Key commands that the plugin's window leaves to its host.
void LivePlayer::run_key_commands() {
    while (const auto key = host_window_->pop_key()) {
        const Port* const armed = midi_learn_->armed();
        const Port* const touched = ui_->touched();
        switch (*key) {
        case HostWindow::Key::save:
            quick_save();
            break;
        case HostWindow::Key::learn:
            if (armed)
                midi_learn_->cancel();
            else if (touched && is_parameter(*touched))
                midi_learn_->learn(touched->index);
            else
                announce("touch a knob first; then Ctrl+L lets it learn a MIDI controller");
            break;
        case HostWindow::Key::forget:
            if (!armed) break;
            midi_learn_->cancel();
            midi_learn_->forget(armed->index);
            break;
        case HostWindow::Key::cancel:
            midi_learn_->cancel();
            break;
        }
    }
}

void LivePlayer::announce(const std::string& text) {
    print_line(text);
    if (ui_)
        ui_->port_event(
            make_patch_set(urids_, lv2::notice_property, LV2_ATOM__String, printable(text, max_printed_line)));
    notice_ = text;
    notice_until_ = std::chrono::steady_clock::now() + notice_time;
}

void LivePlayer::show_title() {
    const Port* const armed = midi_learn_->armed();
    std::string title = "Timbrel";
    if (armed)
        title += " – " + armed->name + ": move a MIDI controller (Delete: forget, Escape: leave)";
    else if (std::chrono::steady_clock::now() < notice_until_)
        title += " – " + notice_;
    if (title != std::exchange(title_, title)) host_window_->set_title(title);
}

} // namespace timbrel::host
