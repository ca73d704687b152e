// SPDX-License-Identifier: GPL-3.0-or-later
// CSV files of arbitrary bytes: every position of a path that is read lies on the plane.
#include "common/error.h"
#include "common/text/xy_path.h"
#include "tests/fuzz/fuzz.h"

#include <cmath>

using namespace timbrel::test;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static MemoryFile file;
    file.assign({data, size});
    try {
        const auto path = timbrel::XyPath::read(file.path());
        require(std::isfinite(path.begin()) && path.begin() <= path.end() && std::isfinite(path.end()));
        const double middle = 0.5 * path.begin() + 0.5 * path.end();
        for (const double seconds : {0.0, path.begin(), std::nextafter(path.begin(), path.end()), middle,
                                     std::nextafter(path.end(), path.begin()), path.end()}) {
            const timbrel::XyPoint point = path.at(seconds);
            require(point.x >= 0 && point.x <= 1 && point.y >= 0 && point.y <= 1);
        }
    } catch (const timbrel::Error& error) {
        require(std::string_view(error.what()).starts_with(file.path()));
    }
    return 0;
}
