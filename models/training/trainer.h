// Training of the autoencoder on features.
#pragma once

#include "models/network/autoencoder.h"
#include "models/training/dataset.h"

#include <functional>

namespace timbrel::models {

// How far features found [notes, feature_count, frames] are from those wanted, in network units: each frame's root mean
// square [notes, frames] over what `mask` [notes, feature_count] says there is, as a log-spectral distance has it. Loud
// ones count most, silent ones still count; below the floor it hardly matters how far.
Tensor deviation(const Tensor& found, const Tensor& wanted, const Tensor& mask);

// What counts in the loss, and how fast to learn.
struct Stage {
    double rate;     // after warming up; falls along a cosine to a fiftieth
    double features; // weight of the deviation of features
    double ear;      // weight of what the ear makes of them (ear_loss.h)
    double attack;   // weight of a note's first tenth of a second
};
// Features alone tell a new network more in less time; one that knows them learns which of them are heard.
inline constexpr Stage from_nothing{1.5e-3, 1, 0, 3}, by_ear{1e-3, .3, 1, 5};

struct Recipe {
    Stage stage = from_nothing;
    int batch = 16;          // notes a step
    int excerpts = 2;        // of each, from which the encoder learns to tell what the whole note is like
    int frames = 80;         // of each excerpt
    double adversarial = .5; // weight of the critic's verdict on mixtures
    double equalise = 4;     // dB: how far random smooth equalisers change the notes
    double roughen = 2;      // dB: how far each band and its partials change besides, as in bodies never heard
    int threads = 2;
};

// Of notes held out, in dB: deviation of features, and as the ear has it; of all of a note and of its first tenth of a
// second.
struct Held {
    double all = 0, attack = 0, ear = 0, ear_attack = 0;
};

struct Trained {
    Autoencoder network; // averaged over the last thousand steps, exponentially
    int64_t steps = 0;
    double loss = 0; // deviation in dB while learning, weighted as the stage has it
    Held held_out;
};

// Goes on from `network`, which it changes. `done` tells after so many steps what share of the training is over; at 1
// it ends. Logs a line to standard output at every 3 % of it.
Trained train(const Dataset& training, const Dataset& held_out, Autoencoder network, const Recipe& recipe,
              torch::Device device, const std::function<double(int64_t)>& done);

} // namespace timbrel::models
