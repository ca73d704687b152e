#include "models/analysis/analysis.h"
#include "models/analysis/pitch.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/evaluation/evaluate.h"
#include "models/network/note_features.h"
#include "models/synthesis/additive_synthesis.h"
#include "models/tensor/audio_tensor.h"
#include "models/tensor/parallel.h"
#include "models/training/training_notes.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <map>
#include <mutex>

namespace timbrel::models {
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
    // Counting as one note.
    Sums mean() const {
        Sums m{elsd, attack, 1};
        for (size_t i = 0; i < stages.size(); ++i) m.elsd[i] /= notes, m.attack[i] /= notes;
        return m;
    }
};

Sums judge_note(Autoencoder& network, const Tensor& x, const Take& take, torch::Device device) {
    Sums sums;
    if (x.abs().max().item<float>() < audible_peak) return sums;
    const auto a = analyse(x, audio::hertz_of(take.pitch), device);
    const auto& s = a.spectrum;
    const auto f = features_of(s);
    const auto c = conditions(torch::full({1}, s.f0), torch::full({1}, double(take.velocity))).to(device);
    const auto embedding = network->encode(to_network(f.db).unsqueeze(0), f.mask.unsqueeze(0), c);
    const auto decoded = from_network(network->decode(embedding, c))[0];
    const auto again = [&](const NoteSpectrum& spectrum, uint64_t seed) {
        const auto y = synthesise(spectrum, seed).to(torch::kCPU);
        return unflattened(y, {a.flat.begin(), a.flat.begin() + y.size(1)});
    };
    const auto original = audio_of(x);
    const auto analysed = again(s, 0);
    const std::array pairs{
        audio::distances(original, audio_of(again(spectrum_of(decoded, f, s.partials, s.f0), 0))),
        audio::distances(original, audio_of(again(spectrum_of(f.db, f, s.partials, s.f0), 0))),
        audio::distances(original, audio_of(analysed)),
        audio::distances(audio_of(analysed), audio_of(again(s, 1))),
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

json judge_network(Autoencoder network, int notes, torch::Device device) {
    const auto instruments = held_out_instruments();
    std::map<std::string, Sums> families, sources;
    Sums all;
    int judged = 0;
    auto left_out = json::array();
    std::mutex adding;
    const auto judge = [&](const Instrument& instrument) {
        const auto source = open_melodic(instrument);
        Sums sums;
        for (const auto& take : judged_takes(instrument, notes))
            sums += judge_note(network, sound_of(*source, take, hold, release), take, device);
        return sums;
    };
    in_parallel(instruments.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad;
        const auto& instrument = instruments[i];
        try {
            const auto sums = judge(instrument);
            const std::lock_guard lock(adding);
            families[instrument.family] += sums;
            sources[instrument.source] += sums;
            all += sums;
            ++judged;
        } catch (const audio::AudioError& error) {
            const std::lock_guard lock(adding);
            left_out.push_back({{"source", instrument.source}, {"name", instrument.name}, {"why", error.what()}});
        }
    });
    json result{{"instruments", judged}, {"left_out", left_out}, {"all", all.means()}};
    Sums even;
    for (const auto& [name, sums] : families) {
        if (!sums.notes) continue;
        result["families"][name] = sums.means();
        even += sums.mean();
    }
    result["families_mean"] = even.means();
    result["families_mean"]["notes"] = all.notes;
    for (const auto& [name, sums] : sources)
        if (sums.notes) result["sources"][name] = sums.means();
    return result;
}

} // namespace timbrel::models
