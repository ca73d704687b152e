// What training learns by, against what is measured of sound; and that it learns.
#include "models/audio/analysis/spectral_distance.h"
#include "models/bake/baker.h"
#include "models/synthesis/additive_synthesis.h"
#include "models/tensor/audio_tensor.h"
#include "models/training/erb_spectral_loss.h"
#include "models/training/trainer.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <filesystem>

using namespace timbrel;
using namespace timbrel::audio;
using namespace timbrel::models;
namespace fs = std::filesystem;

namespace {

constexpr int64_t pitch = 57; // 220 Hz
constexpr int64_t frames = 188;

// Steady partials, each 1 dB softer than the one below; in each band noise `under` dB under the first of them.
Tensor note(double under) {
    auto db = torch::full({feature_count, frames}, feature_floor);
    db.slice(0, 0, low_partials) = -torch::arange(low_partials).unsqueeze(1).expand({-1, frames});
    db.slice(0, low_partials, noise_start) = -50;
    db.slice(0, noise_start, noise_start + noise_bands) = -under;
    return db;
}

struct Both {
    double loss, elsd;
};

// Both are asked about the same two notes.
Both apart(const Tensor& wanted, const Tensor& found) {
    const auto spectrum_at = [](const Tensor& db) {
        Features like{db, {}, 1e-2, torch::ones({2, pan_bands})};
        return spectrum_of(db, like, harmonic_table(220), 220);
    };
    const auto network = [](const Tensor& db) { return to_network(db).unsqueeze(0); };
    EarLoss ear(torch::kCPU);
    return {ear(network(found), network(wanted), {pitch}, torch::ones({1, frames})).item<double>(),
            distances(audio_of(synthesise(spectrum_at(wanted))), audio_of(synthesise(spectrum_at(found)))).elsd};
}

Tensor changed(Tensor db, int from, int to, double by) {
    db = db.clone();
    db.slice(0, from, to) += by;
    return db;
}

struct Folder {
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    std::string path = (fs::temp_directory_path() / "timbrel-test-training").string();
};

} // namespace

BOOST_AUTO_TEST_SUITE(training)

BOOST_AUTO_TEST_CASE(the_ear_loss_tells_what_the_measure_tells_of_the_sound) {
    auto pure = torch::full({feature_count, frames}, feature_floor);
    pure.slice(0, 0, 8) = 0;
    const struct {
        const char* what;
        Tensor wanted, found;
        double least, most; // dB
    } cases[]{
        {"all partials and noise", note(60), changed(note(60), 0, feature_count - half_slots, 6), 5.5, 6.5},
        {"high partials", note(60), changed(note(60), 20, low_partials, 10), 2, 10},
        {"what the envelope tells again", note(60), changed(note(60), low_partials, low_partials + 40, 20), 0, .7},
        {"noise among louder partials", note(70), changed(note(70), noise_start + 50, noise_start + 80, -15), 0, .7},
        {"noise alone", note(20), changed(note(20), noise_start, noise_start + noise_bands, 10), 3, 10},
        {"what is too soft to be rendered", pure, changed(pure, noise_start, noise_start + noise_bands, 9), 0, .7},
    };
    for (const auto& c : cases) {
        const auto [loss, elsd] = apart(c.wanted, c.found);
        BOOST_TEST_MESSAGE(c.what << ": loss " << loss << " dB, ELSD of the sounds " << elsd << " dB");
        BOOST_TEST_CONTEXT(c.what) {
            BOOST_TEST(loss > c.least);
            BOOST_TEST(loss < c.most);
            BOOST_TEST(std::abs(loss - elsd) < .8 + .15 * elsd);
        }
    }
}

BOOST_AUTO_TEST_CASE(frames_count_as_much_as_their_weight_and_silence_not_at_all) {
    EarLoss ear(torch::kCPU);
    const auto wanted = to_network(note(60)).unsqueeze(0);
    auto found = wanted.clone();
    found.slice(2, 0, frames / 2) += 6 / network_unit;
    auto weight = torch::ones({1, frames});
    BOOST_TEST(ear(found, wanted, {pitch}, weight).item<double>() == 3, boost::test_tools::tolerance(.15));
    weight.slice(1, frames / 2) = 0;
    BOOST_TEST(ear(found, wanted, {pitch}, weight).item<double>() == 6, boost::test_tools::tolerance(.05));
    auto faded = wanted.clone();
    faded.slice(2, frames / 2) = to_network(torch::full({}, feature_floor));
    weight.fill_(1);
    BOOST_TEST(ear(faded + (6 / network_unit), faded, {pitch}, weight).item<double>() == 6,
               boost::test_tools::tolerance(.1));
}

BOOST_FIXTURE_TEST_CASE(a_network_goes_on_by_ear_from_what_it_knows, Folder) {
    const std::vector<Instrument> one{{"/usr/share/sounds/sf2/FluidR3_GM.sf2:0:11", "Vibraphone", "", "mallets"}};
    const auto few = [](const Instrument& i) { return judged_takes(i, 8); };
    write_dataset(path + "/set", one, few, 1.2, .2);
    const auto data = load_dataset(path + "/set");
    Recipe recipe;
    recipe.stage = by_ear;
    const auto after_steps = [&](int64_t steps) {
        return train(data, data, open_network(TIMBREL_TEST_MODEL, torch::kCPU), recipe, torch::kCPU,
                     [steps](int64_t done) { return done < steps ? double(done) / double(steps) : 1; })
            .held_out;
    };
    const auto before = after_steps(0), after = after_steps(20);
    BOOST_TEST(after.ear < .95 * before.ear);
    BOOST_TEST(after.ear_attack < .95 * before.ear_attack);
}

BOOST_AUTO_TEST_SUITE_END()
