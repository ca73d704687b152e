// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/decoded_note.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {

NoteSpectrum decoded_mean(const NoteModel& model, const std::vector<NoteSpectrum>& notes,
                          const std::vector<double>& weights, double velocity) {
    const auto& first = notes.front();
    int64_t frames = first.frames();
    for (const auto& note : notes) frames = std::min(frames, note.frames());
    const NoteConditions conditions{first.f0, velocity};
    Features mean;
    Tensor latent;
    double reference_db = 0;
    for (size_t i = 0; i < notes.size(); ++i) {
        const auto f = extract_features(notes[i]);
        const auto levels = f.db.slice(1, 0, frames).unsqueeze(0);
        const auto z = weights[i] * model.encode(levels, f.mask.unsqueeze(0), conditions);
        latent = i ? latent + z : z;
        mean.pan = i ? mean.pan + weights[i] * f.pan : weights[i] * f.pan;
        reference_db += weights[i] * 10 * std::log10(f.reference_power);
    }
    mean.reference_power = std::pow(10, reference_db / 10);
    const auto decoded = model.decode(latent, conditions)[0];
    return features_to_spectrum(decoded, mean, first.partials, first.f0);
}

} // namespace timbrel::models
