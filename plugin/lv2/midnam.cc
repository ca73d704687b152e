// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/midnam.h"

#include "plugin/engine/midi/controllers.h"
#include "plugin/lv2/shared/bank_search.h"

#include <algorithm>
#include <cstddef>

namespace timbrel::lv2 {

namespace {

constexpr size_t programs = 128;
constexpr size_t max_banks = 128 * programs; // the fine bank select (controller 32) alone is used

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) switch (c) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '"':
            result += "&quot;";
            break;
        default:
            result += c;
        }
    return result + '"';
}

std::string number(size_t value) { return quoted(std::to_string(value)); }

std::string control(size_t controller, const std::string& name) {
    return "<Control Type=\"7bit\" Number=" + number(controller) + " Name=" + quoted(name) + "/>\n";
}

std::string channels(const std::string& element, const std::string& attribute) {
    std::string text;
    for (size_t channel = 1; channel <= 16; ++channel) {
        text.append("<").append(element).append(" Channel=").append(number(channel));
        text.append(" ").append(attribute).append("/>\n");
    }
    return text;
}

// The installed banks as programs: 128 for each bank select number.
std::string patch_banks() {
    const auto banks = installed_banks();
    const size_t count = std::min(banks.size(), max_banks);
    std::string text;
    for (size_t first = 0; first < count; first += programs) {
        text += "<PatchBank Name=" + quoted("Timbrel " + std::to_string(first / programs + 1)) +
                "><MIDICommands><ControlChange Control=\"0\" Value=\"0\"/><ControlChange Control=\"32\" Value=" +
                number(first / programs) + "/></MIDICommands><PatchNameList>\n";
        for (size_t i = first; i < std::min(count, first + programs); ++i)
            text += "<Patch Number=" + number(i - first) + " Name=" + quoted(banks[i].stem().string()) +
                    " ProgramChange=" + number(i - first) + "/>\n";
        text += "</PatchNameList></PatchBank>\n";
    }
    return text;
}

} // namespace

std::string midi_names(const std::string& model) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<!DOCTYPE MIDINameDocument PUBLIC \"-//MIDI Manufacturers Association//DTD MIDINameDocument 1.0//EN\" "
           "\"http://www.midi.org/dtds/MIDINameDocument10.dtd\">\n"
           "<MIDINameDocument><Author>Timbrel</Author><MasterDeviceNames><Manufacturer>Timbrel</Manufacturer><Model>" +
           model + "</Model>\n<CustomDeviceMode Name=\"Default\"><ChannelNameSetAssignments>\n" +
           channels("ChannelNameSetAssign", "NameSet=\"Names\"") +
           "</ChannelNameSetAssignments></CustomDeviceMode>\n<ChannelNameSet Name=\"Names\"><AvailableForChannels>\n" +
           channels("AvailableChannel", "Available=\"true\"") +
           "</AvailableForChannels><UsesControlNameList Name=\"Controls\"/>\n" + patch_banks() +
           "</ChannelNameSet>\n<ControlNameList Name=\"Controls\">\n" +
           control(engine::controllers::x, "X: west to east") + control(engine::controllers::y, "Y: south to north") +
           "</ControlNameList></MasterDeviceNames></MIDINameDocument>\n";
}

} // namespace timbrel::lv2
