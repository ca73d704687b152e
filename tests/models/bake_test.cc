// SPDX-License-Identifier: GPL-3.0-or-later
// Baking four recorded instruments to a bank, and the bank against its sources.
#include "common/error.h"
#include "common/output_guard.h"
#include "common/stats.h"
#include "host/bank_tools/merge.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/bake/baker.h"
#include "models/bake/bank_cells.h"
#include "models/commands/commands.h"
#include "models/evaluation/evaluate.h"
#include "models/tensor/audio_tensor.h"
#include "plugin/engine/bank/bank.h"

#include <boost/test/unit_test.hpp>
#include <ebur128.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::audio;
using namespace timbrel::models;
namespace fs = std::filesystem;

namespace {

const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";

PlaneRecipe demo_recipe() {
    PlaneRecipe r;
    r.sources = {font + ":0:73", font + ":0:0", font + ":0:52", font + ":0:12"}; // flute, piano, choir, marimba
    r.grid = 7;
    r.pitches = {45, 60, 72};
    r.velocities = {50, 110};
    r.model = TIMBREL_TEST_MODEL;
    return r;
}

std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// The bank that several tests use, baked once.
struct SharedBank {
    SharedBank() {
        if (fs::exists(path)) return;
        bake(demo_recipe(), {}, torch::kCPU, path);
    }
    const std::string path =
        (fs::temp_directory_path() / ("timbrel-test-" + std::to_string(getpid()) + ".timbrel")).string();
};

SharedBank& shared_bank() {
    static SharedBank bank;
    return bank;
}

} // namespace

BOOST_AUTO_TEST_SUITE(baking)

BOOST_AUTO_TEST_CASE(a_bank_matches_its_corners_is_even_inside_and_loops_seamlessly) {
    const auto j = evaluate_bank(shared_bank().path, torch::kCPU);
    for (const auto& c : j["corners"]) {
        BOOST_TEST_MESSAGE(c.dump());
        BOOST_TEST(c["elsd"].get<double>() <= 4.0, c["name"] << ": " << c["elsd"]);
    }
    BOOST_TEST_MESSAGE(j["grid_error"].dump() << ' ' << j["seams"].dump());
    BOOST_TEST(j["grid_error"]["mean"].get<double>() <= 1.0);
    BOOST_TEST(j["grid_error"]["worst"].get<double>() <= 3.0);
    BOOST_TEST(j["seams"]["worst"].get<double>() <= 1.3);
    BOOST_TEST(j["seams"]["detuning_cents"].get<double>() <= 3.0);

    const auto& between = j["between"];
    BOOST_TEST_MESSAGE(between.dump());
    for (const char* measure : {"pair_layer", "square_layer"})
        for (const char* row : {"dB", "network"}) {
            BOOST_TEST(between[row][measure]["mean"].get<double>() >= 2.5);
            BOOST_TEST(between[row][measure]["mean"].get<double>() >
                       2 * between["layer"][measure]["mean"].get<double>());
        }
    BOOST_TEST(std::abs(between["network"]["late_index"]["mean"].get<double>() - 0.5) < 0.15);
    BOOST_TEST(between["layer"]["late_index"]["mean"].get<double>() < 0.3);
}

// Other instruments at their defaults (mda, setBfree, ZynAddSubFX) have a median of -18.1 LUFS at C4 and velocity 100,
// which is 1.7 dB softer than velocity 110.
BOOST_AUTO_TEST_CASE(a_bank_is_as_loud_as_other_instruments) {
    const auto bank = Bank::open(shared_bank().path);
    const auto recipe = demo_recipe();
    std::vector<float> loudness_of_corners;
    for (size_t corner = 0; corner < 4; ++corner) {
        const auto& entry = bank->entry(bank->note(1, 1), corner_cell(*bank, recipe, corner));
        const auto pcm = bank->read_pcm(entry);
        auto* meter = ebur128_init(2, 48000, EBUR128_MODE_M);
        double loudest = -200;
        for (size_t frame = 0; frame + 4800 <= pcm.size() / 2; frame += 4800) {
            ebur128_add_frames_short(meter, pcm.data() + 2 * frame, 4800);
            double loudness;
            ebur128_loudness_momentary(meter, &loudness);
            loudest = std::max(loudest, loudness);
        }
        ebur128_destroy(&meter);
        loudness_of_corners.push_back(float(loudest + 20 * std::log10(entry.gain)));
    }
    const double loudness = median(loudness_of_corners);
    BOOST_TEST(std::abs(loudness - 1.7 - -18.1) < 2, loudness << " LUFS");
}

