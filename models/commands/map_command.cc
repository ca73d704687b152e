// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/foreign_text.h"
#include "common/output_guard.h"
#include "models/bake/baker.h"
#include "models/commands/commands.h"
#include "models/commands/plane_options.h"
#include "models/landscape/landscape.h"

#include <cstdio>

namespace timbrel::models {
namespace {

constexpr int default_grid = 3; // neighbours are alike, and a map has many squares

struct MapOptions : PlaneOptions {
    std::string sounds, size;
};

std::optional<MapSize> parse_size(const std::string& text) {
    if (text.empty()) return {};
    MapSize size;
    int parsed = 0;
    if (std::sscanf(text.c_str(), "%dx%d%n", &size.columns, &size.rows, &parsed) != 2 ||
        size_t(parsed) != text.size() || size.columns < 1 || size.rows < 1 || size.places() < 2)
        throw CLI::ValidationError("--size", "'" + text + "': give the number of columns and rows, for example 6x4");
    return size;
}

void bake_map(MapOptions& o) {
    auto& r = o.recipe;
    set_notes(o);
    const auto size = parse_size(o.size);
    if (size) r.across = size->columns, r.down = size->rows;
    check_cells(r);
    auto sounds = list_sounds(o.sounds);
    reject_overwrite({o.output}, sounds);
    reject_overwrite({o.output}, {o.sounds});
    require_writable(o.output);
    set_octaves(sounds, o.octaves);
    const auto device = choose_device(o.device);
    const auto landscape = make_landscape(sounds, size, load_note_model(r.model, device), device);
    for (const auto& problem : landscape.left_out)
        std::fprintf(stderr, "timbrel-bake: left out: %s\n", printable(problem, max_printed_line).c_str());
    std::printf("%s", describe(landscape).c_str());
    std::fflush(stdout); // baking takes long
    r.across = landscape.size.columns, r.down = landscape.size.rows;
    for (const size_t sound : landscape.placement) r.sources.push_back(landscape.sounds[sound]);
    check_cells(r);
    bake(r, {}, device, o.output);
}

} // namespace

void add_map_command(CLI::App& program) {
    auto* command =
        program.add_subcommand("map", "Bake a map of many sounds, on which neighbours sound alike to the network.");
    auto o = std::make_shared<MapOptions>();
    o->recipe.grid = default_grid;
    command->add_option("sounds", o->sounds, "folder whose sound files, or FONT.sf2 whose presets, are the sounds")
        ->required();
    command->add_option("--size", o->size,
                        "KxL: columns and rows of sounds; without: as many as there are, 6x4 at most");
    add_plane_options(*command, *o);
    command->callback([o] { bake_map(*o); });
}

} // namespace timbrel::models
