// SPDX-License-Identifier: GPL-3.0-or-later
// The plugin: a synth and its loaders behind LV2 ports. lv2_plugin.cc wraps it in LV2's C interface.
#pragma once

#include "common/realtime.h"
#include "plugin/lv2/bank_loader.h"
#include "plugin/lv2/gesture_files.h"
#include "plugin/lv2/notify_port.h"
#include "plugin/lv2/program_selector.h"
#include "plugin/lv2/shared/urids.h"
#include "plugin/lv2/song_position.h"
#include "plugin/lv2/tuning_loader.h"
#include "plugin/lv2/ui_notifier.h"
#include "plugin/lv2/worker_thread.h"

#include <lv2/atom/util.h>
#include <lv2/state/state.h>

#include <array>

namespace timbrel::lv2 {

class Plugin {
  public:
    // Control. `rate`: frames per second; throws std::invalid_argument for one that the engine does not support.
    Plugin(double rate, LV2_URID_Map& map, LV2_Log_Log* log);

    // Audio, control; never during run(). `data`: the host's memory for the port.
    void connect(uint32_t port, void* data) noexcept TIMBREL_REALTIME;

    // Control, while run() is not called.
    void activate();

    // Audio. Wait-free while the host plays in real time. While it freewheels, waits for the loaders, which is why the
    // function is not marked TIMBREL_REALTIME.
    void run(uint32_t frames);

    // Control, worker; also during run(). `features` may be null.
    LV2_State_Status save(LV2_State_Store_Function store, LV2_State_Handle handle, const LV2_Feature* const* features);
    LV2_State_Status restore(LV2_State_Retrieve_Function retrieve, LV2_State_Handle handle,
                             const LV2_Feature* const* features);

  private:
    float control(uint32_t port, float fallback) const;
    void read_controls();
    void read_events() noexcept TIMBREL_REALTIME;
    void read_midi(uint32_t frame, const uint8_t* bytes, uint32_t size) noexcept TIMBREL_REALTIME;
    void read_object(uint32_t frame, const LV2_Atom_Object* object);
    void read_patch(const LV2_Atom_Object* object);
    void set_property(LV2_URID property, std::string_view text);
    void send_reports();
    void send_display(uint32_t frames);
    void send_gesture();
    void report_dropouts();

    Urids urids_;
    engine::Synth synth_;
    BankLoader banks_;
    TuningLoader tunings_;
    GestureFiles gesture_files_;
    ProgramSelector program_selector_;
    NotifyPort notify_port_;
    UiNotifier ui_notifier_;
    SongPosition song_;
    std::array<void*, port_count_morph_cv> ports_{};
    std::array<float, engine::parameter_count> last_controls_; // values of the control ports
    bool enabled_ = true;
    bool send_bank_ = false, send_tuning_ = false, send_map_ = false, send_message_ = false;
    bool send_recipe_ = false, sent_recipe_ = false; // now; whether the last one that was sent is not empty
    bool send_tuning_master_ = false;
    engine::TuningMasterStatus tuning_master_ = engine::TuningMasterStatus::absent; // as sent last
    bool gesture_requested_ = false, send_gesture_ = false;
    uint32_t last_sent_gesture_count_ = 0; // gesture count when the outline was sent last
    uint32_t last_dropouts_ = 0;
    uint32_t last_sent_changes_ = 0; // changes of the state not made by the host
    WorkerThread worker_;            // the last member: joins before what it uses is destroyed
};

} // namespace timbrel::lv2
