// SPDX-License-Identifier: GPL-3.0-or-later
// The plugin's names of MIDI programs and controllers, as a MIDINameDocument: hosts that know Ardour's extension midnam
// list the installed banks by name in their program selectors. Threads: control, worker; reads folders.
#pragma once

#include <string>

#include <lv2/core/lv2.h>

namespace timbrel::lv2 {

// The extension's interface; lv2-dev has no header for it.
inline constexpr char midnam_interface_uri[] = "http://ardour.org/lv2/midnam#interface";
struct MidnamInterface {
    char* (*midnam)(LV2_Handle); // the document; the host passes it to free()
    char* (*model)(LV2_Handle);  // the document's model name; the host passes it to free()
    void (*free)(char*);
};

// The document. Program numbers are those of ProgramSelector. `model`: a name unique within the host.
std::string midi_names(const std::string& model);

} // namespace timbrel::lv2
