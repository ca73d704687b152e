#include "models/training/training_notes.h"

#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/sources/recording_check.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr int step = 4; // semitones
constexpr std::array velocities{45, 80, 115};
constexpr int usual_velocity = 80;
constexpr std::array couplings{Take{57, usual_velocity, 24, 1.f}, Take{65, usual_velocity, 12, .5f},
                               Take{89, usual_velocity, 24, 2.f}};

constexpr int probes = 5;
constexpr double probe_seconds = 1;
constexpr double sure = .5;      // share of a note that must agree on its pitch
constexpr double tolerance = .7; // semitones: as far as analysis looks for a key's fundamental
constexpr std::array heard_partials{.25, .5, 1., 2., 3., 4.};

std::vector<int> pitches_of(const Instrument& instrument) {
    const bool low = instrument.family == "bass";
    std::vector<int> pitches;
    for (int p = low ? 25 : 33; p <= (low ? 65 : 93); p += step) pitches.push_back(p);
    return pitches;
}

Tensor sound(audio::Source& source, int pitch, int velocity, double hold, double release) {
    const auto audio = source.note(pitch, velocity, hold, release).audio;
    const auto x = torch::stack({tensor_of(audio.left), tensor_of(audio.right)});
    return torch::constant_pad_nd(x, {0, std::lround((hold + release) * model_rate) - x.size(1)});
}

bool agrees(double heard, int key) {
    return std::ranges::any_of(
        heard_partials, [&](double partial) { return std::abs(heard - 12 * std::log2(partial) - key) < tolerance; });
}

} // namespace

std::vector<Take> training_takes(const Instrument& instrument) {
    const auto pitches = pitches_of(instrument);
    std::vector<Take> takes;
    for (size_t p = 0; p < pitches.size(); ++p)
        for (const int v : velocities)
            if (v == usual_velocity || p % 2 == 0) takes.push_back({pitches[p], v});
    for (const auto& coupled : couplings)
        if (std::ranges::find(pitches, coupled.pitch) != pitches.end()) takes.push_back(coupled);
    return takes;
}

std::vector<Take> judged_takes(const Instrument& instrument, int count) {
    const auto pitches = pitches_of(instrument);
    std::vector<Take> takes;
    for (size_t k = 0; k < size_t(count); ++k)
        takes.push_back({pitches[k * pitches.size() / size_t(count)], velocities[k % velocities.size()]});
    return takes;
}

Tensor sound_of(audio::Source& source, const Take& take, double hold, double release) {
    const auto x = sound(source, take.pitch, take.velocity, hold, release);
    if (take.coupled == 0) return x;
    return x + take.coupled_gain * sound(source, take.pitch - take.coupled, take.velocity, hold, release);
}

std::unique_ptr<audio::Source> open_melodic(const Instrument& instrument) {
    auto source = audio::open_source(instrument.spec);
    int melodic = 0;
    for (const auto& take : judged_takes(instrument, probes)) {
        const auto audio = source->note(take.pitch, usual_velocity, probe_seconds, 0).audio;
        const auto heard = audio::detect_pitch(audio);
        melodic += audio::condition_of(audio).peak >= audible_peak && heard && heard->confidence > sure &&
                   agrees(heard->pitch, take.pitch);
    }
    if (melodic <= probes / 2) throw audio::AudioError("silent, or not of the pitch of its keys");
    return source;
}

} // namespace timbrel::models
