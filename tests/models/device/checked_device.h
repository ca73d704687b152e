// SPDX-License-Identifier: GPL-3.0-or-later
// A device for tests that behaves like a graphics card where mistakes are concerned, on any machine. It computes on the
// CPU, but an operator refuses tensors of different devices by name, and an access to its memory from the CPU is a
// segmentation fault. Copies between the CPU and the device are counted.
// Threads: any.
#pragma once

#include <torch/types.h>

#include <cstdint>

namespace timbrel::test {

// libTorch knows the type XPU, but Debian's has no operators for it. (PrivateUse1, meant for such devices, does not let
// a module's parameters move to it before libTorch 2.)
inline torch::Device checked_device() { return {c10::kXPU, 0}; }

struct DeviceCopies {
    int64_t uploads = 0, downloads = 0; // of tensors; numbers read one by one count as downloads
    int64_t uploaded_bytes = 0, downloaded_bytes = 0;
};

// Those of the whole process since the last reset.
DeviceCopies device_copies();
void reset_device_copies();

} // namespace timbrel::test
