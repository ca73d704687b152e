// Training of the autoencoder on features.
#pragma once

#include "models/dataset.h"
#include "models/network.h"

namespace timbrel {

// How far features found [notes, feature_count, frames] are from those wanted, in network units: the mean of each
// frame's root mean square over what `mask` [notes, feature_count] says there is, as a log-spectral distance has it.
// Loud ones count most, silent ones still count; below the floor it hardly matters how far.
Tensor deviation(const Tensor& found, const Tensor& wanted, const Tensor& mask);

struct Recipe {
    double minutes = 60;
    int batch = 16;       // notes a step
    int excerpts = 2;     // of each, from which the encoder learns to tell what the whole note is like
    int frames = 80;      // of each excerpt
    double rate = 1.5e-3; // AdamW's, after warming up; falls along a cosine to a fiftieth
    double latent_noise = .15;
    double adversarial = .5; // weight of the critic's verdict on mixtures
    double equalise = 4;     // dB: how far random smooth equalisers change the notes
    double roughen = 2;      // dB: how far each band and its partials change besides, as in bodies never heard
    int threads = 2;
};

struct Trained {
    Autoencoder network; // averaged over the last thousand steps, exponentially
    int64_t steps = 0;
    double loss = 0, held_out_loss = 0; // deviation in dB
};

// Logs a line every few hundred steps to standard output.
Trained train(const Dataset& training, const Dataset& held_out, const Recipe& recipe, torch::Device device);

} // namespace timbrel
