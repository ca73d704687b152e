// What the user asks of the player while it plays: to save, to load, to learn.
#include "common/error.h"
#include "host/lv2/parameter_settings.h"
#include "host/lv2/presets.h"
#include "host/player/live_player.h"

#include <optional>
#include <utility>

namespace timbrel::host {

namespace {
constexpr std::chrono::seconds notice_time{5}; // in the window's title
}

void LivePlayer::keep() {
    if (!instance_) return;
    try {
        if (order_.state.empty()) return keep_preset(free_preset_name(world_, urids_, *instance_));
        save(order_.state);
        announce("saved " + order_.state);
    } catch (const std::runtime_error& error) { // the file system's, too
        announce(error.what());
    }
}

void LivePlayer::keep_preset(const std::string& name) {
    save_preset(world_, urids_, *instance_, name);
    announce("saved as the preset " + name);
}

void LivePlayer::load_preset(const std::string& name) {
    const State preset = find_preset(world_, urids_, *instance_, name);
    std::optional<Performance::Pause> pause;
    if (client_ && !instance_->restores_while_running()) pause.emplace(*performance_);
    give_state(urids_, preset.get(), *instance_);
}

void LivePlayer::do_wishes() {
    for (const auto& [what, name] : osc_->take_wishes()) {
        try {
            if (what == OscWish::What::learn) lessons_->learn(find_setting(*instance_, "learn", name).index);
            if (what == OscWish::What::forget) lessons_->forget(find_setting(*instance_, "forget", name).index);
            if (what == OscWish::What::save) keep_preset(name);
            if (what == OscWish::What::load) load_preset(name);
        } catch (const std::runtime_error& error) {
            announce(error.what());
        }
    }
}

// What the plugin's window leaves to its host.
void LivePlayer::do_keys() {
    while (const auto key = frame_->take_key()) {
        const Port* const pupil = lessons_->pupil();
        const Port* const touched = ui_->touched();
        switch (*key) {
        case Frame::Key::save:
            keep();
            break;
        case Frame::Key::learn:
            if (pupil)
                lessons_->cancel();
            else if (touched && is_setting(*touched))
                lessons_->learn(touched->index);
            else
                announce("touch a knob first; then Ctrl+L lets it learn a MIDI controller");
            break;
        case Frame::Key::forget:
            if (!pupil) break;
            lessons_->cancel();
            lessons_->forget(pupil->index);
            break;
        case Frame::Key::cancel:
            lessons_->cancel();
            break;
        }
    }
}

void LivePlayer::announce(const std::string& text) {
    say(text);
    notice_ = text;
    notice_until_ = std::chrono::steady_clock::now() + notice_time;
}

void LivePlayer::show_title() {
    const Port* const pupil = lessons_->pupil();
    std::string title = "Timbrel";
    if (pupil)
        title += " – " + pupil->name + ": move a MIDI controller (Delete: forget, Escape: leave)";
    else if (std::chrono::steady_clock::now() < notice_until_)
        title += " – " + notice_;
    if (title != std::exchange(title_, title)) frame_->set_title(title);
}

} // namespace timbrel::host
