// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/output_guard.h"
#include "models/commands/commands.h"
#include "models/commands/recipe_option.h"
#include "models/network/safetensors.h"
#include "models/recipe/recipe.h"
#include "models/training/knob_chains.h"
#include "models/training/trainers/pair_trainer.h"
#include "models/training/trainers/trainer.h"

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
    bool pairs = false;
};

std::vector<TrainingNote> held_out_notes_of(const CorpusInstrument& instrument) {
    return evaluation_notes(instrument, held_out_notes);
}

std::string decimal(double value, int places) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", places, value);
    return text;
}

struct DataSets {
    Dataset notes, chains, held_out, held_out_chains;
};

// Every nth training instrument, as the recipe says.
std::vector<CorpusInstrument> chosen_instruments() {
    const auto all = training_instruments();
    std::vector<CorpusInstrument> chosen;
    for (size_t i = 0; i < all.size(); i += size_t(training_recipe().instrument_stride)) chosen.push_back(all[i]);
    return chosen;
}

// Loads the data sets from the cache folder; renders and analyses those that it lacks.
DataSets load_or_write_data(const std::string& cache) {
    const double hold = training_recipe().training_hold, release = training_recipe().training_release;
    create_folder(cache, "choose another with --cache");
    const auto notes = cache + "/training", chains = cache + "/knobs", held_out = cache + "/development",
               held_out_chains = cache + "/development-knobs";
    if (!has_dataset(notes))
        write_dataset(notes, instrument_groups(chosen_instruments(), training_notes, hold, release), hold + release);
    for (const auto& [path, use] :
         {std::pair{&chains, audio::KnobUse::training}, {&held_out_chains, audio::KnobUse::development}})
        if (!has_dataset(*path)) write_dataset(*path, knob_chain_groups(use, hold, release), hold + release);
    if (!has_dataset(held_out))
        write_dataset(held_out,
                      instrument_groups(development_instruments(), held_out_notes_of, held_out_hold, held_out_release),
                      held_out_hold + held_out_release);
    return {load_dataset(notes), load_dataset(chains), load_dataset(held_out), load_dataset(held_out_chains)};
}

// A number of `previous` metadata, 0 where it has none, and a value added to it.
std::string total(const Metadata& previous, const char* key, double value) {
    const auto found = previous.find(key);
    return decimal((found == previous.end() ? 0 : std::atof(found->second.c_str())) + value, 0);
}

// Metadata of the weights. Minutes and steps are added to those of the weights that training started from.
Metadata metadata_of(const TrainingResult& result, const DataSets& data, double minutes, const Metadata& previous) {
    const auto& error = result.held_out;
    return {{"made_by", "timbrel train"},
            {"minutes", total(previous, "minutes", minutes)},
            {"steps", total(previous, "steps", double(result.steps))},
            {"instruments", std::to_string(data.notes.instruments())},
            {"notes", std::to_string(data.notes.size())},
            {"knob_families", std::to_string(data.chains.instruments())},
            {"knob_notes", std::to_string(data.chains.size())},
            {"deviation_db", decimal(result.training_db, 3)},
            {"held_out_deviation_db", decimal(error.feature_db, 3)},
            {"held_out_attack_deviation_db", decimal(error.feature_attack_db, 3)},
            {"held_out_erb_db", decimal(error.erb_db, 3)},
            {"held_out_attack_erb_db", decimal(error.erb_attack_db, 3)},
            {"licence",
             "GPL-3.0-or-later; learned from fonts under the MIT licence, the GPL and GeneralUser GS's own free "
             "licence, and from synthesisers under the GPL and the LGPL"}};
}

// The same after training of the pair decoder.
Metadata metadata_of(const PairTrainingResult& result, const DataSets& data, double minutes, Metadata metadata) {
    metadata["pair_minutes"] = total(metadata, "pair_minutes", minutes);
    metadata["pair_steps"] = total(metadata, "pair_steps", double(result.steps));
    metadata["pair_instruments"] = std::to_string(data.notes.instruments());
    metadata["pair_notes"] = std::to_string(data.notes.size());
    metadata["knob_families"] = std::to_string(data.chains.instruments());
    metadata["knob_notes"] = std::to_string(data.chains.size());
    metadata["bodies_ratio"] = decimal(result.held_out.bodies, 3);
    metadata["knobs_ratio"] = decimal(result.held_out.knobs, 3);
    return metadata;
}

void print_sizes(const DataSets& data) {
    for (const auto& [name, set] : {std::pair{"notes of instruments", &data.notes},
                                    {"notes of instruments with a knob", &data.chains},
                                    {"held-out notes", &data.held_out},
                                    {"held-out notes of instruments with a knob", &data.held_out_chains}})
        std::printf("%s: %ld, %ld instruments\n", name, long(set->size()), long(set->instruments()));
    std::fflush(stdout);
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
    const auto data = load_or_write_data(o.cache);
    print_sizes(data);
    const auto device = choose_device(o.device);
    const auto start = steady_clock::now();
    const auto minutes = [&] { return duration<double>(steady_clock::now() - start).count() / 60; };
    const auto progress = [&](int64_t) { return minutes() / o.minutes; };
    const auto save = [&](const auto& result) {
        save_weights(o.output, *result.network, metadata_of(result, data, minutes(), previous));
    };
    const TrainingData sets{data.notes, &data.chains, data.held_out, &data.held_out_chains};
    if (o.pairs)
        save(train_pairs(sets, network, o.threads, device, progress, save));
    else
        save(train(sets, network, options, device, progress, save));
}

} // namespace

void add_train_command(CLI::App& program) {
    auto* command = program.add_subcommand(
        "train", "Train the network on installed soundfonts, synthesisers and instruments with a knob.");
    auto options = std::make_shared<TrainOptions>();
    command->add_option("--cache", options->cache, "folder for the analysed notes; a later run reuses them")
        ->required();
    command->add_option("--minutes", options->minutes, "minutes of training")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--threads", options->threads, "number of CPU threads")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    command
        ->add_option("--from", options->from,
                     "weights to continue from, with the perceptual loss; without: train new weights on feature loss")
        ->check(CLI::ExistingFile);
    command->add_flag("--pairs", options->pairs, "train the decoder of what moves between two notes, and nothing else");
    add_recipe_option(*command);
    command->add_option("--device", options->device, "where to compute: auto (the CPU), cpu or cuda")
        ->capture_default_str();
    command
        ->add_option("-o,--output", options->output,
                     "weights to write: .safetensors; also at every 3 % of the training, so that it can be stopped")
        ->required();
    command->callback([options] { run(*options); });
}

} // namespace timbrel::models
