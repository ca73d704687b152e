// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/output_guard.h"
#include "common/source_options.h"
#include "models/audio/sources/source.h"
#include "models/bake/baker.h"
#include "models/commands/commands.h"
#include "models/commands/recipe_option.h"
#include "models/network/safetensors.h"
#include "models/torchscript/model_filter.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <sstream>

namespace timbrel::models {
namespace {

struct BakeOptions {
    std::string nw, ne, sw, se, map, pitches = "auto", velocities = "50,110", device = "auto", output;
    std::vector<std::string> line, corners;
    std::string shard, octaves = "auto";
    double fine_tune_minutes = 0;
    PlaneRecipe recipe;
};

// Parses "33:97:4" (first, last, step) or "36,48,60". Returns sorted values without duplicates.
std::vector<int> parse_numbers(const std::string& text, const char* option, int low, int high) {
    const auto usage_error = [&] {
        return CLI::ValidationError(option, "'" + text + "': give FROM:TO:STEP or numbers with commas, each from " +
                                                std::to_string(low) + " to " + std::to_string(high));
    };
    std::vector<int> values;
    int first, last, step, parsed = 0;
    if (std::sscanf(text.c_str(), "%d:%d:%d%n", &first, &last, &step, &parsed) == 3 && size_t(parsed) == text.size()) {
        if (step < 1 || last < first || first < low || last > high) throw usage_error();
        for (int v = first; v <= last; v += step) values.push_back(v);
        return values;
    }
    std::istringstream in(text);
    for (std::string item; std::getline(in, item, ',');) {
        size_t end = 0;
        try {
            values.push_back(std::stoi(item, &end));
        } catch (const std::exception&) {
            throw usage_error();
        }
        if (end != item.size() || values.back() < low || values.back() > high) throw usage_error();
    }
    std::ranges::sort(values);
    values.erase(std::ranges::unique(values).begin(), values.end());
    if (values.empty()) throw usage_error();
    return values;
}

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
    if (r.columns() > 64 || r.rows() > 64)
        throw CLI::ValidationError("--grid", "the plane would have more than 64 columns or rows of cells");
}

// Adds to the notation of files and folders how their names count octaves.
void set_octaves(PlaneRecipe& recipe, const std::string& octaves) {
    const std::map<std::string, std::string> prefixes = {
        {"auto", ""}, {"scientific", audio::scientific_prefix}, {"yamaha", audio::yamaha_prefix}};
    for (std::string& source : recipe.sources) {
        SourceOptions options = split_source(source);
        if (!std::filesystem::exists(options.source)) continue;
        options.source.insert(0, prefixes.at(octaves));
        source = join_source(options);
    }
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

// Which notes are baked, and how long they are.
void add_note_options(CLI::App& command, BakeOptions& o) {
    command
        .add_option("--pitches", o.pitches,
                    "MIDI notes to bake: FROM:TO:STEP, a list such as 36,48,60, or auto: those of the sound files, and "
                    "others so that they are at most 4 semitones apart; without files 33:97:4")
        ->capture_default_str();
    command.add_option("--velocities", o.velocities, "velocities to bake: FROM:TO:STEP, or a list")
        ->capture_default_str();
    command.add_option("--seconds", o.recipe.seconds, "length of each note in seconds, its loop included")
        ->check(CLI::Range(.5, 60.))
        ->capture_default_str();
    command.add_option("--release", o.recipe.release, "seconds to record after each note-off")
        ->check(CLI::Range(.1, 10.))
        ->capture_default_str();
}

// Which network decides what lies between the corners, and how much.
void add_network_options(CLI::App& command, PlaneRecipe& r) {
    command
        .add_option("--network-amount,--imagine", r.network_amount,
                    "weight of the network's latent interpolation between corners; 0: interpolate levels in dB only")
        ->check(CLI::Range(0., 2.))
        ->capture_default_str();
    command
        .add_option("--model", r.model,
                    "the network: an installed name, a .safetensors file of weights, or a TorchScript file as nn~ "
                    "plays it (RAVE; best exported without --streaming)")
        ->capture_default_str();
}

} // namespace

void add_bake_command(CLI::App& program, const BakeAction& action) {
    auto* command = program.add_subcommand("bake", "Bake a bank: a plane of cells between the sounds at its corners.");
    command->footer(
        "A source is a sound file, a folder of sound files, FONT.sf2:BANK:PRESET, lv2:URI[#PRESET], or "
        "nn:FILE.ts<SOURCE, a source "
        "through a model. In front of it may stand gain=DB:, tune=CENTS: and name=TEXT:, as in gain=-3:flute.wav.");
    auto o = std::make_shared<BakeOptions>();
    auto& r = o->recipe;
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
    command->add_option("--grid", r.grid, "cells along each side of a square of corners, corners included")
        ->check(CLI::Range(2, 33))
        ->capture_default_str();
    command
        ->add_option(
            "--octaves", o->octaves,
            "octaves in names of sound files: scientific (middle C is C4), yamaha (C3), or auto: as they sound")
        ->check(CLI::IsMember({"auto", "scientific", "yamaha"}))
        ->capture_default_str();
    add_note_options(*command, *o);
    add_network_options(*command, r);
    auto* shard = command->add_option("--shard", o->shard, "I/N: bake part I of N; join the parts with timbrel merge");
    // Excludes --shard: machines of different speed would fine-tune in different numbers of steps, and their parts
    // would come from different networks.
    command
        ->add_option("--fine-tune,--adapt", o->fine_tune_minutes,
                     "fine-tune the network on these sources for so many minutes first")
        ->check(CLI::Range(.01, 1000.))
        ->excludes(shard);
    add_recipe_option(*command);
    command->add_option("--device", o->device, "where to compute: auto, cpu or cuda")->capture_default_str();
    command->add_option("-o,--output", o->output, "bank to write: NAME.timbrel")->required();
    command->callback([o, action] {
        if (o->pitches != "auto") o->recipe.pitches = parse_numbers(o->pitches, "--pitches", 0, 127);
        o->recipe.velocities = parse_numbers(o->velocities, "--velocities", 1, 127);
        set_corners(*o);
        const Shard shard = parse_shard(o->shard);
        reject_overwrite({o->output}, input_files(o->recipe));
        require_writable(o->output);
        set_octaves(o->recipe, o->octaves);
        action(o->recipe, shard, choose_device(o->device), o->output, o->fine_tune_minutes);
    });
}

} // namespace timbrel::models
