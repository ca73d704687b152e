#include "models/audio/pictures/plot.h"
#include "models/audio/pictures/song_picture.h"
#include "models/commands/commands.h"

namespace timbrel::models {

void add_plot_command(CLI::App& program) {
    struct Options {
        std::vector<std::string> files;
        std::string path, output;
    };
    auto* command = program.add_subcommand(
        "plot", "Draw rainbowgrams of sound files, the plane of a bank, or a song over its path.");
    auto o = std::make_shared<Options>();
    auto* files = command->add_option("files", o->files, "sound files or banks")->required();
    command->add_option("--xy", o->path, "the XY path of a rendered song, drawn below it")->needs(files);
    command->add_option("-o,--output", o->output, "picture to write, .png or .svg")->required();
    command->callback([o] {
        keep_apart({o->output}, o->files);
        keep_apart({o->output}, {o->path});
        if (o->path.empty())
            audio::plot_files(o->files, o->output);
        else if (o->files.size() == 1)
            audio::plot_song(o->files.front(), o->path, o->output);
        else
            throw CLI::ValidationError("--xy", "goes with one sound file");
    });
}

} // namespace timbrel::models
