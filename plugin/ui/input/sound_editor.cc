// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/input/sound_editor.h"

#include "common/error.h"
#include "plugin/ui/editing/randomise.h"
#include "plugin/ui/scene/value.h"

#include <algorithm>
#include <utility>

namespace timbrel::ui {

using engine::Parameter;

namespace {

// The value to bring back: a recording does not start again, because it would replace the recorded gesture.
float restorable(Parameter parameter, float value) {
    constexpr float record = 1;
    return parameter == Parameter::gesture && value == record ? 0.0f : value;
}

const char* side_name(bool second) { return second ? "B" : "A"; }

} // namespace

void SoundEditor::begin(std::string name) {
    open_.emplace();
    open_->name = std::move(name);
}

void SoundEditor::set(Parameter parameter, float value) {
    value = clamped(parameter, value);
    float& current = scene_.values[static_cast<size_t>(parameter)];
    if (current == value) return;
    if (open_) {
        const auto change = std::find_if(open_->changes.begin(), open_->changes.end(),
                                         [&](const ParameterChange& c) { return c.parameter == parameter; });
        if (change == open_->changes.end())
            open_->changes.push_back({parameter, current, value});
        else
            change->after = value;
    }
    current = value;
    controller_.set_parameter(parameter, value);
    if (parameter == Parameter::gesture) dirty_.add(Region::plane);
    dirty_.add(parameter == Parameter::x || parameter == Parameter::y ? Region::plane : Region::panels);
    if (!scene_.preset.name.empty()) dirty_.add(Region::toolbar);
}

void SoundEditor::end() {
    if (open_) finish(*std::exchange(open_, std::nullopt));
}

void SoundEditor::finish(EditStep step) {
    step.time = scene_.now;
    history_.add(std::move(step));
    show_history();
}

void SoundEditor::show_history() {
    scene_.undo_name = history_.undo_name();
    scene_.redo_name = history_.redo_name();
    dirty_.add(Region::toolbar);
}

void SoundEditor::touch_and_set(Parameter parameter, float value) {
    const bool alone = !open_;
    if (alone) begin(info(parameter).name);
    controller_.touch(parameter, true);
    set(parameter, value);
    controller_.touch(parameter, false);
    if (alone) end();
}

void SoundEditor::notch(Parameter parameter, float value) {
    begin(info(parameter).name);
    open_->is_notch = true;
    touch_and_set(parameter, value);
    end();
}

void SoundEditor::change_files(const std::string& name, const std::function<void()>& change) {
    SoundFiles before = controller_.files();
    change();
    SoundFiles after = controller_.files();
    if (same_files(before, after)) return;
    EditStep step;
    step.name = name;
    step.files = {std::move(before), std::move(after)};
    finish(std::move(step));
}

Sound SoundEditor::sound() const {
    Sound sound{scene_.values, controller_.files(), scene_.preset};
    float& gesture = sound.values[static_cast<size_t>(Parameter::gesture)];
    gesture = restorable(Parameter::gesture, gesture);
    return sound;
}

void SoundEditor::set_files(const SoundFiles& files) {
    SoundFiles before = controller_.files();
    if (same_files(before, files)) return;
    controller_.restore_files(files);
    open_->files = {std::move(before), files};
}

void SoundEditor::set_preset(CurrentPreset preset) {
    if (open_) open_->preset = {scene_.preset, preset};
    scene_.preset = std::move(preset);
    dirty_.add(Region::toolbar);
}

void SoundEditor::take(const Sound& sound) {
    set_files(sound.files);
    for (size_t i = 0; i < engine::parameter_count; ++i)
        if (!same_value(static_cast<Parameter>(i), sound.values[i], scene_.values[i]))
            touch_and_set(static_cast<Parameter>(i), sound.values[i]);
    set_preset(sound.preset);
}

// Applies the step, or takes it back. False if nothing of it can be applied, because the host has moved it all since.
bool SoundEditor::apply(const EditStep& step, bool forward) {
    bool applied = false;
    for (const ParameterChange& change : step.changes) {
        const float from = forward ? change.before : change.after, to = forward ? change.after : change.before;
        if (!same_value(change.parameter, scene_.value(change.parameter), from)) continue;
        controller_.touch(change.parameter, true);
        set(change.parameter, restorable(change.parameter, to));
        controller_.touch(change.parameter, false);
        applied = true;
    }
    if (step.files) controller_.restore_files(step.files->side(forward));
    if (step.preset) set_preset(step.preset->side(forward));
    if (step.sides) scene_.sides = step.sides->side(forward);
    return applied || step.files || step.preset || step.sides;
}

void SoundEditor::undo() {
    if (open_) return; // a drag
    while (const auto step = history_.undo())
        if (apply(*step, false)) {
            scene_.notify("Undone: " + step->name);
            break;
        }
    show_history();
    dirty_.add(Region::status);
}

void SoundEditor::redo() {
    if (open_) return;
    while (const auto step = history_.redo())
        if (apply(*step, true)) {
            scene_.notify("Done again: " + step->name);
            break;
        }
    show_history();
    dirty_.add(Region::status);
}

void SoundEditor::switch_sides() {
    if (open_) return;
    begin(std::string("to ") + side_name(!scene_.sides.second));
    const Sound current = sound();
    const SoundSides after{!scene_.sides.second, current};
    take(scene_.sides.other.value_or(current));
    open_->sides = {std::exchange(scene_.sides, after), after};
    end();
}

void SoundEditor::copy_side() {
    if (open_) return;
    const bool second = scene_.sides.second;
    EditStep step;
    step.name = std::string("copy ") + side_name(second) + " to " + side_name(!second);
    const SoundSides after{second, sound()};
    step.sides = {std::exchange(scene_.sides, after), after};
    finish(std::move(step));
    scene_.notify(std::string(side_name(second)) + " is copied to " + side_name(!second));
    dirty_.add(Region::status);
}

void SoundEditor::initialise() {
    if (open_) return;
    begin("initial values");
    CurrentPreset preset;
    preset.name = "Init";
    for (size_t i = 0; i < engine::parameter_count; ++i) {
        const auto parameter = static_cast<Parameter>(i);
        if (parameter == Parameter::x || parameter == Parameter::y) continue;
        touch_and_set(parameter, info(parameter).initial);
        preset.values.emplace_back(parameter, info(parameter).initial);
    }
    set_preset(std::move(preset));
    end();
}

void SoundEditor::randomise(std::string_view panel) {
    if (open_) return;
    begin(panel.empty() ? "random" : "random " + std::string(panel));
    for (size_t i = 0; i < engine::parameter_count; ++i) {
        const auto parameter = static_cast<Parameter>(i);
        if (is_random(parameter) && (panel.empty() || panel == info(parameter).group))
            touch_and_set(parameter, random_value(parameter, generator_));
    }
    end();
}

void SoundEditor::randomise_position() {
    if (open_) return;
    begin("random position");
    std::uniform_real_distribution<float> uniform(0, 1);
    for (const Parameter parameter : {Parameter::x, Parameter::y}) touch_and_set(parameter, uniform(generator_));
    end();
}

bool SoundEditor::attempt(const std::function<void()>& work) {
    dirty_.add(Region::status);
    try {
        work();
        return true;
    } catch (const std::exception& error) {
        scene_.notify(error.what());
        return false;
    }
}

bool SoundEditor::load_preset(const std::string& uri) {
    if (open_) return false;
    return attempt([&] {
        CurrentPreset preset = controller_.read_preset(uri);
        begin(preset.name);
        if (preset.files) set_files(*preset.files);
        for (const auto& [parameter, value] : preset.values)
            if (!same_value(parameter, value, scene_.value(parameter)))
                touch_and_set(parameter, restorable(parameter, value));
        set_preset(std::move(preset));
        end();
    });
}

bool SoundEditor::save_preset(const std::string& name) {
    return attempt([&] {
        set_preset(controller_.save_preset(name));
        scene_.notify("Saved as the preset " + scene_.preset.name);
    });
}

bool SoundEditor::replace_preset() {
    return attempt([&] {
        set_preset(controller_.replace_preset());
        scene_.notify("Saved the preset " + scene_.preset.name);
    });
}

bool SoundEditor::rename_preset(const std::string& name) {
    return attempt([&] { set_preset(controller_.rename_preset(name)); });
}

bool SoundEditor::delete_preset() {
    return attempt([&] {
        controller_.delete_preset();
        scene_.notify("Deleted the preset " + scene_.preset.name);
        set_preset({});
    });
}

} // namespace timbrel::ui
