// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/editing/edit_history.h"

#include <algorithm>
#include <utility>

namespace timbrel::ui {

void EditHistory::add(EditStep step) {
    std::erase_if(step.changes, [](const ParameterChange& change) { return change.before == change.after; });
    if (step.changes.empty() && !step.files && !step.preset && !step.sides) return;
    undone_.clear();
    if (merge(step)) return;
    done_.push_back(std::move(step));
    if (done_.size() > max_steps) done_.pop_front();
}

// Whether the step continues the last one.
bool EditHistory::merge(const EditStep& step) {
    if (done_.empty()) return false;
    EditStep& last = done_.back();
    const auto continues = [](const ParameterChange& a, const ParameterChange& b) {
        return a.parameter == b.parameter && a.after == b.before;
    };
    if (!last.is_notch || !step.is_notch || step.time - last.time > notch_seconds ||
        !std::equal(last.changes.begin(), last.changes.end(), step.changes.begin(), step.changes.end(), continues))
        return false;
    for (size_t i = 0; i < step.changes.size(); ++i) last.changes[i].after = step.changes[i].after;
    last.time = step.time;
    return true;
}

std::optional<EditStep> EditHistory::undo() {
    if (done_.empty()) return {};
    undone_.push_back(std::move(done_.back()));
    done_.pop_back();
    return undone_.back();
}

std::optional<EditStep> EditHistory::redo() {
    if (undone_.empty()) return {};
    done_.push_back(std::move(undone_.back()));
    undone_.pop_back();
    return done_.back();
}

} // namespace timbrel::ui
