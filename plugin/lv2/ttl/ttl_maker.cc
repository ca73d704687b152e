// SPDX-License-Identifier: GPL-3.0-or-later
// Build-time program: fills a template of the bundle's Turtle description from the port list and the parameter table.
//   timbrel-ttl TEMPLATE OUTPUT PRESETS [NAME=VALUE]…
// In a template, {{NAME}} is replaced by a value from the command line, {{X}} and {{Y}} by those two ports, {{PORTS}}
// and {{CV_PORTS}} by the ports after the first nine, {{GROUPS}} by the port groups, {{PRESETS}} and {{PRESET_LIST}} by
// the presets, {{WINDOW_ENTRY}} and {{WINDOW_LINK}} by the window in the manifest and in a plugin's description, or by
// nothing without a WINDOW_BINARY.
#include "plugin/lv2/shared/ports.h"
#include "plugin/lv2/shared/turtle_text.h"
#include "plugin/lv2/ttl/ttl_text.h"

#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

namespace {

using namespace timbrel;

using lv2::turtle_number;
using lv2::turtle_quoted;

std::string group_symbol(std::string_view group) {
    std::string symbol(group);
    for (char& c : symbol) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' ? '_' : c;
    return symbol;
}

std::string unit(std::string_view name) {
    static const std::map<std::string_view, const char*> known = {{"", "units:coef"},
                                                                  {"cents", "units:cent"},
                                                                  {"octaves", "units:oct"},
                                                                  {"s", "units:s"},
                                                                  {"ms", "units:ms"},
                                                                  {"dB", "units:db"},
                                                                  {"semitones", "units:semitone12TET"},
                                                                  {"Hz", "units:hz"},
                                                                  {"%", "units:pc"}};
    if (const auto found = known.find(name); found != known.end()) return found->second;
    return "[ a units:Unit ; rdfs:label " + turtle_quoted(name) + " ; units:symbol " + turtle_quoted(name) +
           " ; units:render " + turtle_quoted("%f " + std::string(name)) + " ]";
}

std::string port(engine::Parameter parameter) {
    const engine::ParameterInfo& description = info(parameter);
    std::ostringstream out;
    out << "    a lv2:InputPort , lv2:ControlPort ;\n    lv2:index " << lv2::parameter_port(parameter)
        << " ;\n    lv2:symbol " << turtle_quoted(description.symbol) << " ;\n    lv2:name "
        << turtle_quoted(description.name) << " ;\n    lv2:shortName " << turtle_quoted(description.short_name)
        << " ;\n    rdfs:comment " << turtle_quoted(description.comment) << " ;\n    lv2:default "
        << turtle_number(description.initial) << " ;\n    lv2:minimum " << turtle_number(description.minimum)
        << " ;\n    lv2:maximum " << turtle_number(description.maximum) << " ;\n    units:unit "
        << unit(description.unit) << " ;\n    pg:group <urn:timbrel:group-" << group_symbol(description.group) << ">";
    if (description.scale == engine::Scale::logarithmic) out << " ;\n    lv2:portProperty pprop:logarithmic";
    if (description.scale == engine::Scale::integer) out << " ;\n    lv2:portProperty lv2:integer";
    if (description.scale == engine::Scale::enumeration)
        out << " ;\n    lv2:portProperty lv2:integer , lv2:enumeration";
    for (const engine::ScalePoint& point : description.points)
        out << " ;\n    lv2:scalePoint [ rdfs:label " << turtle_quoted(point.label) << " ; rdf:value "
            << turtle_number(point.value) << " ]";
    return out.str();
}

std::string parameter_ports() {
    std::string text;
    for (size_t i = 2; i < engine::parameter_count; ++i)
        text += " , [\n" + port(static_cast<engine::Parameter>(i)) + "\n  ]";
    return text;
}

std::string cv_port(uint32_t index, const char* symbol, const char* name) {
    std::ostringstream out;
    out << " , [\n    a lv2:InputPort , lv2:CVPort ;\n    lv2:index " << index << " ;\n    lv2:symbol "
        << turtle_quoted(symbol) << " ;\n    lv2:name " << turtle_quoted(name)
        << " ;\n    rdfs:comment \"Added to the control of the same name in every frame; 1 is the width of the "
           "plane.\" ;\n"
           "    lv2:default 0.0 ;\n    lv2:minimum -1.0 ;\n    lv2:maximum 1.0 ;\n    units:unit units:coef ;\n"
           "    lv2:portProperty lv2:connectionOptional ;\n    pg:group <urn:timbrel:group-plane>\n  ]";
    return out.str();
}

std::string groups() {
    std::map<std::string, std::string> texts;
    for (const engine::ParameterInfo& description : engine::parameters) {
        const std::string symbol = group_symbol(description.group);
        texts[symbol] = "<urn:timbrel:group-" + symbol + ">\n  a pg:InputGroup ;\n  lv2:symbol " +
                        turtle_quoted(symbol) + " ;\n  lv2:name " + turtle_quoted(description.group) + " .\n\n";
    }
    std::string all;
    for (const auto& [symbol, text] : texts) all += text;
    return all;
}

std::string fill_template(const std::string& text, const std::map<std::string, std::string>& values) {
    std::string result;
    size_t copied = 0;
    for (size_t open; (open = text.find("{{", copied)) != text.npos;) {
        const size_t close = text.find("}}", open);
        const auto value = close == text.npos ? values.end() : values.find(text.substr(open + 2, close - open - 2));
        if (value == values.end()) {
            std::cerr << "timbrel-ttl: no value for " << text.substr(open, close - open) << "}}\n";
            std::exit(1);
        }
        result += text.substr(copied, open - copied) + value->second;
        copied = close + 2;
    }
    return result + text.substr(copied);
}

} // namespace

