// SPDX-License-Identifier: GPL-3.0-or-later
// Where banks are installed, and the search for a bank that was moved. Threads: control, worker; reads folders and
// files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace timbrel::lv2 {

// The folders of installed banks, in search order: TIMBREL_BANKS (colon-separated), then timbrel/banks in
// XDG_DATA_HOME and in each of XDG_DATA_DIRS (or their defaults).
std::vector<std::filesystem::path> bank_folders();

// The *.timbrel files directly in those folders, sorted by name within each folder.
std::vector<std::filesystem::path> installed_banks();

// A bank's id in states: 16 hexadecimal digits.
std::string bank_id(uint64_t head_hash);

// Reads the id from a file's header; empty when it is not a bank.
std::string read_bank_id(const std::filesystem::path& file);

// A bank as a state stores it.
struct BankReference {
    std::string path;        // empty for none
    std::string id;          // empty when unknown
    std::string session;     // the folder of the host's state; empty when unknown
    std::string recipe = {}; // what it was baked of (bank_recipe.h); empty when unknown
};

// The file to open for a bank. In this order: the path, if its file has the id; a bank with the id in the session's
// folder, the folders above it or the installed banks; the path, if it is a file; a bank with the same file name in
// those folders. Empty when there is none.
std::filesystem::path find_bank(const BankReference& reference);

} // namespace timbrel::lv2
