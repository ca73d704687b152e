#include "models/audio/blend/blend_files.h"
#include "models/commands/commands.h"

#include <cstdio>

namespace timbrel::models {
namespace {

// "0.5", or "0:1" for a way.
void read_way(const std::string& text, audio::BlendWay& way) {
    int used = 0;
    const int numbers = std::sscanf(text.c_str(), "%lf%n:%lf%n", &way.from, &used, &way.to, &used);
    if (numbers == 1) way.to = way.from;
    const auto inside = [](double share) { return share >= 0 && share <= 1; };
    if (numbers < 1 || size_t(used) != text.size() || !inside(way.from) || !inside(way.to))
        throw CLI::ValidationError("--at", "'" + text + "': give a place from 0 to 1, or a way such as 0:1");
}

} // namespace

void add_blend_command(CLI::App& program) {
    struct Options {
        audio::BlendOrder order;
        std::string at = "0.5";
    };
    auto* command = program.add_subcommand("blend", "Blend two recordings of any kind and length.");
    auto o = std::make_shared<Options>();
    command->add_option("first", o->order.first, "sound file that is heard at 0")->type_name("A.wav")->required();
    command->add_option("second", o->order.second, "sound file that is heard at 1")->type_name("B.wav")->required();
    command->add_option("--at", o->at, "place between them from 0 to 1, or from place to place over their length")
        ->type_name("PLACE|FROM:TO")
        ->capture_default_str();
    command
        ->add_option("--layer", o->order.way.layer,
                     "gain of the livelier sound laid dry over the blend: 0.2 keeps words clear")
        ->check(CLI::Range(0., 1.))
        ->capture_default_str();
    command->add_option("-o,--output", o->order.out, "sound to write, a WAV file of 32-bit floats")
        ->type_name("OUT.wav")
        ->required();
    command->add_option("--plot", o->order.picture, "picture to write: both and their blend, .png or .svg")
        ->type_name("OUT.png");
    command->callback([o] {
        read_way(o->at, o->order.way);
        keep_apart({o->order.out, o->order.picture}, {o->order.first, o->order.second});
        audio::blend_files(o->order);
    });
}

} // namespace timbrel::models