BOOST_AUTO_TEST_CASE(a_picture_shows_recordings_cells_and_the_centre) {
    const auto picture = fs::temp_directory_path() / ("timbrel-test-" + std::to_string(getpid()) + ".png");
    plot_bank(shared_bank().path, picture, torch::kCPU);
    BOOST_TEST(fs::file_size(picture) > 100000u);
    fs::remove(picture);
}

BOOST_AUTO_TEST_CASE(unrelated_phases_increase_the_crossfade_error) {
    const torch::NoGradGuard no_grad;
    auto recipe = demo_recipe();
    recipe.pitches = {60};
    recipe.velocities = {110};
    const PlaneSources sources(recipe, torch::kCPU);
    const auto network = load_note_model(recipe.model, torch::kCPU);
    const auto plan = sources.plan(0);
    const auto render = [&](double column, double row, uint64_t seed) {
        auto setting = sources.setting(0, 0);
        setting.seed = seed;
        const auto weights = to_tensor(corner_weights(recipe, column, row)).view({1, -1});
        return PlaneNote(network, sources.corners(0)[0], setting, plan, torch::kCPU).render(weights).sound[0];
    };
    double related = 0, unrelated = 0;
    const int squares = 4;
    for (int k = 0; k < squares; ++k) {
        const auto truth = band_power(to_audio(render(k + .5, k + .5, 0)));
        const auto crossfade_error = [&](bool same_phases) {
            auto sum = torch::zeros({2, sources.hops(0) * hop});
            for (int c = 0; c < 4; ++c) sum += render(k + c % 2, k + c / 2, same_phases ? 0 : uint64_t(c + 1)) * .25;
            return erb_distance(truth, band_power(to_audio(sum)));
        };
        related += crossfade_error(true) / squares;
        unrelated += crossfade_error(false) / squares;
    }
    BOOST_TEST(related <= 1.0);
    BOOST_TEST(unrelated > 3.0);
}

BOOST_AUTO_TEST_CASE(the_same_recipe_gives_the_same_bytes) {
    auto recipe = demo_recipe();
    recipe.grid = 2;
    recipe.pitches = {60};
    recipe.seconds = 1;
    const auto a = (fs::temp_directory_path() / "a" / "same.timbrel").string();
    const auto b = (fs::temp_directory_path() / "b" / "same.timbrel").string();
    for (const auto& path : {a, b}) {
        fs::create_directories(fs::path(path).parent_path());
        bake(recipe, {}, torch::kCPU, path);
    }
    BOOST_TEST((bytes_of(a) == bytes_of(b)));
    fs::remove_all(fs::path(a).parent_path());
    fs::remove_all(fs::path(b).parent_path());
}

BOOST_AUTO_TEST_CASE(shards_merge_into_the_same_bytes) {
    auto recipe = demo_recipe();
    recipe.sources.resize(2);
    recipe.down = 1;
    recipe.grid = 2;
    recipe.pitches = {48, 60, 72};
    recipe.velocities = {80};
    recipe.seconds = 1;
    const auto folder = fs::temp_directory_path() / ("timbrel-shards-" + std::to_string(getpid()));
    fs::create_directories(folder / "whole");
    const auto whole = (folder / "whole" / "name.timbrel").string(), merged = (folder / "name.timbrel").string();
    const auto first = (folder / "first.timbrel").string(), second = (folder / "second.timbrel").string();
    bake(recipe, {}, torch::kCPU, whole);
    bake(recipe, {1, 2}, torch::kCPU, first);
    bake(recipe, {2, 2}, torch::kCPU, second);
    BOOST_TEST(Bank::open(first)->pitches().size() == 2u);
    const auto is_merge_error = [](const std::exception& e) {
        return std::string(e.what()).find("merge the shards first") != std::string::npos;
    };
    BOOST_CHECK_EXCEPTION(evaluate_bank(first, torch::kCPU), std::runtime_error, is_merge_error);
    BOOST_CHECK_EXCEPTION(plot_bank(first, folder / "first.png", torch::kCPU), std::runtime_error, is_merge_error);
    host::merge_shards({second, first}, merged);
    BOOST_TEST((bytes_of(merged) == bytes_of(whole)));
    fs::remove_all(folder);
}

