#include "host/player/midi/midi_devices.h"

#include <algorithm>
#include <unistd.h>

namespace timbrel::host {

namespace {

constexpr char client_name[] = "Timbrel MIDI";

bool own_or_loop(const std::string& name) {
    return name.find(client_name) != name.npos || name.find("Midi Through") != name.npos;
}

} // namespace

MidiDevices::MidiDevices(Receiver receiver, RtMidi::Api api)
    : receiver_(std::move(receiver)), api_(api), finder_(make()) {}

std::unique_ptr<RtMidiIn> MidiDevices::make() const {
    // Without the sequencer ALSA's library would print its complaints itself.
    if (api_ == RtMidi::LINUX_ALSA && access("/dev/snd/seq", R_OK | W_OK) != 0) return nullptr;
    try {
        auto input = std::make_unique<RtMidiIn>(api_, client_name);
        input->setErrorCallback([](RtMidiError::Type, const std::string&, void*) {});
        return input;
    } catch (const RtMidiError&) {
        return nullptr;
    }
}

std::vector<std::string> MidiDevices::names() {
    std::vector<std::string> found;
    if (!finder_) return found;
    const unsigned count = finder_->getPortCount();
    for (unsigned port = 0; port < count; ++port)
        if (std::string name = finder_->getPortName(port); !name.empty() && !own_or_loop(name))
            found.push_back(std::move(name));
    return found;
}

std::vector<std::string> MidiDevices::open() const {
    std::vector<std::string> names;
    for (const auto& entry : open_) names.push_back(entry.first);
    return names;
}

std::vector<std::string> MidiDevices::follow(const std::regex& pattern) {
    std::vector<std::string> fresh;
    const std::vector<std::string> there = names();
    std::erase_if(open_,
                  [&](const auto& entry) { return std::find(there.begin(), there.end(), entry.first) == there.end(); });
    for (const std::string& name : there) {
        if (open_.contains(name) || !std::regex_search(name, pattern)) continue;
        auto input = make();
        if (!input) continue;
        input->ignoreTypes(false, true, true); // tunings come as system exclusive
        input->setCallback(
            [](double, std::vector<unsigned char>* message, void* self) {
                if (message) static_cast<MidiDevices*>(self)->receiver_(std::as_bytes(std::span(*message)));
            },
            this);
        // By name, because numbers shift when another device comes or goes.
        for (unsigned port = 0; port < input->getPortCount(); ++port)
            if (input->getPortName(port) == name) {
                input->openPort(port, "in");
                break;
            }
        if (!input->isPortOpen()) continue;
        open_[name] = std::move(input);
        fresh.push_back(name);
    }
    return fresh;
}

} // namespace timbrel::host
