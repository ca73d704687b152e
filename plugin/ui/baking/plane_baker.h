// SPDX-License-Identifier: GPL-3.0-or-later
// Bakes planes from files that are dropped on the window, and shows the progress in the scene. Thread: control (the
// window's).
#pragma once

#include "plugin/lv2/shared/bank_recipe.h"
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
    // Bakes with these sounds, one for each corner. Without any sound ends the bake and returns false. Throws as
    // drop().
    bool set_corners(const std::vector<CornerSlot>& slots);
    void cancel();

    // What a session's bank that is missing was baked of: its sounds are then at the corners, and those that are
    // missing or have changed since say so. Nothing when no bank is missing.
    void take_lost_bank(const std::optional<lv2::BankRecipe>& recipe);
    // Bakes it again, to the path of the missing bank, or where that cannot be written next to the other banks. Throws
    // as drop().
    void bake_lost_bank();

    // The bank that is being baked; empty while none is.
    std::string output() const { return baking() ? output_ : std::string(); }

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
        size_t columns, rows;                  // of corners
        std::vector<std::string> finished;     // the sources of the last bake that ended, corner by corner
        std::vector<std::string> options = {}; // of `timbrel bake`
    };
    bool baking() const { return client_.running() && !checking_; }
    void bake_slots();
    void start();
    std::vector<std::string> sources(size_t columns) const;
    // The source that is baked at a corner, with that many corners in a row. At least one corner must have a sound.
    const std::string& source_for(size_t corner, size_t columns) const;
    // Whether the bank is baked from the sounds at the corners.
    bool is_from_slots(const BankPicture& bank) const;
    void choose_output();
    void take(const nlohmann::json& message, Update& update);
    void take_check(const nlohmann::json& message);
    void take_refusal(const nlohmann::json& message);

    Scene& scene_;
    BakeClient client_;
    std::string output_;                // of the bake that runs, or of the last
    std::map<std::string, Bake> bakes_; // by output
    std::optional<lv2::BankRecipe> lost_;
    bool checking_ = false; // the client asks about the sources of the lost bank
};

} // namespace timbrel::ui
