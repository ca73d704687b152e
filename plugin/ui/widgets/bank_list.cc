// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/widgets/bank_list.h"

#include "plugin/lv2/shared/bank_search.h"
#include "plugin/ui/paint/canvas.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace timbrel::ui {

namespace {

namespace fs = std::filesystem;

constexpr double line_height = 28, border = 6;

// Abbreviates the home folder to "~".
std::string folder_name(const fs::path& folder) {
    const char* const home = std::getenv("HOME");
    std::string name = folder.string();
    if (home && *home && name.starts_with(home)) return "~" + name.substr(std::string_view(home).size());
    return name;
}

// Skips a bank that is listed already, for example through a second path.
void add_bank(std::vector<BankListEntry>& entries, const fs::path& bank) {
    const std::string path = bank.string();
    if (std::any_of(entries.begin(), entries.end(), [&](const BankListEntry& entry) { return entry.path == path; }))
        return;
    entries.push_back({bank.stem().string(), path, false});
}

std::vector<fs::path> banks_in(const fs::path& folder) {
    std::vector<fs::path> banks;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->path().extension() == ".timbrel") banks.push_back(entry->path());
    std::sort(banks.begin(), banks.end());
    return banks;
}

} // namespace

std::vector<BankListEntry> list_banks(const std::string& current_bank, bool file_dialog) {
    std::vector<fs::path> folders = lv2::bank_folders();
    const fs::path current_folder = fs::path(current_bank).parent_path();
    if (!current_folder.empty() && std::find(folders.begin(), folders.end(), current_folder) == folders.end())
        folders.insert(folders.begin(), current_folder);
    std::vector<BankListEntry> entries;
    for (const fs::path& folder : folders) {
        const std::vector<fs::path> banks = banks_in(folder);
        if (banks.empty()) continue;
        entries.push_back({folder_name(folder), "", false});
        for (const fs::path& bank : banks) add_bank(entries, bank);
    }
    if (entries.empty() && !folders.empty())
        entries.push_back({"No bank in " + folder_name(folders.front()), "", false});
    if (file_dialog) entries.push_back({"Another file …", "", true});
    return entries;
}

size_t visible_entries(const Layout& layout, const Scene& scene) {
    const double available = layout.plane.bottom() - layout.bank_button.bottom() - 4 - 2 * border;
    return std::min(scene.bank_list.size(), static_cast<size_t>(std::max(1.0, available / line_height)));
}

Rect bank_list_area(const Layout& layout, const Scene& scene) {
    return {layout.bank_button.x, layout.bank_button.bottom() + 4, layout.bank_button.width,
            line_height * static_cast<double>(visible_entries(layout, scene)) + 2 * border};
}

std::optional<size_t> entry_at(const Layout& layout, const Scene& scene, Point point) {
    const Rect area = bank_list_area(layout, scene);
    if (!area.contains(point)) return {};
    const double row = std::max(0.0, (point.y - area.y - border) / line_height);
    const size_t index = scene.first_entry + static_cast<size_t>(row);
    if (index >= std::min(scene.bank_list.size(), scene.first_entry + visible_entries(layout, scene))) return {};
    const BankListEntry& entry = scene.bank_list[index];
    return entry.is_heading() ? std::nullopt : std::optional(index);
}

void draw_bank_list(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    const Rect area = bank_list_area(layout, scene);
    fill_rounded_rect(cairo, area, 8, theme.panel);
    stroke_rounded_rect(cairo, area, 8, theme.border);
    for (size_t i = 0; i < visible_entries(layout, scene); ++i) {
        const size_t index = scene.first_entry + i;
        if (index >= scene.bank_list.size()) break;
        const BankListEntry& entry = scene.bank_list[index];
        const Rect row{area.x + border, area.y + border + line_height * static_cast<double>(i), area.width - 2 * border,
                       line_height};
        const bool heading = entry.is_heading();
        const bool playing = !entry.path.empty() && entry.path == scene.bank_path;
        if (scene.hovered_entry == index) fill_rounded_rect(cairo, row, 5, theme.knob_track, 0.7);
        draw_text(cairo, {row.x + (heading ? 8 : 18), row.y, row.width - 26, row.height}, entry.text,
                  {.size = heading ? 10.5 : 12.5,
                   .colour = playing                              ? theme.accent
                             : heading || entry.opens_file_dialog ? theme.muted_text
                                                                  : theme.text,
                   .bold = playing});
    }
}

} // namespace timbrel::ui
