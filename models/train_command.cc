#include "models/commands.h"
#include "models/train.h"
#include "models/weights.h"

#include <cstdio>
#include <filesystem>

namespace timbrel {
namespace {

constexpr double hold = 2.2, release = .8;            // seconds of the notes learned from
constexpr double judged_hold = 3, judged_release = 1; // and of those that judge

struct Options {
    std::vector<std::string> fonts{"/usr/share/sounds/sf2/FluidR3_GM.sf2",
                                   "/usr/share/sounds/sf2/MuseScore_General_Full.sf2"};
    std::string cache, output, device = "auto";
    Recipe recipe;
};

Dataset cached(const std::string& path, const std::vector<Instrument>& instruments, double held, double released,
               bool coupled) {
    if (!std::filesystem::exists(path)) save_dataset(path, build_dataset(instruments, held, released, coupled));
    return load_dataset(path);
}

void run(const Options& o) {
    std::vector<Instrument> training, judging;
    for (const auto& font : o.fonts)
        for (auto& i : melodic_presets(font)) (held_out(i) ? judging : training).push_back(i);
    std::filesystem::create_directories(o.cache);
    const auto heard = cached(o.cache + "/training.pt", training, hold, release, true);
    const auto unheard = cached(o.cache + "/held-out.pt", judging, judged_hold, judged_release, false);
    std::printf("%zu instruments, %ld notes; held out: %zu instruments, %ld notes\n", training.size(),
                long(heard.size()), judging.size(), long(unheard.size()));
    std::fflush(stdout);
    const auto device = choose_device(o.device);
    auto trained = train(heard, unheard, o.recipe, device);
    char minutes[32], loss[32], held[32];
    std::snprintf(minutes, sizeof minutes, "%.0f", o.recipe.minutes);
    std::snprintf(loss, sizeof loss, "%.3f", trained.loss);
    std::snprintf(held, sizeof held, "%.3f", trained.held_out_loss);
    save_weights(o.output, *trained.network,
                 {{"made_by", "timbrel train"},
                  {"minutes", minutes},
                  {"steps", std::to_string(trained.steps)},
                  {"instruments", std::to_string(training.size())},
                  {"notes", std::to_string(heard.size())},
                  {"deviation_db", loss},
                  {"held_out_deviation_db", held},
                  {"licence", "GPL-3.0-or-later; learned from fonts under the MIT licence"}});
}

} // namespace

void add_train_command(CLI::App& program) {
    auto* command = program.add_subcommand("train", "Learn the network's weights from soundfonts.");
    auto options = std::make_shared<Options>();
    command->add_option("--fonts", options->fonts, "SF2 fonts to learn from")->check(CLI::ExistingFile);
    command->add_option("--cache", options->cache, "folder for the analysed notes, kept for another run")->required();
    command->add_option("--minutes", options->recipe.minutes, "time to train")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--threads", options->recipe.threads, "cores to use")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    command->add_option("--device", options->device, "auto, cpu or cuda")->capture_default_str();
    command->add_option("-o,--output", options->output, "weights to write, .safetensors")->required();
    command->callback([options] { run(*options); });
}

} // namespace timbrel
