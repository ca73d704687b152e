// Are notes between instruments like notes of instruments?
#pragma once

#include "models/network/autoencoder.h"

#include <nlohmann/json_fwd.hpp>

namespace timbrel::models {

// Reality: the Fréchet distance (frechet.h) between notes half way between two held-out presets and real notes of
// training presets, in % of the real notes' variance; less is better. In two spaces (note_space.h): "descriptor", of
// the numbers of descriptor.h, and "learned", of what a network (recogniser.h) that was just taught to tell the
// training presets apart makes of a note: distances there are means over three such networks, for each learns another
// space. Each holds
//   others   14 more of the training presets: what the real notes' own kind reaches in draws as small as these
//   real     held-out presets themselves: the floor
//   corner   the same as a bank renders them: the floor of anything rendered
//   layer    two held-out presets' recordings at once
//   imagine  a list: half way as a bank renders it for each "beta" of plane.h, 0 being no network
// and of each the "mean" and "spread" over paired draws, each of 14 of the "pairs" and of 50 of the "training_presets",
// and the share of draws in which it is nearer to the real notes than "layer" and than "dB" (beta 0). "learned" also
// tells the share of training presets' notes that they "recognised" at pitches which they were not taught. A preset
// that fails or is silent at one of the judged pitches is left out.
nlohmann::json judge_reality(const Autoencoder& network, torch::Device device);

} // namespace timbrel::models
