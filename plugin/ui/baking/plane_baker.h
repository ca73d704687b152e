// SPDX-License-Identifier: GPL-3.0-or-later
// Bakes planes from files that are dropped on the window, and shows the progress in the scene. Thread: control (the
// window's).
#pragma once

#include "plugin/ui/baking/bake_client.h"
#include "plugin/ui/scene/scene.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace timbrel::ui {

class PlaneBaker {
  public:
    // `scene` must outlive the object.
    explicit PlaneBaker(Scene& scene) : scene_(scene) {}

    // To be called when scene.bank has changed: its sounds are then at the corners, so that a drop replaces one.
    void take_bank();

    // Puts files or folders at the corners, the first at `corner`, and bakes. Corners without a sound get that of the
    // nearest corner that has one. Throws Error if there is no folder for the bank.
    void drop(size_t corner, const std::vector<std::string>& paths);
    void cancel();

    // The bank that is being baked; empty while none is.
    std::string output() const { return client_.running() ? output_ : std::string(); }

    // Brings back a bank and the sounds at its corners (empty where unknown). Returns the bank if it is to be loaded;
    // one of this window whose bake did not end is baked again.
    std::optional<std::string> restore(const std::string& bank, const std::vector<CornerSlot>& slots);

    struct Update {
        bool changed = false;            // the scene is
        std::optional<std::string> bank; // a bank to load
    };
    // Takes what the service has sent. To be called at every idle().
    Update update();

  private:
    // A bank of this window.
    struct Bake {
        size_t columns, rows;              // of corners
        std::vector<std::string> finished; // the sources of the last bake that ended, corner by corner
    };
    void start();
    std::vector<std::string> sources(size_t columns) const;
    // The source that is baked at a corner, with that many corners in a row. At least one corner must have a sound.
    const std::string& source_for(size_t corner, size_t columns) const;
    // Whether the bank is baked from the sounds at the corners.
    bool is_from_slots(const BankPicture& bank) const;
    void choose_output();
    void take(const nlohmann::json& message, Update& update);

    Scene& scene_;
    BakeClient client_;
    std::string output_;                // of the bake that runs, or of the last
    std::map<std::string, Bake> bakes_; // by output
};

} // namespace timbrel::ui
