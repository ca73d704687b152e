#include "plugin/ui/scene/bank_picture.h"

#include "plugin/engine/bank/bank.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace timbrel::ui {

namespace {

using nlohmann::json;

constexpr size_t most_bands = 256;
constexpr double full_level = 100; // as stored

void read_corners(const json& about, BankPicture& picture) {
    const json& map = about.at("map");
    const auto across = map.at(0).get<size_t>(), down = map.at(1).get<size_t>();
    if (across < 1 || down < 1 || across > picture.columns || down > picture.rows) return;
    picture.across = across;
    picture.down = down;
    for (const json& corner : about.at("corners"))
        picture.corners.push_back({corner.at("name").get<std::string>(),
                                   std::clamp(corner.at("x").get<double>(), 0.0, 1.0),
                                   std::clamp(corner.at("y").get<double>(), 0.0, 1.0)});
}

void read_cells(const json& stored, BankPicture& picture) {
    if (stored.size() != size_t{picture.columns} * picture.rows) return;
    std::vector<std::vector<float>> cells;
    for (const json& cell : stored) {
        std::vector<float> levels;
        for (const json& level : cell)
            levels.push_back(static_cast<float>(std::clamp(level.get<double>() / full_level, 0.0, 1.0)));
        if (levels.size() > most_bands) return;
        cells.push_back(std::move(levels));
    }
    picture.cells = std::move(cells);
}

} // namespace

BankPicture read_bank_picture(const std::string& path) {
    const auto bank = engine::Bank::open(path);
    BankPicture picture;
    picture.name = std::filesystem::path(path).stem().string();
    picture.columns = bank->columns();
    picture.rows = bank->rows();
    picture.rate = bank->rate();
    picture.across = std::min(2u, picture.columns);
    picture.down = std::min(2u, picture.rows);
    try {
        read_corners(bank->metadata(), picture);
    } catch (const json::exception&) {
        picture.corners.clear();
    }
    try {
        read_cells(bank->metadata().at("picture").at("cells"), picture);
    } catch (const json::exception&) {
        // A bank of another maker: a plane without ridges.
    }
    return picture;
}

} // namespace timbrel::ui
