// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/commands/plane_options.h"

#include "common/source_options.h"
#include "models/audio/sources/source.h"
#include "models/commands/recipe_option.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <sstream>

namespace timbrel::models {
namespace {

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

double parse_seconds(const std::string& text) {
    double seconds = 0;
    if (!CLI::detail::lexical_cast(text, seconds) || !(seconds >= .5 && seconds <= 60))
        throw CLI::ValidationError("--seconds", "'" + text + "': give auto, or a number from 0.5 to 60");
    return seconds;
}

// Which notes are baked, and how long they are.
void add_note_options(CLI::App& command, PlaneOptions& o) {
    command
        .add_option("--pitches", o.pitches,
                    "MIDI notes to bake: FROM:TO:STEP, a list such as 36,48,60, or auto: those of the sound files, and "
                    "others so that they are at most 4 semitones apart; without files 33:97:4")
        ->capture_default_str();
    command.add_option("--velocities", o.velocities, "velocities to bake: FROM:TO:STEP, or a list")
        ->capture_default_str();
    command
        .add_option("--seconds", o.seconds,
                    "length of each note in seconds, its loop included, or auto: for each pitch as long as its sounds "
                    "need to seem alive while they are held, 2 to 9")
        ->capture_default_str();
    command.add_option("--release", o.recipe.release, "seconds to record after each note-off")
        ->check(CLI::Range(.1, 10.))
        ->capture_default_str();
}

} // namespace

void add_plane_options(CLI::App& command, PlaneOptions& o) {
    auto& r = o.recipe;
    command.add_option("--grid", r.grid, "cells along each side of a square of corners, corners included")
        ->check(CLI::Range(2, 33))
        ->capture_default_str();
    command
        .add_option("--octaves", o.octaves,
                    "octaves in names of sound files: scientific (middle C is C4), yamaha (C3), or auto: as they sound")
        ->check(CLI::IsMember({"auto", "scientific", "yamaha"}))
        ->capture_default_str();
    add_note_options(command, o);
    command
        .add_option("--network-amount,--imagine", r.network_amount,
                    "weight of the network's latent interpolation between corners; 0: interpolate levels in dB only")
        ->check(CLI::Range(0., 2.))
        ->capture_default_str();
    command
        .add_option_function<std::string>(
            "--tuning", [&r](const std::string& name) { r.tuning = tuning_of_name(name); },
            "pitch of corners whose recordings are out of tune: key, or as-recorded, up to half a semitone from it")
        ->check(CLI::IsMember({tuning_name(Tuning::key), tuning_name(Tuning::as_recorded)}))
        ->default_str(tuning_name(r.tuning));
    command
        .add_option("--model", r.model,
                    "the network: an installed name, a .safetensors file of weights, or a TorchScript file as nn~ "
                    "plays it (RAVE; best exported without --streaming)")
        ->capture_default_str();
    add_recipe_option(command);
    command.add_option("--device", o.device, "where to compute: auto (the CPU), cpu or cuda")->capture_default_str();
    command.add_option("-o,--output", o.output, "bank to write: NAME.timbrel")->required();
}

void set_notes(PlaneOptions& o) {
    if (o.pitches != "auto") o.recipe.pitches = parse_numbers(o.pitches, "--pitches", 0, 127);
    if (o.seconds != "auto") o.recipe.seconds = parse_seconds(o.seconds);
    o.recipe.velocities = parse_numbers(o.velocities, "--velocities", 1, 127);
}

void check_cells(const PlaneRecipe& r) {
    if (r.columns() > 64 || r.rows() > 64)
        throw CLI::ValidationError("--grid", "the plane would have more than 64 columns or rows of cells");
}

void set_octaves(std::vector<std::string>& sources, const std::string& octaves) {
    const std::map<std::string, std::string> prefixes = {
        {"auto", ""}, {"scientific", audio::scientific_prefix}, {"yamaha", audio::yamaha_prefix}};
    for (std::string& source : sources) {
        SourceOptions options = split_source(source);
        if (!std::filesystem::exists(options.source)) continue;
        options.source.insert(0, prefixes.at(octaves));
        source = join_source(options);
    }
}

} // namespace timbrel::models
