// SPDX-License-Identifier: GPL-3.0-or-later
// Opens MIDI devices of the system by name, through RtMidi, and reopens those that are unplugged and plugged in again.
// Thread: control, always the same one.
#pragma once

#include <functional>
#include <memory>
#include <regex>
#include <span>
#include <string>
#include <vector>

namespace timbrel::host {

class MidiDevices {
  public:
    // Called with each message, on a thread of the device.
    using Receiver = std::function<void(std::span<const std::byte>)>;

    virtual ~MidiDevices() = default;

    // The connected inputs, without MIDI Through ports and this program's own; empty if the system has no MIDI.
    virtual std::vector<std::string> names() = 0;

    // Opens inputs whose names match and closes those that are gone. Returns the names of newly opened ones. To be
    // called about once a second.
    virtual std::vector<std::string> open_matching(const std::regex& pattern) = 0;

    // The names of open inputs.
    virtual std::vector<std::string> open_names() const = 0;
};

enum class MidiSystem { alsa, jack };

// Null in a program that is built without RtMidi. Only tests use another system than ALSA, because few machines that
// build programs have ALSA's sequencer.
std::unique_ptr<MidiDevices> make_midi_devices(MidiDevices::Receiver receiver, MidiSystem system = MidiSystem::alsa);

} // namespace timbrel::host
