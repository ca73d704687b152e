// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a preset with a bank, as users save it: an LV2 bundle in a folder of LV2_PATH. Thread: control.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace timbrel::test {

// Creates `folder`/NAME.lv2. `state`: properties in Turtle, such as `<urn:timbrel:bank> </a/bank.timbrel>`; `ports`:
// port values, such as `[ lv2:symbol "x" ; pset:value 0.5 ]`.
inline void write_preset(const std::string& folder, const std::string& name, const std::string& state,
                         const std::string& ports) {
    const std::string bundle = folder + "/" + name + ".lv2";
    std::filesystem::create_directories(bundle);
    const std::string head = "@prefix atom: <http://lv2plug.in/ns/ext/atom#> .\n"
                             "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
                             "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
                             "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
                             "@prefix state: <http://lv2plug.in/ns/ext/state#> .\n"
                             "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n";
    const std::string subject = " a pset:Preset ; lv2:appliesTo <urn:timbrel:morph> ";
    std::ofstream(bundle + "/manifest.ttl") << head << "<state.ttl>" << subject << "; rdfs:seeAlso <state.ttl> .\n";
    std::ofstream(bundle + "/state.ttl") << head << "<>" << subject << "; rdfs:label \"" << name << "\" ;\n"
                                         << "lv2:port " << ports << " ;\nstate:state [ " << state << " ] .\n";
}

} // namespace timbrel::test
