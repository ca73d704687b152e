// SPDX-License-Identifier: GPL-3.0-or-later
// What the user's hand has changed in the window, step by step, for undo and redo. Only the hand's changes are in it:
// not those by the host, its automation or a controller. Thread: control (the window's).
#pragma once

#include "plugin/ui/scene/sound.h"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace timbrel::ui {

struct ParameterChange {
    engine::Parameter parameter;
    float before, after; // in the parameter's unit
};

template<typename T>
struct Change {
    T before, after;
    const T& side(bool is_after) const { return is_after ? after : before; }
};

// What one drag, click or command has changed.
struct EditStep {
    std::string name;                     // for the user, such as "Cutoff"
    std::vector<ParameterChange> changes; // each parameter once
    std::optional<Change<SoundFiles>> files;
    std::optional<Change<CurrentPreset>> preset;
    std::optional<Change<SoundSides>> sides;
    bool is_notch = false; // of the wheel or an arrow key: several in a row are one step
    double time = 0;       // seconds, monotonic
};

inline constexpr size_t max_steps = 200;
inline constexpr double notch_seconds = 1; // between notches of one step

class EditHistory {
  public:
    // Adds a step, and forgets what was undone. Leaves out steps that change nothing; the oldest beyond max_steps are
    // forgotten.
    void add(EditStep step);

    // The step to undo or to redo, which then is on the other side; nothing if there is none.
    std::optional<EditStep> undo();
    std::optional<EditStep> redo();

    // The names of these steps; empty if there is none.
    std::string undo_name() const { return done_.empty() ? std::string() : done_.back().name; }
    std::string redo_name() const { return undone_.empty() ? std::string() : undone_.back().name; }

  private:
    bool merge(const EditStep& step);

    std::deque<EditStep> done_;
    std::vector<EditStep> undone_; // the next to redo last
};

} // namespace timbrel::ui
