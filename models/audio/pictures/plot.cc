// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/pictures/plot.h"

#include "models/audio/pictures/plane_picture.h"
#include "models/audio/pictures/rainbowgram.h"
#include "plugin/engine/bank/bank_format.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace timbrel::audio {
namespace {

bool is_bank(const std::string& path) {
    char magic[sizeof engine::bank_magic] = {};
    std::ifstream(path, std::ios::binary).read(magic, sizeof magic);
    return std::memcmp(magic, engine::bank_magic, sizeof magic) == 0;
}

} // namespace

void plot_files(const std::vector<std::string>& files, const std::string& out) {
    const auto bank = std::ranges::find_if(files, is_bank);
    if (bank != files.end()) {
        if (files.size() > 1) throw PictureError(*bank + ": a bank is drawn alone; give no other files");
        draw_plane(*bank, out);
        return;
    }
    std::vector<Panel> panels;
    for (const std::string& file : files)
        panels.push_back({std::filesystem::path(file).stem().string(), read_audio(file)});
    draw_rainbowgrams(panels, out);
}

} // namespace timbrel::audio
