// What a bank tells of itself for the eye: names, grid, and each cell's spectrum. Reads files: window thread only.
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

    std::string name; // empty for no bank
    uint32_t columns = 0, rows = 0, rate = 0;
    size_t across = 2, down = 2;           // corners along each side
    std::vector<Corner> corners;           // along the rows from the north-west; as many as there are names for
    std::vector<std::vector<float>> cells; // levels 0–1 of bands from low to high, row by row; empty where unknown
};

// Throws BankError for a file that is no bank. Metadata that is missing or odd is left out.
BankPicture read_bank_picture(const std::string& path);

} // namespace timbrel::ui
