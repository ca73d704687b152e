// SPDX-License-Identifier: GPL-3.0-or-later
// The URIDs of all URIs that the plugin uses, mapped at instantiation. Thread: control for construction; constant
// afterwards.
#pragma once

#include "plugin/lv2/shared/ports.h"

#include <lv2/atom/atom.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>
#include <lv2/state/state.h>
#include <lv2/time/time.h>
#include <lv2/urid/urid.h>

namespace timbrel::lv2 {

// The keys of a file in states: its path as mapped by the host, and its original path as an atom:String.
struct FileUrids {
    LV2_URID mapped_path, original_path;
};

struct Urids {
    explicit Urids(LV2_URID_Map& map)
        : atom_blank(map.map(map.handle, LV2_ATOM__Blank)), atom_float(map.map(map.handle, LV2_ATOM__Float)),
          atom_object(map.map(map.handle, LV2_ATOM__Object)), atom_path(map.map(map.handle, LV2_ATOM__Path)),
          atom_sequence(map.map(map.handle, LV2_ATOM__Sequence)), atom_string(map.map(map.handle, LV2_ATOM__String)),
          atom_urid(map.map(map.handle, LV2_ATOM__URID)), atom_vector(map.map(map.handle, LV2_ATOM__Vector)),
          midi_event(map.map(map.handle, LV2_MIDI__MidiEvent)), patch_get(map.map(map.handle, LV2_PATCH__Get)),
          patch_property(map.map(map.handle, LV2_PATCH__property)), patch_set(map.map(map.handle, LV2_PATCH__Set)),
          patch_value(map.map(map.handle, LV2_PATCH__value)), bank(map.map(map.handle, bank_property)),
          bank_id(map.map(map.handle, bank_id_property)), recipe(map.map(map.handle, recipe_property)),
          tuning(map.map(map.handle, tuning_property)), keyboard_map(map.map(map.handle, keyboard_map_property)),
          notice(map.map(map.handle, notice_property)), message(map.map(map.handle, message_property)),
          tuning_master(map.map(map.handle, tuning_master_property)), display(map.map(map.handle, display_property)),
          gesture(map.map(map.handle, gesture_property)), gesture_export(map.map(map.handle, gesture_export_property)),
          gesture_import(map.map(map.handle, gesture_import_property)), tunings(map.map(map.handle, tunings_property)),
          atom_chunk(map.map(map.handle, LV2_ATOM__Chunk)), atom_double(map.map(map.handle, LV2_ATOM__Double)),
          atom_int(map.map(map.handle, LV2_ATOM__Int)), atom_long(map.map(map.handle, LV2_ATOM__Long)),
          time_position(map.map(map.handle, LV2_TIME__Position)), time_bar(map.map(map.handle, LV2_TIME__bar)),
          time_bar_beat(map.map(map.handle, LV2_TIME__barBeat)), time_beat(map.map(map.handle, LV2_TIME__beat)),
          time_beats_per_bar(map.map(map.handle, LV2_TIME__beatsPerBar)),
          time_beats_per_minute(map.map(map.handle, LV2_TIME__beatsPerMinute)),
          time_frame(map.map(map.handle, LV2_TIME__frame)), time_speed(map.map(map.handle, LV2_TIME__speed)),
          state_changed(map.map(map.handle, LV2_STATE__StateChanged)),
          numbers(map.map(map.handle, numbers_uri)), bank_file{bank, map.map(map.handle, bank_file_property)},
          tuning_file{tuning, map.map(map.handle, tuning_file_property)},
          keyboard_map_file{keyboard_map, map.map(map.handle, keyboard_map_file_property)} {}

    LV2_URID atom_blank, atom_float, atom_object, atom_path, atom_sequence, atom_string, atom_urid, atom_vector;
    LV2_URID midi_event;
    LV2_URID patch_get, patch_property, patch_set, patch_value;
    LV2_URID bank, bank_id, recipe, tuning, keyboard_map, notice, message, tuning_master, display, gesture,
        gesture_export, gesture_import, tunings;
    LV2_URID atom_chunk, atom_double, atom_int, atom_long;
    LV2_URID time_position, time_bar, time_bar_beat, time_beat, time_beats_per_bar, time_beats_per_minute, time_frame,
        time_speed;
    LV2_URID state_changed, numbers;
    FileUrids bank_file, tuning_file, keyboard_map_file;
};

} // namespace timbrel::lv2
