#include "plugin/lv2/shared/bank_search.h"

#include "plugin/engine/bank/bank_format.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>

namespace timbrel::lv2 {

namespace fs = std::filesystem;

namespace {

void add_folders(std::vector<fs::path>& folders, std::string_view list, const char* below) {
    while (!list.empty()) {
        const auto colon = list.find(':');
        const fs::path folder = list.substr(0, colon);
        if (folder.is_absolute()) folders.push_back(folder / below);
        list = colon == list.npos ? std::string_view() : list.substr(colon + 1);
    }
}

std::string environment(const char* name, std::string otherwise) {
    const char* const value = std::getenv(name);
    return value && *value ? value : std::move(otherwise);
}

bool readable(const fs::path& file) {
    std::error_code error;
    return fs::is_regular_file(file, error);
}

// Hosts keep states in folders within the session's: Ardour's lie in SESSION/plugins/ID/state, and the banks of a
// musician beside SESSION.
constexpr int folders_above_state = 4;

std::vector<fs::path> folders_around(const fs::path& state) {
    std::vector<fs::path> folders;
    fs::path folder = state;
    for (int i = 0; i <= folders_above_state && folder.has_relative_path(); ++i, folder = folder.parent_path())
        folders.push_back(folder);
    return folders;
}

// By name.
std::vector<fs::path> banks_in(const fs::path& folder) {
    std::vector<fs::path> banks;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->path().extension() == ".timbrel" && readable(entry->path())) banks.push_back(entry->path());
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
    add_folders(folders, environment("TIMBREL_BANKS", ""), "");
    const std::string home = environment("HOME", "");
    add_folders(folders, environment("XDG_DATA_HOME", home + "/.local/share"), "timbrel/banks");
    add_folders(folders, environment("XDG_DATA_DIRS", "/usr/local/share:/usr/share"), "timbrel/banks");
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

fs::path find_bank(const WantedBank& wanted) {
    const bool there = readable(wanted.path);
    if (there && (wanted.id.empty() || read_bank_id(wanted.path) == wanted.id)) return wanted.path;
    std::vector<fs::path> folders = folders_around(wanted.session);
    for (fs::path& folder : bank_folders()) folders.push_back(std::move(folder));
    const std::vector<fs::path> banks = banks_in(folders);
    if (!wanted.id.empty())
        for (const fs::path& bank : banks)
            if (read_bank_id(bank) == wanted.id) return bank;
    if (there) return wanted.path;
    const fs::path name = fs::path(wanted.path).filename();
    for (const fs::path& bank : banks)
        if (bank.filename() == name) return bank;
    return {};
}

} // namespace timbrel::lv2
