// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/shared/bank_search.h"

#include "common/user_dirs.h"
#include "plugin/engine/bank/bank_format.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace timbrel::lv2 {

namespace fs = std::filesystem;

namespace {

bool is_file(const fs::path& file) {
    std::error_code error;
    return fs::is_regular_file(file, error);
}

// Hosts store states below the session's folder, for example Ardour in SESSION/plugins/ID/state; users store banks next
// to SESSION.
constexpr int folders_above_state = 4;

std::vector<fs::path> folders_around(const fs::path& state) {
    std::vector<fs::path> folders;
    fs::path folder = state;
    for (int i = 0; i <= folders_above_state && folder.has_relative_path(); ++i, folder = folder.parent_path())
        folders.push_back(folder);
    return folders;
}

// Sorted by name.
std::vector<fs::path> banks_in(const fs::path& folder) {
    std::vector<fs::path> banks;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->path().extension() == ".timbrel" && is_file(entry->path())) banks.push_back(entry->path());
    std::sort(banks.begin(), banks.end());
    return banks;
}

std::vector<fs::path> banks_in(const std::vector<fs::path>& folders) {
    std::vector<fs::path> banks;
    for (const fs::path& folder : folders)
        for (fs::path& bank : banks_in(folder)) banks.push_back(std::move(bank));
    return banks;
}

} // namespace

std::vector<fs::path> bank_folders() {
    std::vector<fs::path> folders;
    if (const char* const list = std::getenv("TIMBREL_BANKS"))
        for (const fs::path& folder : split_dirs(list)) folders.push_back(folder / "");
    for (const fs::path& folder : data_dirs()) folders.push_back(folder / "timbrel/banks");
    return folders;
}

std::vector<fs::path> installed_banks() { return banks_in(bank_folders()); }

std::string bank_id(uint64_t head_hash) {
    std::string text(16, '0');
    for (size_t i = 0; i < 16; ++i) text[i] = "0123456789abcdef"[head_hash >> (60 - 4 * i) & 15];
    return text;
}

std::string read_bank_id(const fs::path& file) {
    engine::BankHeader header;
    std::ifstream in(file, std::ios::binary);
    if (!in.read(reinterpret_cast<char*>(&header), sizeof header)) return {};
    return std::memcmp(header.magic, engine::bank_magic, sizeof engine::bank_magic) == 0 ? bank_id(header.head_hash)
                                                                                         : std::string();
}

fs::path find_bank(const BankReference& reference) {
    const bool path_exists = is_file(reference.path);
    if (path_exists && (reference.id.empty() || read_bank_id(reference.path) == reference.id)) return reference.path;
    std::vector<fs::path> folders = folders_around(reference.session);
    for (fs::path& folder : bank_folders()) folders.push_back(std::move(folder));
    const std::vector<fs::path> banks = banks_in(folders);
    if (!reference.id.empty())
        for (const fs::path& bank : banks)
            if (read_bank_id(bank) == reference.id) return bank;
    if (path_exists) return reference.path;
    const fs::path name = fs::path(reference.path).filename();
    for (const fs::path& bank : banks)
        if (bank.filename() == name) return bank;
    return {};
}

} // namespace timbrel::lv2
