// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/presets/preset_text.h"

#include "plugin/lv2/presets/turtle.h"
#include "plugin/lv2/shared/ports.h"
#include "plugin/lv2/shared/turtle_text.h"

namespace timbrel::lv2 {

namespace {

std::string property(const char* name, const std::string& value) {
    return std::string(" ;\n    <") + name + "> " + value;
}

// A file as states store it: its path, which the host may map, and the original path.
std::string file_properties(const char* path_name, const char* original_name, const std::string& path) {
    if (path.empty()) return {};
    return property(path_name, "<" + file_uri(path) + ">") + property(original_name, turtle_quoted(path));
}

} // namespace

std::string preset_text(const std::string& plugin_uri, const std::string& name, const PresetSound& sound) {
    std::string text = "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
                       "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
                       "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
                       "@prefix state: <http://lv2plug.in/ns/ext/state#> .\n"
                       "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n"
                       "<>\n  a pset:Preset ;\n  lv2:appliesTo <" +
                       plugin_uri + "> ;\n  rdfs:label " + turtle_quoted(name) + " ;\n  lv2:port ";
    for (size_t i = 0; i < engine::parameter_count; ++i)
        text += std::string(i == 0 ? "" : " , ") + "[\n    lv2:symbol " + turtle_quoted(engine::parameters[i].symbol) +
                " ;\n    pset:value " + turtle_number(sound.values[i]) + "\n  ]";
    std::string state = file_properties(bank_property, bank_file_property, sound.bank) +
                        file_properties(tuning_property, tuning_file_property, sound.scale) +
                        file_properties(keyboard_map_property, keyboard_map_file_property, sound.keyboard_map);
    if (!sound.bank_id.empty()) state += property(bank_id_property, turtle_quoted(sound.bank_id));
    if (!sound.gesture.empty())
        state += property(gesture_property, turtle_quoted(base64_of(sound.gesture)) + "^^xsd:base64Binary");
    return text + (state.empty() ? "" : " ;\n  state:state [" + state.substr(2) + "\n  ]") + " .\n";
}

} // namespace timbrel::lv2
