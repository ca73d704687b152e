// What MIDI numbers mean to the plugin, as a MIDINameDocument: hosts that know Ardour's extension midnam offer the
// installed banks by their names where a song's program changes are chosen. Not for the audio thread: reads folders.
#pragma once

#include <string>

#include <lv2/core/lv2.h>

namespace timbrel::lv2 {

// The extension, which lv2-dev does not hold.
inline constexpr char midnam_interface_uri[] = "http://ardour.org/lv2/midnam#interface";
struct MidnamInterface {
    char* (*midnam)(LV2_Handle); // the document; the host passes it to free()
    char* (*model)(LV2_Handle);  // the name under which the document stands; likewise
    void (*free)(char*);
};

// Programs are counted as by ProgramChoice. `model`: names the document within the host.
std::string midi_names(const std::string& model);

} // namespace timbrel::lv2
