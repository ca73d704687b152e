#include "models/analysis.h"
#include "models/audio_tensor.h"
#include "models/dataset.h"
#include "models/judge.h"
#include "models/parallel.h"
#include "models/pitch.h"
#include "models/sound/measures.h"
#include "models/sound/source.h"
#include "models/synthesis.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <map>
#include <mutex>

namespace timbrel {
namespace {

using nlohmann::json;

constexpr double hold = 3, release = 1; // seconds

// Sums over notes of ELSD and attack ELSD: through the network, through the features alone, analysis and resynthesis
// alone, and the floor.
constexpr std::array stages{"network", "features", "analysis", "floor"};
struct Sums {
    std::array<double, 4> elsd{}, attack{};
    int notes = 0;
    void operator+=(const Sums& o) {
        for (size_t i = 0; i < stages.size(); ++i) elsd[i] += o.elsd[i], attack[i] += o.attack[i];
        notes += o.notes;
    }
    json means() const {
        json j{{"notes", notes}};
        for (size_t i = 0; i < stages.size(); ++i)
            j[stages[i]] = {{"elsd", elsd[i] / notes}, {"attack_elsd", attack[i] / notes}};
        return j;
    }
};

Sums judge_note(Autoencoder& network, const Recording& r, double nominal, torch::Device device) {
    Sums sums;
    const auto x = torch::stack({tensor_of(r.audio.left), tensor_of(r.audio.right)});
    if (x.abs().max().item<float>() < 1e-3f) return sums;
    const auto a = analyse(x, nominal, device);
    const auto& s = a.spectrum;
    const auto f = features_of(s);
    const auto c = conditions(torch::full({1}, s.f0), torch::full({1}, double(r.velocity))).to(device);
    const auto embedding = network->encode(to_network(f.db).unsqueeze(0), f.mask.unsqueeze(0), c);
    const auto decoded = from_network(network->decode(embedding, c))[0];
    const auto again = [&](const NoteSpectrum& spectrum, uint64_t seed) {
        const auto y = synthesise(spectrum, seed).to(torch::kCPU);
        return unflattened(y, {a.flat.begin(), a.flat.begin() + y.size(1)});
    };
    const auto original = audio_of(x);
    const auto analysed = again(s, 0);
    const std::array pairs{
        distances(original, audio_of(again(spectrum_of(decoded, f, s.partials, s.f0), 0))),
        distances(original, audio_of(again(spectrum_of(f.db, f, s.partials, s.f0), 0))),
        distances(original, audio_of(analysed)),
        distances(audio_of(analysed), audio_of(again(s, 1))),
    };
    for (size_t i = 0; i < stages.size(); ++i) {
        if (std::isnan(pairs[i].elsd) || std::isnan(pairs[i].attack_elsd)) return {};
        sums.elsd[i] = pairs[i].elsd;
        sums.attack[i] = pairs[i].attack_elsd;
    }
    sums.notes = 1;
    return sums;
}

} // namespace

json judge_network(Autoencoder network, const std::vector<std::string>& fonts, int notes, torch::Device device) {
    std::vector<Instrument> instruments;
    for (const auto& font : fonts)
        for (auto& i : melodic_presets(font))
            if (held_out(i)) instruments.push_back(i);
    std::map<std::string, Sums> families;
    Sums all;
    std::mutex adding;
    in_parallel(instruments.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad;
        const auto source = open_source(instruments[i].spec());
        const auto pitches = training_pitches(instruments[i].program);
        const int available = int(pitches.size() * std::size(training_velocities));
        Sums sums;
        for (int k = 0; k < std::min(notes, available); ++k) {
            // Spread over the keyboard and the velocities.
            const int at = k * available / std::min(notes, available);
            const int pitch = pitches[size_t(at) / std::size(training_velocities)];
            const int velocity = training_velocities[size_t(at) % std::size(training_velocities)];
            sums += judge_note(network, source->note(pitch, velocity, hold, release),
                               440 * std::exp2((pitch - 69) / 12.), device);
        }
        const std::lock_guard lock(adding);
        families[family(instruments[i].program)] += sums;
        all += sums;
    });
    json result{{"instruments", instruments.size()}, {"all", all.means()}};
    for (const auto& [name, sums] : families)
        if (sums.notes) result["families"][name] = sums.means();
    return result;
}

} // namespace timbrel
