// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/sources/transposition.h"

#include "common/units.h"
#include "models/audio/analysis/minimum_phase.h"
#include "models/audio/analysis/spectral_envelope.h"

#include <optional>

namespace timbrel::audio {
namespace {

constexpr double envelope_seconds = 2; // of a recording
constexpr int widest_gap = 12;         // semitones between two recordings of which one shows the envelope of the other

int nearest_key(const std::vector<int>& keys, int pitch) {
    return *std::ranges::min_element(keys, {}, [pitch](int key) { return std::abs(key - pitch); });
}

// The recorded key nearest to `pitch` on the other side of it than `nearest`; if there is none, on its own side.
std::optional<int> neighbouring_key(const std::vector<int>& keys, int nearest, int pitch) {
    std::optional<int> across, along;
    for (const int key : keys) {
        if (key == nearest || std::abs(key - nearest) > widest_gap) continue;
        auto& found = (key > pitch) == (nearest > pitch) ? along : across;
        if (!found || std::abs(key - pitch) < std::abs(*found - pitch)) found = key;
    }
    return across ? across : along;
}

SpectralEnvelope envelope_of(const Recording& recording) {
    return {recording.audio, note_to_hertz(recording.pitch), std::min(envelope_seconds, recording.hold)};
}

} // namespace

Recording note_at_key(Source& source, int pitch, int velocity, double hold_seconds, double release_seconds) {
    const std::vector<int> keys = source.recorded_pitches();
    const int nearest = keys.empty() ? pitch : nearest_key(keys, pitch);
    if (nearest == pitch || std::abs(nearest - pitch) > max_transposition)
        return source.note(pitch, velocity, hold_seconds, release_seconds);

    const double hold_ratio = semitones_to_ratio(pitch - nearest);
    Recording recording = source.note(nearest, velocity, hold_seconds * hold_ratio, release_seconds * hold_ratio);
    const SpectralEnvelope from = envelope_of(recording);
    std::optional<SpectralEnvelope> other;
    if (const auto key = neighbouring_key(keys, nearest, pitch))
        if (const Recording neighbour = source.note(*key, velocity, hold_seconds, release_seconds);
            neighbour.velocity == recording.velocity)
            other = envelope_of(neighbour);

    const double f0 = note_to_hertz(pitch), ratio = f0 / from.f0();
    recording.audio.rate = source_rate * ratio;
    recording.audio = minimum_phase_filtered(resampled(recording.audio, source_rate),
                                             envelope_gain(from, other ? &*other : nullptr, f0));
    recording.hold /= ratio;
    recording.transposed = ratio_to_semitones(ratio);
    recording.pitch = pitch;
    recording.exact = false;
    return recording;
}

} // namespace timbrel::audio
