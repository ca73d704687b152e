#include "plugin/lv2/bank_search.h"

#include "plugin/engine/bank_format.h"

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

} // namespace

std::vector<fs::path> bank_folders() {
    std::vector<fs::path> folders;
    add_folders(folders, environment("TIMBREL_BANKS", ""), "");
    const std::string home = environment("HOME", "");
    add_folders(folders, environment("XDG_DATA_HOME", home + "/.local/share"), "timbrel/banks");
    add_folders(folders, environment("XDG_DATA_DIRS", "/usr/local/share:/usr/share"), "timbrel/banks");
    return folders;
}

std::vector<fs::path> installed_banks() {
    std::vector<fs::path> banks;
    for (const fs::path& folder : bank_folders()) {
        std::error_code error;
        std::vector<fs::path> here;
        for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
            if (entry->path().extension() == ".timbrel" && readable(entry->path())) here.push_back(entry->path());
        std::sort(here.begin(), here.end());
        banks.insert(banks.end(), here.begin(), here.end());
    }
    return banks;
}

std::string bank_id(uint64_t head_hash) {
    std::string text(16, '0');
    for (size_t i = 0; i < 16; ++i) text[i] = "0123456789abcdef"[head_hash >> (60 - 4 * i) & 15];
    return text;
}

std::string read_bank_id(const fs::path& file) {
    BankHeader header;
    std::ifstream in(file, std::ios::binary);
    if (!in.read(reinterpret_cast<char*>(&header), sizeof header)) return {};
    return std::memcmp(header.magic, bank_magic, sizeof bank_magic) == 0 ? bank_id(header.head_hash) : std::string();
}

fs::path find_bank(const std::string& path, const std::string& id) {
    const bool there = readable(path);
    if (there && (id.empty() || read_bank_id(path) == id)) return path;
    const std::vector<fs::path> banks = installed_banks();
    if (!id.empty())
        for (const fs::path& bank : banks)
            if (read_bank_id(bank) == id) return bank;
    if (there) return path;
    const fs::path name = fs::path(path).filename();
    for (const fs::path& bank : banks)
        if (bank.filename() == name) return bank;
    return {};
}

} // namespace timbrel::lv2
