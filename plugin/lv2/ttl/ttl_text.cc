// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/ttl/ttl_text.h"

#include "plugin/lv2/shared/ports.h"
#include "plugin/lv2/shared/turtle_text.h"

#include <array>
#include <cctype>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace timbrel::lv2 {

namespace {

std::string resource(std::string_view name) {
    std::string uri = "<urn:timbrel:preset-";
    for (const char c : name)
        if (std::isalnum(static_cast<unsigned char>(c)))
            uri += static_cast<char>(std::tolower(c));
        else if (uri.back() != '-')
            uri += '-';
    return uri + ">";
}

using Values = std::array<std::optional<float>, engine::parameter_count>;

Values initial_values() {
    Values values;
    for (size_t i = 2; i < engine::parameter_count; ++i) values[i] = engine::parameters[i].initial;
    return values;
}

void set(Values& values, const std::string& word) {
    const size_t equals = word.find('=');
    const engine::Parameter parameter = engine::find_parameter(std::string_view(word).substr(0, equals));
    if (equals == word.npos || parameter == engine::Parameter::count)
        throw std::runtime_error(word + ": no such parameter");
    float value = 0;
    const char* const last = word.data() + word.size();
    const auto [end, error] = std::from_chars(word.data() + equals + 1, last, value);
    if (error != std::errc() || end != last || value < info(parameter).minimum || value > info(parameter).maximum)
        throw std::runtime_error(word + ": not a value in the parameter's range");
    values[static_cast<size_t>(parameter)] = value;
}

} // namespace

PresetTexts read_presets(const std::string& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error("cannot be read");
    PresetTexts texts;
    std::string line;
    while (std::getline(in, line)) {
        if (line.empty() || line[0] == '#') continue;
        const size_t colon = line.find(':');
        if (colon == line.npos) throw std::runtime_error(line + ": no name");
        const std::string name = line.substr(0, colon);
        Values values = initial_values();
        std::istringstream words(line.substr(colon + 1));
        for (std::string word; words >> word;) set(values, word);

        const std::string head =
            resource(name) + "\n  a pset:Preset ;\n  lv2:appliesTo <" + morph_uri + "> , <" + morph_cv_uri + "> ;\n";
        // With the label, so that hosts list presets without reading them.
        texts.list += head + "  rdfs:label " + turtle_quoted(name) + " ;\n  rdfs:seeAlso <presets.ttl> .\n\n";
        std::string ports;
        for (size_t i = 0; i < engine::parameter_count; ++i)
            if (values[i])
                ports += std::string(ports.empty() ? "" : " , ") + "[\n    lv2:symbol " +
                         turtle_quoted(engine::parameters[i].symbol) + " ;\n    pset:value " +
                         turtle_number(*values[i]) + "\n  ]";
        texts.full.append(head).append("  rdfs:label ").append(turtle_quoted(name));
        texts.full.append(" ;\n  lv2:port ").append(ports).append(" .\n\n");
    }
    return texts;
}

} // namespace timbrel::lv2
