// The window's end of the talk with the plugin: what it sends on the control port and what it understands of the notify
// port. Window thread.
#pragma once

#include "plugin/lv2/shared/display.h"
#include "plugin/lv2/shared/urids.h"

#include <lv2/atom/forge.h>
#include <lv2/ui/ui.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace timbrel::ui {

struct BankTold {
    std::string path;
};
struct MessageTold {
    std::string text;
};
struct GestureTold {
    std::vector<engine::PlanePoint> way; // empty when none is recorded
};
using Told = std::variant<std::monostate, BankTold, MessageTold, GestureTold, lv2::Display>;

class Messages {
  public:
    Messages(LV2_URID_Map& map, LV2UI_Write_Function write, LV2UI_Controller controller);

    void set(engine::Parameter parameter, float value);
    void play(int key, int velocity); // velocity 0 lets the key go
    void lean(int key, int pressure); // 0–127
    void load_bank(const std::string& path);
    void ask_for_bank();    // which one plays, and what went wrong
    void ask_for_gesture(); // now and whenever there is another
    void ask_for_display(); // for some seconds

    // What a port event says, when it is one of the plugin's messages.
    Told read(uint32_t format, uint32_t size, const void* buffer) const;

    const lv2::Urids& urids() const { return urids_; }

  private:
    void send(const LV2_Atom* atom);
    void send_midi(int status, int first, int second);
    void get(LV2_URID property);

    lv2::Urids urids_;
    LV2_Atom_Forge forge_;
    LV2_URID event_transfer_;
    LV2UI_Write_Function write_;
    LV2UI_Controller controller_;
};

} // namespace timbrel::ui
