#include "models/commands.h"
#include "models/train.h"
#include "models/weights.h"

#include <cstdio>
#include <filesystem>

namespace timbrel {
namespace {

constexpr double hold = 2.2, release = .8;            // seconds of the notes learned from
constexpr double judged_hold = 3, judged_release = 1; // and of those that judge

constexpr int judged_notes = 8; // of each instrument held out

struct Options {
    std::string cache, output, device = "auto";
    Recipe recipe;
};

std::vector<Take> judging_takes(const Instrument& instrument) { return judged_takes(instrument, judged_notes); }

void run(const Options& o) {
    std::filesystem::create_directories(o.cache);
    const auto training = o.cache + "/training", judging = o.cache + "/held-out";
    if (!has_dataset(training)) write_dataset(training, training_instruments(), training_takes, hold, release);
    if (!has_dataset(judging))
        write_dataset(judging, held_out_instruments(), judging_takes, judged_hold, judged_release);
    const auto heard = load_dataset(training), unheard = load_dataset(judging);
    std::printf("%ld instruments, %ld notes; held out: %ld instruments, %ld notes\n", long(heard.instruments()),
                long(heard.size()), long(unheard.instruments()), long(unheard.size()));
    std::fflush(stdout);
    const auto device = choose_device(o.device);
    auto trained = train(heard, unheard, o.recipe, device);
    char minutes[32], loss[32], held[32], attack[32];
    std::snprintf(minutes, sizeof minutes, "%.0f", o.recipe.minutes);
    std::snprintf(loss, sizeof loss, "%.3f", trained.loss);
    std::snprintf(held, sizeof held, "%.3f", trained.held_out_loss);
    std::snprintf(attack, sizeof attack, "%.3f", trained.attack_loss);
    save_weights(o.output, *trained.network,
                 {{"made_by", "timbrel train"},
                  {"minutes", minutes},
                  {"steps", std::to_string(trained.steps)},
                  {"instruments", std::to_string(heard.instruments())},
                  {"notes", std::to_string(heard.size())},
                  {"deviation_db", loss},
                  {"held_out_deviation_db", held},
                  {"held_out_attack_deviation_db", attack},
                  {"licence",
                   "GPL-3.0-or-later; learned from fonts under the MIT licence and from synthesisers under the GPL"}});
}

} // namespace

void add_train_command(CLI::App& program) {
    auto* command =
        program.add_subcommand("train", "Learn the network's weights from soundfonts and LV2 synthesisers.");
    auto options = std::make_shared<Options>();
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
