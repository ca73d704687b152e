// Training of the autoencoder on features.
#pragma once

#include "models/dataset.h"
#include "models/network.h"

namespace timbrel {

// How far features found [notes, feature_count, frames] are from those wanted, in network units: each frame's root mean
// square [notes, frames] over what `mask` [notes, feature_count] says there is, as a log-spectral distance has it. Loud
// ones count most, silent ones still count; below the floor it hardly matters how far.
Tensor deviation(const Tensor& found, const Tensor& wanted, const Tensor& mask);

struct Recipe {
    double minutes = 60;
    int batch = 16;          // notes a step
    int excerpts = 2;        // of each, from which the encoder learns to tell what the whole note is like
    int frames = 80;         // of each excerpt
    double rate = 1.5e-3;    // after warming up; falls along a cosine to a fiftieth
    double attack = 3;       // weight of a note's first tenth of a second
    double adversarial = .5; // weight of the critic's verdict on mixtures
    double equalise = 4;     // dB: how far random smooth equalisers change the notes
    double roughen = 2;      // dB: how far each band and its partials change besides, as in bodies never heard
    int threads = 2;
};

struct Trained {
    Autoencoder network; // averaged over the last thousand steps, exponentially
    int64_t steps = 0;
    double loss = 0;          // deviation in dB
    double held_out_loss = 0; // the same of notes held out,
    double attack_loss = 0;   // and of their first tenth of a second
};

// Logs a line every few hundred steps to standard output.
Trained train(const Dataset& training, const Dataset& held_out, const Recipe& recipe, torch::Device device);

} // namespace timbrel