int main(int count, char** arguments) {
    if (count < 4) {
        std::cerr << "usage: timbrel-ttl TEMPLATE OUTPUT PRESETS [NAME=VALUE]...\n";
        return 2;
    }
    std::map<std::string, std::string> values = {
        {"X", port(engine::Parameter::x)},
        {"Y", port(engine::Parameter::y)},
        {"PORTS", parameter_ports()},
        {"GROUPS", groups()},
        {"CV_PORTS", cv_port(lv2::port_x_cv, "x_cv", "X CV") + cv_port(lv2::port_y_cv, "y_cv", "Y CV")},
        {"NO_PORTS", ""},
        {"MORPH", lv2::morph_uri},
        {"MORPH_CV", lv2::morph_cv_uri},
        {"BANK", lv2::bank_property},
        {"TUNING", lv2::tuning_property},
        {"KEYBOARD_MAP", lv2::keyboard_map_property},
        {"MESSAGE", lv2::message_property},
        {"TUNING_MASTER", lv2::tuning_master_property},
        {"WINDOW", lv2::window_uri},
        {"NOTIFY_BYTES", std::to_string(lv2::notify_bytes)}};
    try {
        const lv2::PresetTexts presets = lv2::read_presets(arguments[3]);
        values["PRESETS"] = presets.full;
        values["PRESET_LIST"] = presets.list;
    } catch (const std::exception& error) {
        std::cerr << "timbrel-ttl: " << arguments[3] << ": " << error.what() << '\n';
        return 1;
    }
    for (int i = 4; i < count; ++i) {
        const std::string argument = arguments[i];
        const size_t equals = argument.find('=');
        std::string value = argument.substr(equals + 1);
        // A value that is the name of another value is replaced by that value.
        if (const auto named = values.find(value); named != values.end()) value = named->second;
        values[argument.substr(0, equals)] = value;
    }
    const bool window = values.contains("WINDOW_BINARY");
    const std::string window_node = std::string("<") + lv2::window_uri + ">";
    values["WINDOW_LINK"] = window ? "  ui:ui " + window_node + " ;\n" : "";
    values["WINDOW_ENTRY"] = window ? window_node + "\n  a ui:X11UI ;\n  lv2:binary <" + values["WINDOW_BINARY"] +
                                          "> ;\n  rdfs:seeAlso <window.ttl> .\n\n"
                                    : "";
    std::ifstream in(arguments[1]);
    std::stringstream text;
    text << in.rdbuf();
    std::ofstream out(arguments[2]);
    out << fill_template(text.str(), values);
    out.close();
    if (in && out) return 0;
    std::cerr << "timbrel-ttl: cannot turn " << arguments[1] << " into " << arguments[2] << '\n';
    return 1;
}
