#include "models/audio/pictures/canvas.h"
#include "models/bake/baker.h"
#include "models/commands/commands.h"
#include "models/evaluation/evaluate.h"
#include "models/evaluation/evaluate_planes.h"
#include "models/evaluation/frechet_audio_distance.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace timbrel::models {
namespace {

using nlohmann::json;

struct Options {
    std::string bank, picture, model = "timbrel", device = "auto";
    std::vector<std::string> parts{"network", "planes", "reality"};
    int notes = 8;
    bool as_json = false;
};

void print_between(const json& j) {
    const auto filled = [](const char* format, auto... values) {
        char text[64];
        std::snprintf(text, sizeof text, format, values...);
        return std::string(text);
    };
    const auto number = [](const json& found, const char* what) { return found[what].get<double>(); };
    const auto distance = [&](const json& f) {
        return f.is_null() ? "-" : filled("%.2f (least %.2f)", number(f, "mean"), number(f, "least"));
    };
    const auto index = [&](const json& f) {
        return f.is_null() ? "-"
                           : filled("%.2f (%.2f to %.2f)", number(f, "mean"), number(f, "least"), number(f, "most"));
    };
    std::printf("%-14s %-24s %-24s %s\n", "half way", "layer dB, two corners", "layer dB, four", "late index");
    for (const auto& [row, name] : {std::pair{"dB", "imagine 0"}, {"network", "imagine 1"}, {"layer", "a real layer"}})
        std::printf("%-14s %-24s %-24s %s\n", name, distance(j[row]["pair_layer"]).c_str(),
                    distance(j[row]["square_layer"]).c_str(), index(j[row]["late_index"]).c_str());
}

void print_bank(const json& j) {
    std::printf("%-24s %8s %8s %8s %8s\n", "corner", "ELSD dB", "attack", "floor", "attack");
    for (const auto& c : j["corners"])
        std::printf("%-24s %8.2f %8.2f %8.2f %8.2f\n", c["name"].get<std::string>().c_str(), c["elsd"].get<double>(),
                    c["attack_elsd"].get<double>(), c["floor_elsd"].get<double>(),
                    c["floor_attack_elsd"].get<double>());
    const auto &g = j["grid_error"], &s = j["seams"];
    std::printf("grid error: mean %.2f dB, worst %.2f dB over %d squares\n", g["mean"].get<double>(),
                g["worst"].get<double>(), g["squares"].get<int>());
    std::printf("loop seams: flux mean %.2f, worst %.2f of elsewhere; detuned by %.2f cents at most, %d loops\n",
                s["mean"].get<double>(), s["worst"].get<double>(), s["detuning_cents"].get<double>(),
                s["loops"].get<int>());
    print_between(j["between"]);
}

void print_network(const json& j) {
    std::printf("ELSD / attack ELSD in dB of %d held-out instruments\n", j["instruments"].get<int>());
    const auto head = [](const char* what) {
        std::printf("%-24s %6s  %-13s %-13s %-13s %-13s\n", what, "notes", "network", "features", "analysis", "floor");
    };
    const auto line = [](const std::string& name, const json& means) {
        std::printf("%-24s %6d ", name.c_str(), means["notes"].get<int>());
        for (const char* stage : {"network", "features", "analysis", "floor"})
            std::printf(" %5.2f / %5.2f", means[stage]["elsd"].get<double>(),
                        means[stage]["attack_elsd"].get<double>());
        std::printf("\n");
    };
    head("family");
    for (const auto& [name, means] : j["families"].items()) line(name, means);
    line("all", j["all"]);
    line("mean over families", j["families_mean"]);
    head("source");
    for (const auto& [name, means] : j["sources"].items()) line(name, means);
    for (const auto& i : j["left_out"])
        std::printf("left out: %s, %s: %s\n", i["source"].get<std::string>().c_str(),
                    i["name"].get<std::string>().c_str(), i["why"].get<std::string>().c_str());
}

void print_reality(const json& j) {
    const auto &descriptor = j["descriptor"], &learned = j["learned"];
    std::printf(
        "\nreality of notes half way between held-out presets: distance from real notes in %% of their variance, "
        "and the\nshare of %d draws in which it is less than a layer's, and than that of imagine 0\n",
        j["draws"].get<int>());
    std::printf("%-14s %-32s %s\n", "", "descriptor", "learned");
    const auto share = [](const json& nearer) {
        char text[16] = "    -";
        if (!nearer.is_null()) std::snprintf(text, sizeof text, "%3.0f %%", 100 * nearer.get<double>());
        return std::string(text);
    };
    const auto line = [&](const std::string& name, const json& in_descriptor, const json& in_learned) {
        std::printf("%-14s", name.c_str());
        for (const auto* row : {&in_descriptor, &in_learned})
            std::printf(" %5.1f ± %4.1f  %s  %s      ", (*row)["mean"].get<double>(), (*row)["spread"].get<double>(),
                        share((*row)["nearer_than_layer"]).c_str(), share((*row)["nearer_than_dB"]).c_str());
        std::printf("\n");
    };
    for (const auto& [row, name] : {std::pair{"others", "the reference"},
                                    {"real", "real notes"},
                                    {"corner", "corner cells"},
                                    {"layer", "a real layer"}})
        line(name, descriptor[row], learned[row]);
    for (size_t k = 0; k < descriptor["imagine"].size(); ++k) {
        char name[32];
        std::snprintf(name, sizeof name, "imagine %g", descriptor["imagine"][k]["beta"].get<double>());
        line(name, descriptor["imagine"][k], learned["imagine"][k]);
    }
    std::printf(
        "%d pairs of %d presets; the learned space recognises %.0f %% of %d training presets at other pitches\n",
        j["pairs"].get<int>(), j["presets"].get<int>(), 100 * learned["recognised"].get<double>(),
        j["training_presets"].get<int>());
}

// What training never saw: the parts that were asked for.
json judge_held_out(const Options& o, torch::Device device) {
    const auto network = open_network(o.model, device);
    const auto asked = [&](const char* part) { return std::ranges::find(o.parts, part) != o.parts.end(); };
    json result;
    if (asked("network")) result["network"] = judge_network(network, o.notes, device);
    if (asked("planes")) result["planes"] = judge_planes(network, held_out_planes(), device);
    if (asked("reality")) result["reality"] = judge_reality(network, device);
    return result;
}

void print_held_out(const json& j) {
    if (j.contains("network")) print_network(j["network"]);
    if (j.contains("planes")) print_planes(j["planes"]);
    if (j.contains("reality")) print_reality(j["reality"]);
}

} // namespace

