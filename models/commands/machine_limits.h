// SPDX-License-Identifier: GPL-3.0-or-later
// Measures what bounds a bake on this machine.
// Thread: control.
#pragma once

#include "models/tensor/tensors.h"

#include <filesystem>

namespace timbrel::models {

struct MachineLimits {
    double product_gflops = 0; // matrix product of floats, of one core, or of the device
    double memory_gb = 0;      // per second, read and written by a copy, of one core, or of the device
    double disk_mb = 0;        // per second, written and synchronised
};

// Takes a few seconds. `folder`: where the disk is measured. Throws Error if nothing can be written there.
MachineLimits measure_limits(torch::Device device, const std::filesystem::path& folder);

} // namespace timbrel::models
