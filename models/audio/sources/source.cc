// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/sources/source.h"

#include "common/source_options.h"
#include "models/audio/sources/file_search.h"

#include <regex>
#include <string_view>
#include <utility>

namespace timbrel::audio {
namespace {

bool is_font(const std::string& path) {
    static const std::regex ending(".*\\.sf[23]$", std::regex::icase);
    return std::regex_match(path, ending);
}

} // namespace

std::string preset_examples(const std::vector<PresetInfo>& presets) {
    std::string text;
    for (size_t i = 0; i < presets.size() && i < 4; ++i)
        text += (i ? ", " : "") + std::to_string(presets[i].bank) + ":" + std::to_string(presets[i].program) + " (" +
                presets[i].name + ")";
    return text;
}

std::unique_ptr<Source> open_source(const std::string& notation) {
    const std::string spec = split_source(notation).source;
    static const std::regex preset("(.*\\.[sS][fF][23]):([0-9]{1,5}):([0-9]{1,3})");
    std::smatch match;
    if (spec.starts_with("lv2:")) return open_lv2(spec.substr(4));
    if (std::regex_match(spec, match, preset))
        return open_soundfont(find_font(match[1]), std::stoi(match[2]), std::stoi(match[3]));
    if (is_font(spec)) {
        const std::string font = find_font(spec);
        throw AudioError(spec + ": which preset? Write " + spec + ":BANK:PRESET, for example " +
                         preset_examples(list_presets(font)));
    }
    for (const auto& [prefix, octaves] : {std::pair(std::string_view(yamaha_prefix), OctaveNaming::yamaha),
                                          {std::string_view(scientific_prefix), OctaveNaming::scientific}})
        if (spec.starts_with(prefix)) return open_sound_files(spec.substr(prefix.size()), octaves);
    return open_sound_files(spec, OctaveNaming::automatic);
}

} // namespace timbrel::audio
