// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/widgets/bank_list.h"

#include "plugin/lv2/shared/bank_search.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace timbrel::ui {

namespace {

namespace fs = std::filesystem;

// Abbreviates the home folder to "~".
std::string folder_name(const fs::path& folder) {
    const char* const home = std::getenv("HOME");
    std::string name = folder.string();
    if (home && *home && name.starts_with(home)) return "~" + name.substr(std::string_view(home).size());
    return name;
}

// Skips a bank that is listed already, for example through a second path.
void add_bank(std::vector<ListLine>& lines, const fs::path& bank) {
    const std::string path = bank.string();
    if (std::any_of(lines.begin(), lines.end(), [&](const ListLine& line) { return line.value == path; })) return;
    lines.push_back({ListLine::Kind::bank, bank.stem().string(), path, ""});
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

std::vector<ListLine> list_banks(const std::string& current_bank, bool file_dialog) {
    std::vector<fs::path> folders = lv2::bank_folders();
    const fs::path current_folder = fs::path(current_bank).parent_path();
    if (!current_folder.empty() && std::find(folders.begin(), folders.end(), current_folder) == folders.end())
        folders.insert(folders.begin(), current_folder);
    std::vector<ListLine> lines;
    for (const fs::path& folder : folders) {
        const std::vector<fs::path> banks = banks_in(folder);
        if (banks.empty()) continue;
        lines.push_back({ListLine::Kind::heading, folder_name(folder), "", ""});
        for (const fs::path& bank : banks) add_bank(lines, bank);
    }
    if (lines.empty() && !folders.empty())
        lines.push_back({ListLine::Kind::heading, "No bank in " + folder_name(folders.front()), "", ""});
    if (file_dialog) lines.push_back({ListLine::Kind::file_dialog, "Another file …", "", ""});
    return lines;
}

} // namespace timbrel::ui
