// MIDI devices of the system, through RtMidi: found by name, opened, and taken up again when they are pulled and put
// back.
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
    // Called on the device's own thread with each message as it arrives.
    using Receiver = std::function<void(std::span<const std::byte>)>;

    // ALSA serves players; another interface, tests.
    explicit MidiDevices(Receiver receiver, RtMidi::Api api = RtMidi::LINUX_ALSA);

    // Main thread. Inputs there are now, without the system's own loops and this program's ports; none where the system
    // has no MIDI.
    std::vector<std::string> names();

    // Main thread, now and then: opens the inputs whose names match, if they are not open yet, and closes those that
    // are gone. Returns the names of what was opened now.
    std::vector<std::string> follow(const std::regex& pattern);

    std::vector<std::string> open() const; // those that play, by name

  private:
    std::unique_ptr<RtMidiIn> make() const;

    Receiver receiver_;
    const RtMidi::Api api_;
    std::unique_ptr<RtMidiIn> finder_; // asks for names; null where the system has no MIDI
    std::map<std::string, std::unique_ptr<RtMidiIn>> open_;
};

} // namespace timbrel::host
