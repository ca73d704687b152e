// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/foreign_text.h"
#include "common/output_guard.h"
#include "models/audio/pictures/canvas.h"
#include "models/bake/baker.h"
#include "models/commands/commands.h"
#include "models/commands/recipe_option.h"
#include "models/evaluation/corners/evaluate_corners.h"
#include "models/evaluation/corners/held_notes.h"
#include "models/evaluation/corners/inharmonic.h"
#include "models/evaluation/corners/loops.h"
#include "models/evaluation/corners/pitch_motion.h"
#include "models/evaluation/corners/stereo_image.h"
#include "models/evaluation/evaluate.h"
#include "models/evaluation/evaluate_landscapes.h"
#include "models/evaluation/evaluate_planes.h"
#include "models/evaluation/frechet_audio_distance.h"
#include "models/evaluation/renamed_keys.h"
#include "models/evaluation/truth/truth_sounds.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace timbrel::models {
namespace {

using nlohmann::json;

struct EvaluateOptions {
    std::string bank, picture, sounds, model = "timbrel", device = "auto";
    std::vector<std::string> parts{"network",    "truth",  "planes", "corners",    "held",   "loops",
                                   "inharmonic", "stereo", "pitch",  "landscapes", "frechet"};
    std::string split = "test";
    int notes = 8;
    bool as_json = false;
};

template<class... Values>
std::string formatted(const char* format, Values... values) {
    char text[64];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

void print_between(const json& j) {
    const auto number = [](const json& stats, const char* key) { return stats[key].get<double>(); };
    const auto distance = [&](const json& s) {
        return s.is_null() ? "-" : formatted("%.2f (least %.2f)", number(s, "mean"), number(s, "least"));
    };
    const auto index = [&](const json& s) {
        return s.is_null() ? "-"
                           : formatted("%.2f (%.2f to %.2f)", number(s, "mean"), number(s, "least"), number(s, "most"));
    };
    std::printf("%-14s %-24s %-24s %s\n", "midpoint", "layer dB, two corners", "layer dB, four", "late index");
    for (const auto& [row, name] : {std::pair{"dB", "amount 0"}, {"network", "amount 1"}, {"layer", "layer"}})
        std::printf("%-14s %-24s %-24s %s\n", name, distance(j[row]["pair_layer"]).c_str(),
                    distance(j[row]["square_layer"]).c_str(), index(j[row]["late_index"]).c_str());
}

void print_bank(const json& j) {
    std::printf("%-24s %8s %8s %8s %8s\n", "corner", "ELSD dB", "attack", "floor", "attack");
    for (const auto& c : j["corners"])
        std::printf("%-24s %8.2f %8.2f %8.2f %8.2f\n", printable(c["name"].get<std::string>()).c_str(),
                    c["elsd"].get<double>(), c["attack_elsd"].get<double>(), c["floor_elsd"].get<double>(),
                    c["floor_attack_elsd"].get<double>());
    const auto &g = j["grid_error"], &s = j["seams"];
    std::printf("grid error: mean %.2f dB, worst %.2f dB over %d squares\n", g["mean"].get<double>(),
                g["worst"].get<double>(), g["squares"].get<int>());
    std::printf("loop seams: flux mean %.2f, worst %.2f relative to elsewhere; detuning up to %.2f cents, %d loops\n",
                s["mean"].get<double>(), s["worst"].get<double>(), s["detuning_cents"].get<double>(),
                s["loops"].get<int>());
    if (const auto steps = j.find("steps"); steps != j.end())
        std::printf("steps from cell to cell: median %.2f dB, largest %.2f dB\n", (*steps)["median"].get<double>(),
                    (*steps)["largest"].get<double>());
    print_between(j["between"]);
}

void print_reconstruction(const json& j) {
    std::printf("ELSD / attack ELSD in dB of %d held-out instruments\n", j["instruments"].get<int>());
    const auto print_header = [](const char* grouping) {
        std::printf("%-24s %6s  %-13s %-13s %-13s %-13s\n", grouping, "notes", "network", "features", "analysis",
                    "floor");
    };
    const auto print_line = [](const std::string& name, const json& means) {
        std::printf("%-24s %6d ", name.c_str(), means["notes"].get<int>());
        for (const char* stage : {"network", "features", "analysis", "floor"})
            std::printf(" %5.2f / %5.2f", means[stage]["elsd"].get<double>(),
                        means[stage]["attack_elsd"].get<double>());
        std::printf("\n");
    };
    print_header("family");
    for (const auto& [name, means] : j["families"].items()) print_line(name, means);
    print_line("all", j["all"]);
    print_line("mean over families", j["families_mean"]);
    print_header("source");
    for (const auto& [name, means] : j["sources"].items()) print_line(name, means);
    for (const auto& i : j["left_out"])
        std::printf("left out: %s, %s: %s\n", printable(i["source"].get<std::string>()).c_str(),
                    printable(i["name"].get<std::string>()).c_str(),
                    printable(i["why"].get<std::string>(), max_printed_line).c_str());
}

void print_frechet_audio_distance(const json& j) {
    const auto &descriptor = j["descriptor"], &learned = j["learned"];
    std::printf("\nFréchet distance of notes of held-out presets from notes of training presets, in %% of the latter's "
                "variance;\nand the fraction of %d draws in which it is smaller than that of layers, and than that of "
                "amount 0\n",
                j["draws"].get<int>());
    std::printf("%-14s %-32s %s\n", "", "descriptor", "learned");
    const auto fraction = [](const json& nearer) {
        return nearer.is_null() ? std::string("    -") : formatted("%3.0f %%", 100 * nearer.get<double>());
    };
    const auto print_line = [&](const std::string& name, const json& in_descriptor, const json& in_learned) {
        std::printf("%-14s", name.c_str());
        for (const auto* row : {&in_descriptor, &in_learned})
            std::printf(" %5.1f ± %4.1f  %s  %s      ", (*row)["mean"].get<double>(),
                        (*row)["standard_deviation"].get<double>(), fraction((*row)["nearer_than_layer"]).c_str(),
                        fraction((*row)["nearer_than_dB"]).c_str());
        std::printf("\n");
    };
    for (const auto& [row, name] :
         {std::pair{"others", "reference"}, {"real", "recordings"}, {"corner", "corner cells"}, {"layer", "layers"}})
        print_line(name, descriptor[row], learned[row]);
    for (size_t k = 0; k < descriptor["network_amounts"].size(); ++k)
        print_line(formatted("amount %g", descriptor["network_amounts"][k]["network_amount"].get<double>()),
                   descriptor["network_amounts"][k], learned["network_amounts"][k]);
    std::printf("%d pairs of %d presets; the classifiers recognise %.0f %% of %d training presets at other pitches\n",
                j["pairs"].get<int>(), j["presets"].get<int>(), 100 * learned["accuracy"].get<double>(),
                j["training_presets"].get<int>());
}

// The part whose name until 0.2 was `part`, or `part` itself.
std::string renamed_part(const std::string& part) { return part == "reality" ? "frechet" : part; }

Split split_of(const EvaluateOptions& o) { return o.split == "test" ? Split::test : Split::development; }

// Evaluates the network on the instruments of the split: the selected parts.
json evaluate_held_out(const EvaluateOptions& o, torch::Device device) {
    const auto network = load_note_model(o.model, device);
    const auto selected = [&](const char* part) { return std::ranges::find(o.parts, part) != o.parts.end(); };
    const auto split = split_of(o);
    json result;
    if (selected("network")) result["network"] = evaluate_reconstruction(network, split, o.notes, device);
    if (selected("truth")) result["truth"] = evaluate_truth(network, split, device);
    if (selected("planes")) result["planes"] = evaluate_planes(network, planes_of(split), device);
    if (selected("corners")) result["corners"] = evaluate_corners(split, device);
    if (selected("held")) result["held"] = evaluate_held_notes(split, device);
    if (selected("loops")) result["loops"] = evaluate_loops(split, device);
    if (selected("inharmonic")) result["inharmonic"] = evaluate_inharmonic(split, device);
    if (selected("stereo")) result["stereo"] = evaluate_stereo(split, device);
    if (selected("pitch")) result["pitch"] = evaluate_pitch(split, device);
    if (selected("landscapes")) result["landscapes"] = evaluate_landscapes(network, split, device);
    if (selected("frechet")) result["frechet"] = evaluate_frechet_audio_distance(network, split, device);
    return result;
}

void write_sounds(const EvaluateOptions& o, torch::Device device) {
    const auto network = load_note_model(o.model, device);
    const auto triples = demonstration_triples(truth_triples(split_of(o)));
    write_truth_sounds(network, triples, o.sounds, device);
    for (const auto& triple : triples) std::printf("%-30s %s\n", triple.family.c_str(), triple.note.c_str());
}

void print_held_out(const json& j) {
    if (j.contains("network")) print_reconstruction(j["network"]);
    if (j.contains("truth")) print_truth(j["truth"]);
    if (j.contains("planes")) print_planes(j["planes"]);
    if (j.contains("corners")) print_corners(j["corners"]);
    if (j.contains("held")) print_held_notes(j["held"]);
    if (j.contains("loops")) print_loops(j["loops"]);
    if (j.contains("inharmonic")) print_inharmonic(j["inharmonic"]);
    if (j.contains("stereo")) print_stereo(j["stereo"]);
    if (j.contains("pitch")) print_pitch(j["pitch"]);
    if (j.contains("landscapes")) print_landscapes(j["landscapes"]);
    if (j.contains("frechet")) print_frechet_audio_distance(j["frechet"]);
}

} // namespace

void add_evaluate_command(CLI::App& program) {
    auto* command = program.add_subcommand(
        "evaluate", "Compare a bank with its sources, or evaluate the network and its planes on held-out instruments.");
    auto o = std::make_shared<EvaluateOptions>();
    auto* bank = command->add_option("bank", o->bank, "bank to evaluate; without: the network on held-out instruments");
    command->add_option("--model", o->model, "network weights to evaluate: an installed name, or a .safetensors file")
        ->excludes(bank)
        ->capture_default_str();
    command->add_option("--notes", o->notes, "notes of each instrument in the network part")
        ->check(CLI::Range(1, 24))
        ->excludes(bank)
        ->capture_default_str();
    command
        ->add_option(
            "--parts", o->parts,
            "what to evaluate: network (reconstruction), truth (distance from the true sound between two settings of "
            "a knob), planes (fidelity, layer distance, monotonicity), corners (fidelity on recorded keys and between "
            "them), held (the level of keys held for long), loops (whether these repeat themselves and pump), "
            "inharmonic "
            "(bells and drums), stereo (correlation of the channels), pitch (its movement), landscapes (how alike "
            "neighbours are on a map), frechet (Fréchet distance from real notes; 'reality' in 0.2)")
        ->check(CLI::IsMember(o->parts))
        ->transform(renamed_part)
        ->excludes(bank)
        ->capture_default_str();
    command
        ->add_option("--split", o->split,
                     "instruments to evaluate on: test, or development, on which constants are chosen")
        ->check(CLI::IsMember({"development", "test"}))
        ->excludes(bank)
        ->capture_default_str();
    command
        ->add_option("--plot", o->picture,
                     "picture to write: each corner's recording and cell, and the centre of the plane, .png or .svg")
        ->type_name("OUT.png")
        ->needs(bank);
    command
        ->add_option("--sounds", o->sounds,
                     "folder to write five of the notes of the truth part to, instead of evaluating: the note at both "
                     "settings, the true sound between, the mean in dB and the network's, .wav and a picture")
        ->type_name("FOLDER")
        ->excludes(bank);
    add_recipe_option(*command);
    command->add_option("--device", o->device, "where to compute: auto (the CPU), cpu or cuda")->capture_default_str();
    command->add_flag("--json", o->as_json,
                      "print JSON instead of tables; renamed keys have their spellings of 0.2, too");
    command->callback([o] {
        if (!o->picture.empty()) audio::require_picture_name(o->picture);
        reject_overwrite({o->picture}, {o->bank});
        const auto device = choose_device(o->device);
        if (!o->sounds.empty()) return write_sounds(*o, device);
        const auto result = o->bank.empty() ? evaluate_held_out(*o, device) : evaluate_bank(o->bank, device);
        if (o->as_json)
            std::printf("%s\n", with_old_keys(result).dump(2, ' ', true, json::error_handler_t::replace).c_str());
        else
            o->bank.empty() ? print_held_out(result) : print_bank(result);
        if (!o->picture.empty()) plot_bank(o->bank, o->picture, device);
    });
}

} // namespace timbrel::models
