// The plugin: an instrument and its loaders behind LV2 ports. The C interface around it is in lv2_plugin.cc.
#pragma once

#include "plugin/lv2/bank_loader.h"
#include "plugin/lv2/notify.h"
#include "plugin/lv2/program_choice.h"
#include "plugin/lv2/shared/urids.h"
#include "plugin/lv2/song_position.h"
#include "plugin/lv2/tuning_loader.h"
#include "plugin/lv2/ui_notifier.h"
#include "plugin/lv2/worker_thread.h"

#include <lv2/atom/util.h>
#include <lv2/state/state.h>

#include <array>

namespace timbrel::lv2 {

class Morph {
  public:
    // Off the audio thread. Throws std::invalid_argument for a rate that cannot be played.
    Morph(double rate, LV2_URID_Map& map, LV2_Log_Log* log);

    // By the host, never during run(). `data` is the host's memory for the port.
    void connect(uint32_t port, void* data);

    // Off the audio thread, while run() is not called.
    void activate();

    // Audio thread: wait-free, except that it waits for what is being loaded while the host freewheels.
    void run(uint32_t frames);

    // Any thread but the audio thread, also while run() is called. Features may be null.
    LV2_State_Status save(LV2_State_Store_Function store, LV2_State_Handle handle, const LV2_Feature* const* features);
    LV2_State_Status restore(LV2_State_Retrieve_Function retrieve, LV2_State_Handle handle,
                             const LV2_Feature* const* features);

  private:
    float control(uint32_t port, float otherwise) const;
    void read_controls();
    void read_events();
    void read_object(uint32_t frame, const LV2_Atom_Object* object);
    void read_patch(const LV2_Atom_Object* object);
    void set_property(LV2_URID property, std::string_view text);
    void send_reports();
    void send_display(uint32_t frames);
    void send_gesture();

    Urids urids_;
    engine::Instrument instrument_;
    BankLoader banks_;
    TuningLoader tunings_;
    ProgramChoice programs_;
    Notify notify_;
    Observer observer_;
    SongPosition song_;
    std::array<void*, port_count_morph_cv> ports_{};
    std::array<float, engine::parameter_count> heard_; // what each control port said last
    bool enabled_ = true;
    bool bank_to_send_ = false, tuning_to_send_ = false, map_to_send_ = false, message_to_send_ = false;
    bool gesture_asked_ = false, gesture_to_send_ = false;
    uint32_t gestures_sent_ = 0; // how many there were then
    uint32_t changes_told_ = 0;  // of what a state keeps, by others than the host
    WorkThread worker_;          // ends before what it works on
};

} // namespace timbrel::lv2
