#include "models/bake/baker.h"
#include "models/commands/commands.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace timbrel::models {
namespace {

struct Options {
    std::string nw, ne, sw, se, map, pitches = "33:97:4", velocities = "50,110", device = "auto", output;
    std::vector<std::string> line, corners;
    int rate = model_rate;
    std::string shard;
    double adapt = 0; // minutes
    PlaneRecipe recipe;
};

// "33:97:4" (from, to, step) or "36,48,60".
std::vector<int> numbers(const std::string& text, const char* option, int low, int high) {
    const auto wrong = [&] {
        return CLI::ValidationError(option, "'" + text + "': give FROM:TO:STEP or numbers with commas, each from " +
                                                std::to_string(low) + " to " + std::to_string(high));
    };
    std::vector<int> values;
    int from, to, step, used = 0;
    if (std::sscanf(text.c_str(), "%d:%d:%d%n", &from, &to, &step, &used) == 3 && size_t(used) == text.size()) {
        if (step < 1 || to < from || from < low || to > high) throw wrong();
        for (int v = from; v <= to; v += step) values.push_back(v);
        return values;
    }
    std::istringstream in(text);
    for (std::string item; std::getline(in, item, ',');) {
        size_t end = 0;
        try {
            values.push_back(std::stoi(item, &end));
        } catch (const std::exception&) {
            throw wrong();
        }
        if (end != item.size() || values.back() < low || values.back() > high) throw wrong();
    }
    std::ranges::sort(values);
    values.erase(std::ranges::unique(values).begin(), values.end());
    if (values.empty()) throw wrong();
    return values;
}

Shard shard_of(const std::string& text, size_t pitches) {
    Shard shard;
    if (text.empty()) return shard;
    int used = 0;
    if (std::sscanf(text.c_str(), "%d/%d%n", &shard.part, &shard.of, &used) != 2 || size_t(used) != text.size() ||
        shard.part < 1 || shard.part > shard.of || size_t(shard.of) > pitches)
        throw CLI::ValidationError("--shard", "'" + text + "': give I/N with I from 1 to N, and N at most the " +
                                                  std::to_string(pitches) + " pitches");
    return shard;
}

void place_corners(Options& o) {
    auto& r = o.recipe;
    if (!o.map.empty()) {
        int used = 0;
        if (std::sscanf(o.map.c_str(), "%dx%d%n", &r.across, &r.down, &used) != 2 || size_t(used) != o.map.size() ||
            r.across < 1 || r.down < 1 || r.across * r.down < 2)
            throw CLI::ValidationError("--map", "'" + o.map + "': give corners across × down, for instance 3x2");
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
                                   "as many sources as it has corners");
    if (r.columns() > 64 || r.rows() > 64)
        throw CLI::ValidationError("--grid", "the plane would have more than 64 cells a side");
}

} // namespace

void add_bake_command(CLI::App& program) {
    auto* command = program.add_subcommand("bake", "Bake sounds on the corners of a plane into a bank.");
    command->footer("A source is a sound file, a folder of sound files, FONT.sf2:BANK:PRESET, or lv2:URI[#PRESET].");
    auto o = std::make_shared<Options>();
    auto& r = o->recipe;
    auto* nw = command->add_option("--nw", o->nw, "source of the north-west corner (X 0, Y 1)");
    auto* ne = command->add_option("--ne", o->ne, "north-east (X 1, Y 1)")->needs(nw);
    auto* sw = command->add_option("--sw", o->sw, "south-west (X 0, Y 0)")->needs(ne);
    nw->needs(command->add_option("--se", o->se, "south-east (X 1, Y 0)")->needs(sw));
    auto* line = command->add_option("--line", o->line, "two sources, west and east, instead of four")
                     ->expected(2)
                     ->excludes(nw);
    auto* map = command->add_option("--map", o->map, "KxL: that many corners across and down, their sources following")
                    ->excludes(nw)
                    ->excludes(line);
    command->add_option("sources", o->corners, "sources of --map, from the north-west along the rows")->needs(map);
    command->add_option("--grid", r.grid, "cells along each side of a square")
        ->check(CLI::Range(2, 33))
        ->capture_default_str();
    command->add_option("--pitches", o->pitches, "MIDI notes to bake, FROM:TO:STEP or a list")->capture_default_str();
    command->add_option("--velocities", o->velocities, "velocities to bake")->capture_default_str();
    command->add_option("--seconds", r.seconds, "length of each note, its loop included")
        ->check(CLI::Range(.5, 60.))
        ->capture_default_str();
    command->add_option("--release", r.release, "seconds to listen after a key is let go")
        ->check(CLI::Range(.1, 10.))
        ->capture_default_str();
    command->add_option("--rate", o->rate, "frames per second; the model works at 48000")
        ->check(CLI::IsMember(std::vector<int>{model_rate}))
        ->capture_default_str();
    command
        ->add_option("--imagine", r.imagine,
                     "how far the network decides what lies between: 1, or 0 for plain interpolation")
        ->check(CLI::Range(0., 2.))
        ->capture_default_str();
    auto* shard = command->add_option("--shard", o->shard,
                                      "I/N: bake only the Ith of N parts, for timbrel merge to put together");
    // Machines of different speed would adapt in different numbers of steps, and bake parts that do not fit.
    command->add_option("--adapt", o->adapt, "minutes in which the network first learns these very sounds")
        ->check(CLI::Range(.01, 1000.))
        ->excludes(shard);
    command->add_option("--model", r.model, "weights: a name, or a .safetensors file")->capture_default_str();
    command->add_option("--device", o->device, "auto, cpu or cuda")->capture_default_str();
    command->add_option("-o,--output", o->output, "bank to write, NAME.timbrel")->required();
    command->callback([o] {
        o->recipe.pitches = numbers(o->pitches, "--pitches", 0, 127);
        o->recipe.velocities = numbers(o->velocities, "--velocities", 1, 127);
        place_corners(*o);
        const Shard shard = shard_of(o->shard, o->recipe.pitches.size());
        keep_apart({o->output}, o->recipe.sources);
        must_be_writable(o->output);
        bake(o->recipe, shard, choose_device(o->device), o->output, o->adapt);
    });
}

} // namespace timbrel::models
