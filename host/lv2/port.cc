// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/port.h"

#include "common/error.h"

#include <lv2/atom/atom.h>
#include <lv2/core/lv2.h>
#include <lv2/midi/midi.h>
#include <lv2/port-props/port-props.h>
#include <lv2/resize-port/resize-port.h>
#include <lv2/time/time.h>

#include <cmath>

namespace timbrel::host {

namespace {

struct PortVocabulary {
    explicit PortVocabulary(const World& world)
        : control(world.uri(LV2_CORE__ControlPort)), audio(world.uri(LV2_CORE__AudioPort)),
          cv(world.uri(LV2_CORE__CVPort)), atom(world.uri(LV2_ATOM__AtomPort)), input(world.uri(LV2_CORE__InputPort)),
          optional(world.uri(LV2_CORE__connectionOptional)), midi(world.uri(LV2_MIDI__MidiEvent)),
          position(world.uri(LV2_TIME__Position)), designation(world.uri(LV2_CORE__designation)),
          minimum_size(world.uri(LV2_RESIZE_PORT__minimumSize)), logarithmic(world.uri(LV2_PORT_PROPS__logarithmic)),
          integer(world.uri(LV2_CORE__integer)), toggled(world.uri(LV2_CORE__toggled)),
          enumeration(world.uri(LV2_CORE__enumeration)) {}
    Node control, audio, cv, atom, input, optional, midi, position, designation, minimum_size, logarithmic, integer,
        toggled, enumeration;
};

float number(const LilvNode* node, float fallback) {
    return node && (lilv_node_is_float(node) || lilv_node_is_int(node)) ? lilv_node_as_float(node) : fallback;
}

Port::Kind kind_of(const PortVocabulary& vocabulary, const LilvPlugin* plugin, const LilvPort* port) {
    if (lilv_port_is_a(plugin, port, vocabulary.control.get())) return Port::Kind::control;
    if (lilv_port_is_a(plugin, port, vocabulary.audio.get())) return Port::Kind::audio;
    if (lilv_port_is_a(plugin, port, vocabulary.cv.get())) return Port::Kind::cv;
    if (lilv_port_is_a(plugin, port, vocabulary.atom.get())) return Port::Kind::atom;
    return Port::Kind::other;
}

Port read_port(const PortVocabulary& vocabulary, const LilvPlugin* plugin, uint32_t index) {
    const LilvPort* source = lilv_plugin_get_port_by_index(plugin, index);
    Port port;
    port.index = index;
    port.kind = kind_of(vocabulary, plugin, source);
    port.input = lilv_port_is_a(plugin, source, vocabulary.input.get());
    port.optional = lilv_port_has_property(plugin, source, vocabulary.optional.get());
    port.midi = port.kind == Port::Kind::atom && lilv_port_supports_event(plugin, source, vocabulary.midi.get());
    port.position =
        port.kind == Port::Kind::atom && lilv_port_supports_event(plugin, source, vocabulary.position.get());
    port.symbol = lilv_node_as_string(lilv_port_get_symbol(plugin, source));
    if (const Node name{lilv_port_get_name(plugin, source)}) port.name = lilv_node_as_string(name.get());
    if (const Node use{lilv_port_get(plugin, source, vocabulary.designation.get())})
        port.designation = lilv_node_as_string(use.get());
    port.control_designation = port.kind == Port::Kind::atom && port.designation == LV2_CORE__control;
    if (const Node size{lilv_port_get(plugin, source, vocabulary.minimum_size.get())};
        size && lilv_node_is_int(size.get()))
        port.minimum_size = static_cast<uint32_t>(lilv_node_as_int(size.get()));
    if (port.kind == Port::Kind::control) {
        LilvNode *default_value = nullptr, *minimum = nullptr, *maximum = nullptr;
        lilv_port_get_range(plugin, source, &default_value, &minimum, &maximum);
        const Node owners[] = {Node(default_value), Node(minimum), Node(maximum)};
        port.minimum = number(minimum, 0);
        port.maximum = number(maximum, 1);
        port.default_value = number(default_value, port.minimum);
        const auto is = [&](const Node& property) { return lilv_port_has_property(plugin, source, property.get()); };
        port.logarithmic = is(vocabulary.logarithmic);
        port.integer = is(vocabulary.integer) || is(vocabulary.toggled) || is(vocabulary.enumeration);
    }
    return port;
}

} // namespace

bool is_parameter(const Port& port) {
    return port.kind == Port::Kind::control && port.input && port.designation.empty();
}

std::vector<Port> read_ports(const World& world, const LilvPlugin* plugin) {
    const PortVocabulary vocabulary(world);
    std::vector<Port> ports;
    const uint32_t count = lilv_plugin_get_num_ports(plugin);
    if (count == 0)
        throw Error(std::string("the description of plugin ") + lilv_node_as_string(lilv_plugin_get_uri(plugin)) +
                    " has no ports; its bundle is damaged");
    for (uint32_t index = 0; index < count; ++index) ports.push_back(read_port(vocabulary, plugin, index));
    return ports;
}

} // namespace timbrel::host
