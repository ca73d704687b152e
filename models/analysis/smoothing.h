// SPDX-License-Identifier: GPL-3.0-or-later
// Smooths what was measured at each hop.
// Threads: any that may allocate; pure.
#pragma once

#include <algorithm>
#include <vector>

namespace timbrel::models {

// Means over neighbours weighted by `kernel`, of odd length; the ends of x are repeated.
inline std::vector<double> convolved(const std::vector<double>& x, const std::vector<double>& kernel) {
    double total = 0;
    for (double k : kernel) total += k;
    const int n = int(x.size()), half = int(kernel.size()) / 2;
    std::vector<double> y(n);
    for (int i = 0; i < n; ++i)
        for (int k = 0; k < int(kernel.size()); ++k) y[i] += kernel[k] / total * x[std::clamp(i + k - half, 0, n - 1)];
    return y;
}

} // namespace timbrel::models
