// SPDX-License-Identifier: GPL-3.0-or-later
// Opens MIDI devices of the system by name, through RtMidi, and reopens those that are unplugged and plugged in again.
// Thread: control, always the same one.
#pragma once

#include <rtmidi/RtMidi.h>

#include <functional>
#include <map>
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

    // Tests use another interface than ALSA.
    explicit MidiDevices(Receiver receiver, RtMidi::Api api = RtMidi::LINUX_ALSA);

    // The connected inputs, without MIDI Through ports and this program's own; empty if the system has no MIDI.
    std::vector<std::string> names();

    // Opens inputs whose names match and closes those that are gone. Returns the names of newly opened ones. To be
    // called about once a second.
    std::vector<std::string> open_matching(const std::regex& pattern);

    // The names of open inputs.
    std::vector<std::string> open_names() const;

  private:
    std::unique_ptr<RtMidiIn> make_input() const;
    std::unique_ptr<RtMidiIn> open_input(const std::string& name);

    Receiver receiver_;
    const RtMidi::Api api_;
    std::unique_ptr<RtMidiIn> finder_; // lists names; null if the system has no MIDI
    std::map<std::string, std::unique_ptr<RtMidiIn>> open_;
};

} // namespace timbrel::host
