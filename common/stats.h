// SPDX-License-Identifier: GPL-3.0-or-later
// Summary statistics of a list of numbers. Threads: control and worker; allocates when the argument is copied.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <vector>

namespace timbrel {

// The middle element in ascending order; of an even number of elements, the upper one of the middle two. The list must
// not be empty.
template<std::floating_point T>
T median(std::vector<T> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

} // namespace timbrel
