// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/foreign_text.h"
#include "common/output_guard.h"
#include "models/audio/blend/blend_files.h"
#include "models/commands/commands.h"

#include <cstdio>

namespace timbrel::models {
namespace {

struct BlendCommandOptions {
    audio::BlendOptions blend;
    std::string at = "0.5";
};

// Parses a fixed position, "0.5", or a range over the length of the sound, "0:1".
void parse_position(const std::string& text, audio::BlendSettings& position) {
    int parsed = 0;
    const int values = std::sscanf(text.c_str(), "%lf%n:%lf%n", &position.from, &parsed, &position.to, &parsed);
    if (values == 1) position.to = position.from;
    const auto valid = [](double x) { return x >= 0 && x <= 1; };
    if (values < 1 || size_t(parsed) != text.size() || !valid(position.from) || !valid(position.to))
        throw CLI::ValidationError("--at", "'" + text + "': give a position from 0 to 1, or a range such as 0:1");
}

} // namespace

void add_blend_command(CLI::App& program) {
    auto* command = program.add_subcommand("blend", "Blend two recordings of any kind and length into one.");
    auto o = std::make_shared<BlendCommandOptions>();
    command->add_option("first", o->blend.first, "sound file at position 0")->type_name("A.wav")->required();
    command->add_option("second", o->blend.second, "sound file at position 1")->type_name("B.wav")->required();
    command->add_option("--at", o->at, "position between them from 0 to 1, or from one position to another over time")
        ->type_name("POSITION|FROM:TO")
        ->capture_default_str();
    command
        ->add_option("--layer", o->blend.settings.layer,
                     "gain of the unprocessed faster sound that is added to the blend; 0.2 keeps speech intelligible")
        ->check(CLI::Range(0., 1.))
        ->capture_default_str();
    command->add_option("-o,--output", o->blend.out, "sound to write, a WAV file of 32-bit floats")
        ->type_name("OUT.wav")
        ->required();
    command->add_option("--plot", o->blend.picture, "picture to write: both sounds and their blend, .png or .svg")
        ->type_name("OUT.png");
    command->callback([o] {
        parse_position(o->at, o->blend.settings);
        reject_overwrite({o->blend.out, o->blend.picture}, {o->blend.first, o->blend.second});
        for (const std::string& warning : audio::blend_files(o->blend))
            std::fprintf(stderr, "timbrel-bake: %s\n", printable(warning, max_printed_line).c_str());
    });
}

} // namespace timbrel::models
