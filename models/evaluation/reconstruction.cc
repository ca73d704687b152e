// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/units.h"
#include "models/analysis/analysis.h"
#include "models/analysis/pitch.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/evaluation/decoded_note.h"
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

// What is compared with the recording: the network's output, its input features, and analysis and synthesis alone. The
// floor compares two renderings of the analysis. The names are JSON keys.
constexpr std::array stages{"network", "features", "analysis", "floor"};

// Sums of ELSD and attack ELSD over notes, for each stage.
struct Sums {
    std::array<double, stages.size()> elsd{}, attack{};
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
    // The mean, as the sums of a single note.
    Sums as_one_note() const {
        Sums m{elsd, attack, 1};
        for (size_t i = 0; i < stages.size(); ++i) m.elsd[i] /= notes, m.attack[i] /= notes;
        return m;
    }
};

// The distances of one note x [2, frames]; no notes where it is silent.
Sums evaluate_note(const NoteModel& network, const Tensor& x, const TrainingNote& note, torch::Device device) {
    Sums sums;
    if (x.abs().max().item<float>() < audible_peak()) return sums;
    const auto a = analyse(x, note_to_hertz(note.pitch), device);
    const auto& s = a.spectrum;
    const auto f = extract_features(s);
    const auto decoded = decoded_mean(network, {s}, {1}, note.velocity);
    const auto render = [&](const NoteSpectrum& spectrum, uint64_t seed) {
        const auto y = synthesise(spectrum, seed).to(torch::kCPU);
        return restore_pitch(y, {a.frame_times.begin(), a.frame_times.begin() + y.size(1)});
    };
    const auto original = to_audio(x);
    const auto resynthesised = render(s, 0);
    const std::array distances{
        audio::distances(original, to_audio(render(decoded, 0))),
        audio::distances(original, to_audio(render(features_to_spectrum(f.db, f, s.partials, s.f0), 0))),
        audio::distances(original, to_audio(resynthesised)),
        audio::distances(to_audio(resynthesised), to_audio(render(s, 1))),
    };
    for (size_t i = 0; i < stages.size(); ++i) {
        if (std::isnan(distances[i].elsd) || std::isnan(distances[i].attack_elsd)) return {};
        sums.elsd[i] = distances[i].elsd;
        sums.attack[i] = distances[i].attack_elsd;
    }
    sums.notes = 1;
    return sums;
}

} // namespace

json evaluate_reconstruction(const NoteModelPtr& network, Split split, int notes, torch::Device device) {
    const auto instruments = instruments_of(split);
    std::map<std::string, Sums> families, sources;
    Sums all;
    int instrument_count = 0;
    auto left_out = json::array();
    std::mutex mutex;
    const auto evaluate_instrument = [&](const CorpusInstrument& instrument) {
        const auto source = open_pitched_source(instrument);
        Sums sums;
        for (const auto& note : evaluation_notes(instrument, notes))
            sums += evaluate_note(*network, render_note(*source, note, hold, release), note, device);
        return sums;
    };
    parallel_for(instruments.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad;
        const auto& instrument = instruments[i];
        try {
            const auto sums = evaluate_instrument(instrument);
            const std::lock_guard lock(mutex);
            families[instrument.family] += sums;
            sources[instrument.source] += sums;
            all += sums;
            ++instrument_count;
        } catch (const audio::AudioError& error) {
            const std::lock_guard lock(mutex);
            left_out.push_back({{"source", instrument.source}, {"name", instrument.name}, {"why", error.what()}});
        }
    });
    json result{{"instruments", instrument_count}, {"left_out", left_out}, {"all", all.means()}};
    Sums balanced; // each family counts as one note
    for (const auto& [name, sums] : families) {
        if (!sums.notes) continue;
        result["families"][name] = sums.means();
        balanced += sums.as_one_note();
    }
    result["families_mean"] = balanced.means();
    result["families_mean"]["notes"] = all.notes;
    for (const auto& [name, sums] : sources)
        if (sums.notes) result["sources"][name] = sums.means();
    return result;
}

} // namespace timbrel::models
