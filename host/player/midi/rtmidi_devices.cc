// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/midi/midi_devices.h"

#include <rtmidi/RtMidi.h>

#include <algorithm>
#include <map>
#include <unistd.h>
#include <utility>

namespace timbrel::host {

namespace {

constexpr char client_name[] = "Timbrel MIDI";

// This program's own ports and ALSA's loopback.
bool is_excluded(const std::string& name) {
    return name.find(client_name) != name.npos || name.find("Midi Through") != name.npos;
}

class RtMidiDevices : public MidiDevices {
  public:
    RtMidiDevices(Receiver receiver, RtMidi::Api api)
        : receiver_(std::move(receiver)), api_(api), finder_(make_input()) {}

    std::vector<std::string> names() override;
    std::vector<std::string> open_matching(const std::regex& pattern) override;
    std::vector<std::string> open_names() const override;

  private:
    std::unique_ptr<RtMidiIn> make_input() const;
    std::unique_ptr<RtMidiIn> open_input(const std::string& name);

    Receiver receiver_;
    const RtMidi::Api api_;
    std::unique_ptr<RtMidiIn> finder_; // lists names; null if the system has no MIDI
    std::map<std::string, std::unique_ptr<RtMidiIn>> open_;
};

std::unique_ptr<RtMidiIn> RtMidiDevices::make_input() const {
    // Without access to the sequencer, ALSA's library would print errors itself.
    if (api_ == RtMidi::LINUX_ALSA && access("/dev/snd/seq", R_OK | W_OK) != 0) return nullptr;
    try {
        auto input = std::make_unique<RtMidiIn>(api_, client_name);
        input->setErrorCallback([](RtMidiError::Type, const std::string&, void*) {});
        return input;
    } catch (const RtMidiError&) {
        return nullptr;
    }
}

std::vector<std::string> RtMidiDevices::names() {
    std::vector<std::string> found;
    if (!finder_) return found;
    const unsigned count = finder_->getPortCount();
    for (unsigned port = 0; port < count; ++port)
        if (std::string name = finder_->getPortName(port); !name.empty() && !is_excluded(name))
            found.push_back(std::move(name));
    return found;
}

std::vector<std::string> RtMidiDevices::open_names() const {
    std::vector<std::string> names;
    for (const auto& entry : open_) names.push_back(entry.first);
    return names;
}

// Null if the input cannot be opened.
std::unique_ptr<RtMidiIn> RtMidiDevices::open_input(const std::string& name) {
    auto input = make_input();
    if (!input) return nullptr;
    input->ignoreTypes(false, true, true); // receives system exclusive, for MIDI tuning
    input->setCallback(
        [](double, std::vector<unsigned char>* message, void* self) {
            if (message) static_cast<RtMidiDevices*>(self)->receiver_(std::as_bytes(std::span(*message)));
        },
        this);
    // By name, because numbers change when other devices come or go.
    for (unsigned port = 0; port < input->getPortCount(); ++port)
        if (input->getPortName(port) == name) {
            input->openPort(port, "in");
            break;
        }
    return input->isPortOpen() ? std::move(input) : nullptr;
}

std::vector<std::string> RtMidiDevices::open_matching(const std::regex& pattern) {
    std::vector<std::string> opened;
    const std::vector<std::string> available = names();
    std::erase_if(open_, [&](const auto& entry) {
        return std::find(available.begin(), available.end(), entry.first) == available.end();
    });
    for (const std::string& name : available) {
        if (open_.contains(name) || !std::regex_search(name, pattern)) continue;
        if (auto input = open_input(name)) {
            open_[name] = std::move(input);
            opened.push_back(name);
        }
    }
    return opened;
}

} // namespace

std::unique_ptr<MidiDevices> make_midi_devices(MidiDevices::Receiver receiver, MidiSystem system) {
    return std::make_unique<RtMidiDevices>(std::move(receiver),
                                           system == MidiSystem::jack ? RtMidi::UNIX_JACK : RtMidi::LINUX_ALSA);
}

} // namespace timbrel::host
