// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/knobs/level.h"

#include "common/units.h"

#include <algorithm>
#include <cmath>

namespace timbrel::audio {

void normalise_level(Audio& audio, int velocity, const std::string& name) {
    const size_t window = static_cast<size_t>(0.1 * audio.rate);
    double sum = 0, loudest = 0, peak = 0;
    const auto square = [&](size_t i) {
        return 0.5 * (static_cast<double>(audio.left[i]) * audio.left[i] +
                      static_cast<double>(audio.right[i]) * audio.right[i]);
    };
    for (size_t i = 0; i < audio.frames(); ++i) {
        sum += square(i);
        if (i >= window) sum -= square(i - window);
        loudest = std::max(loudest, sum);
        peak = std::max<double>({peak, std::abs(audio.left[i]), std::abs(audio.right[i])});
    }
    const double mean_square = loudest / static_cast<double>(window);
    if (!std::isfinite(sum) || !std::isfinite(peak)) throw AudioError(name + ": a sample is not finite");
    if (mean_square < 1e-10) throw AudioError(name + ": the note is silent");
    const double level = db_to_amplitude(-22.0) * velocity / 127;
    const float gain = static_cast<float>(std::min(level / std::sqrt(mean_square), 0.999 / peak));
    for (auto* channel : {&audio.left, &audio.right})
        for (float& sample : *channel) sample *= gain;
}

} // namespace timbrel::audio
