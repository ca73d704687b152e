// Single notes heard, and the notes between two of them, all as spectra found by one analysis.
#pragma once

#include "models/audio/sources/source.h"
#include "models/morph/oscillator_plan.h"
#include "models/network/autoencoder.h"

#include <optional>

namespace timbrel::models {

inline constexpr int judged_velocity = 100;

// A recorded note of described_hold + described_release seconds, brought to an equal loudness.
struct RealNote {
    CornerNote corner;     // exactly at its pitch
    Tensor sound;          // [2, frames] at 48 kHz: the recording
    NoteSpectrum spectrum; // of the recording as a listener finds it, who also finds those of the notes between
};

// None where the source is silent at this pitch (MIDI). Throws AudioError.
std::optional<RealNote> hear(audio::Source& source, int pitch, torch::Device device);

// The places `shares` [places, 2] between two notes of one pitch, as a bank holds them and a voice plays them:
// rendered, held by their loops, released, and analysed again. `imagine`: β of plane.h.
std::vector<NoteSpectrum> notes_between(const Autoencoder& network, const RealNote& a, const RealNote& b, int pitch,
                                        double imagine, const Tensor& shares, torch::Device device);

// Both recordings sounding at once.
NoteSpectrum layer_of(const RealNote& a, const RealNote& b, int pitch, torch::Device device);

} // namespace timbrel::models
