#include "models/dataset.h"

#include "host/progress.h"
#include "models/analysis.h"
#include "models/parallel.h"
#include "models/sound/source.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

namespace timbrel {
namespace {

constexpr std::array held_out_programs{12, 14, 16, 24, 33, 48, 52, 60, 71, 73, 81, 89, 104};

struct Note {
    Tensor db, mask;
    double f0;
    int velocity, key;
    size_t instrument;
};

// Organs draw stops below the key's own pitch, and few presets do: the network also hears notes with the same
// instrument's lower octaves coupled to them.
struct Coupling {
    size_t pitch; // among the training pitches
    int below;    // semitones
    float gain;   // of the lower note
};
constexpr std::array couplings{Coupling{3, 24, 1.f}, Coupling{5, 12, .5f}, Coupling{7, 24, 2.f}};
constexpr size_t coupled_velocity = 1; // among the training velocities

Tensor stereo(const Recording& r) { return torch::stack({tensor_of(r.audio.left), tensor_of(r.audio.right)}); }

} // namespace

std::string Instrument::spec() const { return font + ":" + std::to_string(bank) + ":" + std::to_string(program); }

std::vector<Instrument> melodic_presets(const std::string& font) {
    std::vector<Instrument> all;
    for (const auto& p : list_presets(font))
        if (p.bank < 120 && p.program <= 118) all.push_back({font, p.bank, p.program, p.name});
    return all;
}

bool held_out(const Instrument& i) {
    return std::ranges::find(held_out_programs, i.program) != held_out_programs.end();
}

std::string family(int p) {
    const auto among = [p](std::initializer_list<int> list) { return std::ranges::find(list, p) != list.end(); };
    if (p < 8 || (p >= 24 && p < 32) || among({45, 46, 104, 105, 106, 107})) return "plucked";
    if (p < 16 || among({47, 108, 112, 113, 114, 115, 116, 117, 118})) return "mallets";
    if (p < 24) return "organ";
    if (p < 40) return "bass";
    if (p < 45 || among({48, 49, 110})) return "strings";
    if (among({52, 53, 54, 85, 91})) return "voice";
    if ((p >= 56 && p < 62) || (p >= 64 && p < 80) || among({109, 111})) return "wind";
    return "synth";
}

std::vector<int> training_pitches(int program) {
    if (family(program) == "bass") return {26, 31, 36, 40, 45, 50, 55, 62};
    return {36, 43, 50, 57, 64, 71, 79, 88};
}

Dataset build_dataset(const std::vector<Instrument>& instruments, double hold, double release, bool coupled) {
    constexpr size_t velocities = std::size(training_velocities);
    const size_t plain = 8 * velocities, per_instrument = plain + couplings.size();
    std::vector<Note> notes(instruments.size() * per_instrument);
    host::Progress progress("analysing", instruments.size());
    in_parallel(instruments.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad;
        const auto source = open_source(instruments[i].spec());
        const auto pitches = training_pitches(instruments[i].program);
        const auto played = [&](int pitch, size_t v) {
            return stereo(source->note(pitch, training_velocities[v], hold, release));
        };
        const auto keep = [&](size_t place, const Tensor& x, size_t p, size_t v) {
            if (x.abs().max().item<float>() < 1e-3f) return;
            const auto spectrum = analyse(x, 440 * std::exp2((pitches[p] - 69) / 12.0), torch::kCPU).spectrum;
            const auto f = features_of(spectrum);
            notes[i * per_instrument + place] = {
                f.db.to(torch::kHalf), f.mask, spectrum.f0, training_velocities[v], int(128 * pitches[p] + int(v)), i};
        };
        for (size_t p = 0; p < pitches.size(); ++p)
            for (size_t v = 0; v < velocities; ++v) keep(p * velocities + v, played(pitches[p], v), p, v);
        for (size_t k = 0; coupled && k < couplings.size(); ++k) {
            const auto& c = couplings[k];
            const auto low = played(pitches[c.pitch] - c.below, coupled_velocity);
            const auto x = played(pitches[c.pitch], coupled_velocity);
            const auto frames = std::min(x.size(1), low.size(1));
            keep(plain + k, x.slice(1, 0, frames) + c.gain * low.slice(1, 0, frames), c.pitch, coupled_velocity);
        }
        progress.step();
    });
    std::erase_if(notes, [](const Note& n) { return !n.db.defined(); });
    Dataset d;
    std::vector<Tensor> db, mask;
    std::vector<double> f0, velocity, key;
    for (const auto& n : notes) {
        db.push_back(n.db);
        mask.push_back(n.mask);
        f0.push_back(n.f0);
        velocity.push_back(n.velocity);
        key.push_back(n.key);
        const auto& from = instruments[n.instrument];
        d.instruments.push_back(std::filesystem::path(from.font).stem().string() + " " + from.name);
    }
    d.db = torch::stack(db);
    d.mask = torch::stack(mask);
    d.f0 = tensor_of(f0);
    d.velocity = tensor_of(velocity);
    d.key = tensor_of(key).to(torch::kLong);
    return d;
}

void save_dataset(const std::string& path, const Dataset& d) {
    std::string names;
    for (const auto& n : d.instruments) names += n + '\n';
    const auto text = torch::from_blob(names.data(), {int64_t(names.size())}, torch::kChar).clone();
    torch::save(std::vector<Tensor>{d.db, d.mask, d.f0, d.velocity, d.key, text}, path + ".part");
    std::filesystem::rename(path + ".part", path);
}

Dataset load_dataset(const std::string& path) {
    std::vector<Tensor> t;
    torch::load(t, path);
    Dataset d{t.at(0), t.at(1), t.at(2), t.at(3), t.at(4), {}};
    std::string names(static_cast<const char*>(t.at(5).data_ptr()), size_t(t.at(5).numel()));
    for (size_t at = 0, end; (end = names.find('\n', at)) != std::string::npos; at = end + 1)
        d.instruments.push_back(names.substr(at, end - at));
    return d;
}

} // namespace timbrel
