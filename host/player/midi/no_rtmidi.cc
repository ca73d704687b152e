// SPDX-License-Identifier: GPL-3.0-or-later
// Replaces rtmidi_devices.cc in a build with -Drtmidi=disabled: MIDI comes through JACK only.
#include "host/player/midi/midi_devices.h"

namespace timbrel::host {

std::unique_ptr<MidiDevices> make_midi_devices(MidiDevices::Receiver, MidiSystem) { return nullptr; }

} // namespace timbrel::host
