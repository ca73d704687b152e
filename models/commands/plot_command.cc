// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/output_guard.h"
#include "models/audio/pictures/plot.h"
#include "models/audio/pictures/song_picture.h"
#include "models/commands/commands.h"

namespace timbrel::models {
namespace {

struct PlotOptions {
    std::vector<std::string> files;
    std::string path, output;
};

} // namespace

void add_plot_command(CLI::App& program) {
    auto* command = program.add_subcommand(
        "plot", "Draw rainbowgrams of sound files, the planes of banks, or a song above its XY path.");
    auto o = std::make_shared<PlotOptions>();
    auto* files = command->add_option("files", o->files, "sound files or banks to draw")->required();
    command->add_option("--xy", o->path, "CSV file with the XY path of the one sound file, drawn below it")
        ->needs(files);
    command->add_option("-o,--output", o->output, "picture to write: .png or .svg")->required();
    command->callback([o] {
        reject_overwrite({o->output}, o->files);
        reject_overwrite({o->output}, {o->path});
        if (o->path.empty())
            audio::plot_files(o->files, o->output);
        else if (o->files.size() == 1)
            audio::plot_song(o->files.front(), o->path, o->output);
        else
            throw CLI::ValidationError("--xy", "needs exactly one sound file");
    });
}

} // namespace timbrel::models
