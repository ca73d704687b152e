// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/output_guard.h"
#include "common/source_options.h"
#include "models/audio/sources/source.h"
#include "models/bake/baker.h"
#include "models/commands/commands.h"
#include "models/commands/plane_options.h"
#include "models/network/safetensors.h"
#include "models/torchscript/model_filter.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <sstream>

namespace timbrel::models {
namespace {

struct BakeOptions : PlaneOptions {
    std::string nw, ne, sw, se, map, shard;
    std::vector<std::string> line, corners;
    double fine_tune_minutes = 0;
};

Shard parse_shard(const std::string& text) {
    Shard shard;
    if (text.empty()) return shard;
    int parsed = 0;
    if (std::sscanf(text.c_str(), "%d/%d%n", &shard.part, &shard.of, &parsed) != 2 || size_t(parsed) != text.size() ||
        shard.part < 1 || shard.part > shard.of)
        throw CLI::ValidationError("--shard", "'" + text + "': give I/N with I from 1 to N");
    return shard;
}

// Sets the recipe's sources and dimensions from --nw …, --line or --map.
void set_corners(BakeOptions& o) {
    auto& r = o.recipe;
    if (!o.map.empty()) {
        int parsed = 0;
        if (std::sscanf(o.map.c_str(), "%dx%d%n", &r.across, &r.down, &parsed) != 2 || size_t(parsed) != o.map.size() ||
            r.across < 1 || r.down < 1 || r.across * r.down < 2)
            throw CLI::ValidationError(
                "--map", "'" + o.map + "': give the number of columns and rows of corners, for example 3x2");
        r.sources = o.corners;
    } else if (!o.line.empty()) {
        r.across = 2, r.down = 1;
        r.sources = o.line;
    } else {
        r.sources = {o.nw, o.ne, o.sw, o.se};
    }
    if (int(r.sources.size()) != r.across * r.down ||
        std::ranges::any_of(r.sources, [](const std::string& s) { return s.empty(); }))
        throw CLI::ValidationError("corners",
                                   "give --nw, --ne, --sw and --se, or --line with two sources, or --map KxL with "
                                   "K times L sources");
    check_cells(r);
}

// The files that the bake reads. Throws if options of a source are malformed.
std::vector<std::string> input_files(const PlaneRecipe& recipe) {
    std::vector<std::string> files{find_model(recipe.model)};
    for (const std::string& source : recipe.sources) {
        if (is_malformed(split_source(source)))
            throw CLI::ValidationError("corners", "'" + source +
                                                      "': give gain=DB: from -24 to 12 and tune=CENTS: from -100 to "
                                                      "100, each once, in front of the source");
        std::string sound = source;
        while (const auto filter = split_filter(split_source(sound).source)) {
            files.push_back(filter->model);
            sound = filter->source;
        }
        files.push_back(source_file(sound));
    }
    return files;
}

} // namespace

void add_bake_command(CLI::App& program, const BakeAction& action) {
    auto* command = program.add_subcommand("bake", "Bake a bank: a plane of cells between the sounds at its corners.");
    command->footer(
        "A source is a sound file, a folder of sound files, FONT.sf2:BANK:PRESET, lv2:URI[#PRESET], or "
        "nn:FILE.ts<SOURCE, a source "
        "through a model. In front of it may stand gain=DB:, tune=CENTS: and name=TEXT:, as in gain=-3:flute.wav.");
    auto o = std::make_shared<BakeOptions>();
    auto* nw = command->add_option("--nw", o->nw, "source of the north-west corner (X 0, Y 1)");
    auto* ne = command->add_option("--ne", o->ne, "source of the north-east corner (X 1, Y 1)")->needs(nw);
    auto* sw = command->add_option("--sw", o->sw, "source of the south-west corner (X 0, Y 0)")->needs(ne);
    nw->needs(command->add_option("--se", o->se, "source of the south-east corner (X 1, Y 0)")->needs(sw));
    auto* line =
        command->add_option("--line", o->line, "sources of the west and the east corner, instead of four corners")
            ->expected(2)
            ->excludes(nw);
    auto* map =
        command->add_option("--map", o->map, "KxL: K columns and L rows of corners; their sources follow as arguments")
            ->excludes(nw)
            ->excludes(line);
    command->add_option("sources", o->corners, "sources of --map, row by row from the north-west")->needs(map);
    add_plane_options(*command, *o);
    auto* shard = command->add_option("--shard", o->shard, "I/N: bake part I of N; join the parts with timbrel merge");
    // Excludes --shard: machines of different speed would fine-tune in different numbers of steps, and their parts
    // would come from different networks.
    command
        ->add_option("--fine-tune,--adapt", o->fine_tune_minutes,
                     "fine-tune the network on these sources for so many minutes first")
        ->check(CLI::Range(.01, 1000.))
        ->excludes(shard);
    command->callback([o, action] {
        set_notes(*o);
        set_corners(*o);
        const Shard shard = parse_shard(o->shard);
        require_writable(o->output);
        reject_overwrite({o->output}, input_files(o->recipe));
        set_octaves(o->recipe.sources, o->octaves);
        action(o->recipe, shard, choose_device(o->device), o->output, o->fine_tune_minutes);
    });
}

} // namespace timbrel::models