void add_evaluate_command(CLI::App& program) {
    auto* command = program.add_subcommand(
        "evaluate", "Judge a bank against its sources, or the network and its planes on instruments it never saw.");
    auto o = std::make_shared<Options>();
    auto* bank = command->add_option("bank", o->bank, "bank to judge; without one what training never saw is judged");
    command->add_option("--model", o->model, "weights to judge: a name, or a .safetensors file")
        ->excludes(bank)
        ->capture_default_str();
    command->add_option("--notes", o->notes, "of each instrument")
        ->check(CLI::Range(1, 24))
        ->excludes(bank)
        ->capture_default_str();
    command->add_option("--parts", o->parts, "what of it to judge")
        ->check(CLI::IsMember(o->parts))
        ->excludes(bank)
        ->capture_default_str();
    command->add_option("--plot", o->picture, "picture to draw of each corner's recording, its cell, and the centre")
        ->type_name("OUT.png")
        ->needs(bank);
    command->add_option("--device", o->device, "auto, cpu or cuda")->capture_default_str();
    command->add_flag("--json", o->as_json, "print JSON");
    command->callback([o] {
        if (!o->picture.empty()) audio::require_picture_name(o->picture);
        keep_apart({o->picture}, {o->bank});
        const auto device = choose_device(o->device);
        const auto result = o->bank.empty() ? judge_held_out(*o, device) : judge_bank(o->bank, device);
        if (o->as_json)
            std::printf("%s\n", result.dump(2).c_str());
        else
            o->bank.empty() ? print_held_out(result) : print_bank(result);
        if (!o->picture.empty()) plot_bank(o->bank, o->picture, device);
    });
}

} // namespace timbrel::models
