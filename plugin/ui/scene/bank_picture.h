// SPDX-License-Identifier: GPL-3.0-or-later
// A bank's appearance on the plane, from its file's metadata: corner names, grid, and each cell's spectrum.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace timbrel::ui {

struct BankPicture {
    struct Corner {
        std::string name;
        double x, y; // 0–1, west to east and south to north
    };

    std::string name;               // the file's stem; empty for no bank
    uint32_t columns = 0, rows = 0; // grid of cells
    uint32_t sample_rate = 0;       // Hz
    size_t corner_columns = 2, corner_rows = 2;
    std::vector<Corner> corners;      // row by row from the north-west; empty where unknown
    std::vector<std::string> sources; // of the corners, as `timbrel bake` took them; empty where unknown
    std::vector<std::vector<float>>
        spectra; // one per cell, row by row: band levels 0–1, low to high; empty where unknown
};

// Thread: control; reads the file. Throws engine::BankError if it is no bank. Missing or malformed metadata is left
// out.
BankPicture read_bank_picture(const std::string& path);

} // namespace timbrel::ui
