// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/commands/commands.h"
#include "models/commands/recipe_option.h"
#include "models/network/safetensors.h"
#include "models/recipe/recipe.h"
#include "models/training/trainer.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace timbrel::models {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

constexpr double held_out_hold = 3, held_out_release = 1;
constexpr int held_out_notes = 8; // of each held-out instrument

struct TrainOptions {
    std::string cache, from, output, device = "auto";
    double minutes = 60;
    int threads = 2;
};

std::vector<TrainingNote> held_out_notes_of(const CorpusInstrument& instrument) {
    return evaluation_notes(instrument, held_out_notes);
}

std::string decimal(double value, int places) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", places, value);
    return text;
}

struct TrainingData {
    Dataset training, held_out;
};

// Loads the data sets from the cache folder; renders and analyses those that it lacks.
TrainingData load_or_write_data(const std::string& cache) {
    std::filesystem::create_directories(cache);
    const auto training = cache + "/training", held_out = cache + "/held-out";
    if (!has_dataset(training))
        write_dataset(training, training_instruments(), training_notes, training_recipe().training_hold,
                      training_recipe().training_release);
    if (!has_dataset(held_out))
        write_dataset(held_out, held_out_instruments(), held_out_notes_of, held_out_hold, held_out_release);
    return {load_dataset(training), load_dataset(held_out)};
}

// Metadata of the weights. Minutes and steps are added to those of the weights that training started from.
Metadata metadata_of(const TrainingResult& result, const Dataset& training, double minutes, Metadata previous) {
    const auto total = [&](const char* key, double value) {
        return decimal(std::atof(previous[key].c_str()) + value, 0);
    };
    const auto& error = result.held_out;
    return {{"made_by", "timbrel train"},
            {"minutes", total("minutes", minutes)},
            {"steps", total("steps", double(result.steps))},
            {"instruments", std::to_string(training.instruments())},
            {"notes", std::to_string(training.size())},
            {"deviation_db", decimal(result.training_db, 3)},
            {"held_out_deviation_db", decimal(error.feature_db, 3)},
            {"held_out_attack_deviation_db", decimal(error.feature_attack_db, 3)},
            {"held_out_ear_db", decimal(error.erb_db, 3)},
            {"held_out_attack_ear_db", decimal(error.erb_attack_db, 3)},
            {"licence",
             "GPL-3.0-or-later; learned from fonts under the MIT licence, the GPL and GeneralUser GS's own free "
             "licence, and from synthesisers under the GPL and the LGPL"}};
}

void run(const TrainOptions& o) {
    TrainingOptions options{stage_features(), o.threads};
    torch::manual_seed(uint64_t(training_recipe().training_seed));
    Autoencoder network;
    Metadata previous;
    if (!o.from.empty()) {
        previous = load_weights(o.from, *network);
        options.stage = stage_perceptual();
    }
    const auto [training, held_out] = load_or_write_data(o.cache);
    std::printf("%ld instruments, %ld notes; held out: %ld instruments, %ld notes\n", long(training.instruments()),
                long(training.size()), long(held_out.instruments()), long(held_out.size()));
    std::fflush(stdout);
    const auto device = choose_device(o.device);
    const auto start = steady_clock::now();
    const auto result = train(training, held_out, network, options, device, [&](int64_t) {
        return duration<double>(steady_clock::now() - start).count() / (60 * o.minutes);
    });
    save_weights(o.output, *result.network, metadata_of(result, training, o.minutes, previous));
}

} // namespace

void add_train_command(CLI::App& program) {
    auto* command = program.add_subcommand("train", "Train the network on installed soundfonts and LV2 synthesisers.");
    auto options = std::make_shared<TrainOptions>();
    command->add_option("--cache", options->cache, "folder for the analysed notes, which another run uses again")
        ->required();
    command->add_option("--minutes", options->minutes, "duration of the training")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--threads", options->threads, "number of CPU threads")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    command
        ->add_option("--from", options->from,
                     "weights to continue from, with the perceptual loss; without: train new weights on feature loss")
        ->check(CLI::ExistingFile);
    add_recipe_option(*command);
    command->add_option("--device", options->device, "where to compute: auto, cpu or cuda")->capture_default_str();
    command->add_option("-o,--output", options->output, "weights to write: .safetensors")->required();
    command->callback([options] { run(*options); });
}

} // namespace timbrel::models
