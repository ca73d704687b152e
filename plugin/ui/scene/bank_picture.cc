// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/scene/bank_picture.h"

#include "plugin/engine/bank/bank.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace timbrel::ui {

namespace {

using nlohmann::json;

constexpr size_t max_bands = 256;
constexpr double full_level = 100; // of a stored band level

void read_corners(const json& metadata, BankPicture& picture) {
    const json& map = metadata.at("map");
    // get() converts numbers of any size and kind.
    const size_t columns = map.at(0).get_ref<const json::number_unsigned_t&>(),
                 rows = map.at(1).get_ref<const json::number_unsigned_t&>();
    if (columns < 1 || rows < 1 || columns > picture.columns || rows > picture.rows) return;
    picture.corner_columns = columns;
    picture.corner_rows = rows;
    for (const json& corner : metadata.at("corners"))
        picture.corners.push_back({corner.at("name").get<std::string>(),
                                   std::clamp(corner.at("x").get<double>(), 0.0, 1.0),
                                   std::clamp(corner.at("y").get<double>(), 0.0, 1.0)});
}

void read_spectra(const json& cells, BankPicture& picture) {
    if (cells.size() != size_t{picture.columns} * picture.rows) return;
    std::vector<std::vector<float>> spectra;
    for (const json& cell : cells) {
        std::vector<float> levels;
        for (const json& level : cell)
            levels.push_back(static_cast<float>(std::clamp(level.get<double>() / full_level, 0.0, 1.0)));
        if (levels.size() > max_bands) return;
        spectra.push_back(std::move(levels));
    }
    picture.spectra = std::move(spectra);
}

} // namespace

BankPicture read_bank_picture(const std::string& path) {
    const auto bank = engine::Bank::open(path);
    BankPicture picture;
    picture.name = std::filesystem::path(path).stem().string();
    picture.columns = bank->columns();
    picture.rows = bank->rows();
    picture.sample_rate = bank->rate();
    picture.corner_columns = std::min(2u, picture.columns);
    picture.corner_rows = std::min(2u, picture.rows);
    try {
        read_corners(bank->metadata(), picture);
    } catch (const json::exception&) {
        picture.corners.clear();
    }
    try {
        picture.sources = bank->metadata().at("recipe").at("sources").get<std::vector<std::string>>();
    } catch (const json::exception&) {
        picture.sources.clear();
    }
    try {
        read_spectra(bank->metadata().at("picture").at("cells"), picture);
    } catch (const json::exception&) {
        // Banks of other programs may lack spectra: the plane is drawn without ridges.
    }
    return picture;
}

} // namespace timbrel::ui