BOOST_AUTO_TEST_CASE(metadata_names_the_sources_and_the_model) {
    const auto bank = Bank::open(shared_bank().path);
    const auto& about = bank->metadata();
    BOOST_TEST(bank->columns() == 7u);
    BOOST_TEST(bank->rate() == 48000u);
    BOOST_TEST(about["corners"].size() == 4u);
    BOOST_TEST(about["corners"][1]["x"].get<double>() == 1.0);
    BOOST_TEST(about["corners"][1]["y"].get<double>() == 1.0);
    BOOST_TEST(!about["corners"][0]["source"]["hash"].get<std::string>().empty());
    BOOST_TEST(!about["model"]["hash"].get<std::string>().empty());
    BOOST_TEST(about["picture"]["cells"].size() == 49u);
    BOOST_CHECK_NO_THROW(bank->verify_pcm());
    fs::remove(shared_bank().path);
}

BOOST_AUTO_TEST_CASE(an_unwritable_output_is_refused_before_baking) {
    const auto check_refused = [](const std::string& output) {
        BOOST_CHECK_EXCEPTION(require_writable(output), std::runtime_error, [&](const std::runtime_error& e) {
            const std::string what = e.what();
            return what.starts_with(output) && what.find('\n') == std::string::npos;
        });
    };
    check_refused("/nowhere/bank.timbrel");
    check_refused(fs::temp_directory_path().string());
    BOOST_CHECK_NO_THROW(require_writable((fs::temp_directory_path() / "bank.timbrel").string()));
    BOOST_CHECK_NO_THROW(require_writable("bank.timbrel"));
}

BOOST_AUTO_TEST_CASE(inputs_and_other_outputs_are_not_overwritten) {
    const auto folder = fs::temp_directory_path() / ("timbrel-apart-" + std::to_string(getpid()));
    fs::create_directories(folder);
    const std::string existing = folder / "a.wav", new_file = folder / "b.png", detour = folder / "." / "b.png";
    std::ofstream(existing) << "sound";
    BOOST_CHECK_NO_THROW(reject_overwrite({existing, new_file}, {"", "nowhere"}));
    BOOST_CHECK_NO_THROW(reject_overwrite({"", new_file, ""}, {existing, ""}));
    BOOST_CHECK_THROW(reject_overwrite({new_file, existing}, {existing}), timbrel::UsageError);
    BOOST_CHECK_THROW(reject_overwrite({new_file, detour}, {}), timbrel::UsageError);
    BOOST_CHECK_THROW(reject_overwrite({"new.wav", "./new.wav"}, {}), timbrel::UsageError);
    fs::create_symlink(existing, folder / "link.wav");
    BOOST_CHECK_THROW(reject_overwrite({folder / "link.wav"}, {existing}), timbrel::UsageError);
    fs::remove_all(folder);
}

BOOST_AUTO_TEST_CASE(warnings_list_notes_made_from_the_nearest_recordings) {
    auto recipe = demo_recipe();
    const auto file = (fs::temp_directory_path() / ("timbrel-" + std::to_string(getpid()) + "_A4_v110.wav")).string();
    Audio tone{48000, std::vector<float>(48000), {}};
    for (size_t i = 0; i < tone.left.size(); ++i) tone.left[i] = .3f * std::sin(float(i) * .0575959f);
    tone.right = tone.left;
    write_audio(file, tone);
    recipe.sources = {file, font + ":0:73"};
    recipe.down = 1;
    recipe.pitches = {60, 69};
    const PlaneSources sources(recipe, torch::kCPU);
    const auto warnings = sources.warnings();
    const auto count = std::ranges::count_if(warnings, [&](const std::string& w) {
        return w.find("made from the nearest recordings: the notes C4 and the velocities 50") != std::string::npos;
    });
    BOOST_TEST(count == 1);
    fs::remove(file);
}

BOOST_AUTO_TEST_CASE(a_bank_that_cannot_be_written_ends_the_bake) {
    auto recipe = demo_recipe();
    recipe.sources.resize(2);
    recipe.down = 1;
    recipe.grid = 2;
    recipe.seconds = 1;
    BOOST_CHECK_THROW(bake(recipe, {}, torch::kCPU, "/nowhere/bank.timbrel"), std::exception);
}

BOOST_AUTO_TEST_CASE(invalid_sources_are_named_and_leave_no_file) {
    auto recipe = demo_recipe();
    recipe.sources[2] = "/nowhere/voice.wav";
    const auto path = (fs::temp_directory_path() / "timbrel-test-none.timbrel").string();
    BOOST_CHECK_EXCEPTION(bake(recipe, {}, torch::kCPU, path), std::exception, [](const std::exception& e) {
        return std::string(e.what()).find("/nowhere/voice.wav") != std::string::npos;
    });
    BOOST_TEST(!fs::exists(path));
    BOOST_TEST(!fs::exists(path + ".part"));
}

BOOST_AUTO_TEST_SUITE_END()
