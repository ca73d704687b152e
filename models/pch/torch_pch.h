// SPDX-License-Identifier: GPL-3.0-or-later
// Precompiled header of the libTorch sources.
#include <torch/torch.h>
