#include "models/commands/commands.h"
#include "models/network/safetensors.h"
#include "models/training/trainer.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace timbrel::models {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

constexpr double hold = 2.2, release = .8;            // seconds of the notes learned from
constexpr double judged_hold = 3, judged_release = 1; // and of those that judge

constexpr int judged_notes = 8; // of each instrument held out

struct Options {
    std::string cache, from, output, device = "auto";
    double minutes = 60;
    Recipe recipe;
};

std::vector<Take> judging_takes(const Instrument& instrument) { return judged_takes(instrument, judged_notes); }

std::string decimal(double value, int places) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", places, value);
    return text;
}

void run(const Options& o) {
    auto recipe = o.recipe;
    torch::manual_seed(1);
    Autoencoder network;
    Metadata past;
    if (!o.from.empty()) {
        past = load_weights(o.from, *network);
        recipe.stage = by_ear;
    }
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
    const auto start = steady_clock::now();
    const auto trained = train(heard, unheard, network, recipe, device, [&](int64_t) {
        return duration<double>(steady_clock::now() - start).count() / (60 * o.minutes);
    });
    const auto so_far = [&](const char* what, double more) { return decimal(std::atof(past[what].c_str()) + more, 0); };
    const auto& held = trained.held_out;
    save_weights(o.output, *trained.network,
                 {{"made_by", "timbrel train"},
                  {"minutes", so_far("minutes", o.minutes)},
                  {"steps", so_far("steps", double(trained.steps))},
                  {"instruments", std::to_string(heard.instruments())},
                  {"notes", std::to_string(heard.size())},
                  {"deviation_db", decimal(trained.loss, 3)},
                  {"held_out_deviation_db", decimal(held.all, 3)},
                  {"held_out_attack_deviation_db", decimal(held.attack, 3)},
                  {"held_out_ear_db", decimal(held.ear, 3)},
                  {"held_out_attack_ear_db", decimal(held.ear_attack, 3)},
                  {"licence",
                   "GPL-3.0-or-later; learned from fonts under the MIT licence, the GPL and GeneralUser GS's own free "
                   "licence, and from synthesisers under the GPL and the LGPL"}});
}

} // namespace

void add_train_command(CLI::App& program) {
    auto* command =
        program.add_subcommand("train", "Learn the network's weights from soundfonts and LV2 synthesisers.");
    auto options = std::make_shared<Options>();
    command->add_option("--cache", options->cache, "folder for the analysed notes, kept for another run")->required();
    command->add_option("--minutes", options->minutes, "time to train")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--threads", options->recipe.threads, "cores to use")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    command->add_option("--from", options->from, "weights to go on from, by ear; without, from nothing")
        ->check(CLI::ExistingFile);
    command->add_option("--device", options->device, "auto, cpu or cuda")->capture_default_str();
    command->add_option("-o,--output", options->output, "weights to write, .safetensors")->required();
    command->callback([options] { run(*options); });
}

} // namespace timbrel::models
