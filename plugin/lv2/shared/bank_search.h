// Where banks lie, and how one is found again after it has moved. Not for the audio thread: reads folders and files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace timbrel::lv2 {

// The folders in which banks are looked for, in order: TIMBREL_BANKS (colon-separated), then timbrel/banks in
// XDG_DATA_HOME and in each of XDG_DATA_DIRS (or their defaults).
std::vector<std::filesystem::path> bank_folders();

// The *.timbrel files directly in those folders, each folder's by name.
std::vector<std::filesystem::path> installed_banks();

// The id under which states remember a bank: 16 hexadecimal digits.
std::string bank_id(uint64_t head_hash);

// Reads a file's id from its header alone; empty when it is no bank.
std::string read_bank_id(const std::filesystem::path& file);

// A bank as a state remembers it.
struct WantedBank {
    std::string path;    // empty for none
    std::string id;      // empty when not yet known
    std::string session; // the folder in which the host keeps the state; empty when not known
};

// The file to open for a bank. In this order: the path if it has that id; a bank of that id in the session's folder,
// beside it, or in the folders above; the path if it is there at all; a bank of the same file name in them. Empty when
// there is none.
std::filesystem::path find_bank(const WantedBank& wanted);

} // namespace timbrel::lv2
