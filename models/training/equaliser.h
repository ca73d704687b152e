// SPDX-License-Identifier: GPL-3.0-or-later
// Augmentation of training data that imitates other microphones, rooms and bodies.
// Threads: any that may allocate; pure but for the generator.
#pragma once

#include "models/network/note_features.h"

namespace timbrel::models {

// For each note of f0 [notes] in Hz a random smooth equaliser over all features, a gain of the noise, and independent
// gains of each partial and noise band: [notes, feature_count] dB.
Tensor random_equaliser(const Tensor& f0, at::Generator& generator);

// Features `db` in dB with these gains, except where silent.
Tensor equalised(const Tensor& db, const Tensor& gain);

} // namespace timbrel::models
