// SPDX-License-Identifier: GPL-3.0-or-later
// Packed banks with right checksums around arbitrary contents: what is unpacked is a bank with sound, and packs and
// unpacks to the same bytes. An input is a byte of options, the number of notes (4 bytes), a forged bank without PCM
// and for each note the size of its stream (2 bytes) and the stream.
#include "common/error.h"
#include "host/bank_tools/packed_bank.h"
#include "plugin/engine/bank/bank.h"
#include "tests/fuzz/forged_bank.h"
#include "tests/fuzz/fuzz.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace timbrel::engine;
using namespace timbrel::host;
using namespace timbrel::test;
namespace fs = std::filesystem;

namespace {

enum Option : uint8_t { right_note_count = 1, cut_it = 2 };

void append(std::vector<uint8_t>& bytes, const void* from, size_t size) {
    const auto* const first = static_cast<const uint8_t*>(from);
    bytes.insert(bytes.end(), first, first + size);
}

std::vector<uint8_t> packed_file(Input input) {
    const uint8_t options = input.number();
    PackedBankHeader header{{}, packed_bank_version, input.number<uint32_t>(), 0};
    ForgedBank forged(input);
    header.head_bytes = forged.head.size();
    if (options & right_note_count) header.notes = uint32_t{forged.header.pitches} * forged.header.velocities;
    std::memcpy(header.magic, packed_bank_magic, sizeof header.magic);
    std::vector<uint8_t> bytes;
    append(bytes, &header, sizeof header);
    append(bytes, forged.head.data(), forged.head.size());
    while (!input.empty()) {
        const uint64_t size = input.number<uint16_t>();
        const auto stream = input.bytes(size);
        append(bytes, &size, sizeof size);
        append(bytes, stream.data(), stream.size());
    }
    if (options & cut_it) bytes.resize(bytes.size() - std::min<size_t>(bytes.size(), options));
    return bytes;
}

std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    // In memory, where a file system for that is mounted: every file that is finished is synced.
    static const TemporaryFolder folder(fs::is_directory("/dev/shm") ? fs::path("/dev/shm")
                                                                     : fs::temp_directory_path());
    static const std::string bank = folder.file("bank"), again = folder.file("again"), same = folder.file("same");
    static MemoryFile file;
    file.assign(packed_file(Input({data, size})));
    fs::remove(bank);
    try {
        unpack(file.path(), bank);
        Bank::open(bank)->verify_pcm();
        pack(bank, again);
        unpack(again, same);
        require(contents(bank) == contents(same));
    } catch (const std::runtime_error& error) {
        const std::string_view text = error.what();
        require(text.starts_with(file.path()) || text == bank + ": ends within a frame; bake it again");
        require(is_one_line(text));
    }
    return 0;
}
