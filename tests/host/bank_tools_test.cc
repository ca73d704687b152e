// pack, unpack and merge: what comes out again, and what is refused.
#define BOOST_TEST_MODULE bank_tools
#include <boost/test/unit_test.hpp>

#include "host/bank/merge.h"
#include "host/bank/packed_bank.h"
#include "plugin/engine/bank_layout.h"
#include "tests/host/process.h"
#include "tests/host/songs.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

using namespace timbrel;
using namespace timbrel::host;
using namespace timbrel::test;
namespace fs = std::filesystem;

namespace {

struct Folder {
    void check_refused(const std::function<void()>& action, const std::string& part) const {
        BOOST_CHECK_EXCEPTION(action(), std::runtime_error, [&](const std::runtime_error& error) {
            const std::string what = error.what();
            BOOST_TEST_INFO(what);
            return what.find(part) != std::string::npos && what.find('\n') == std::string::npos;
        });
        BOOST_TEST(!fs::exists(out));
        BOOST_TEST(!fs::exists(out + ".part"));
    }
    void store(const std::string& path, const std::string& bytes) const {
        std::ofstream(path, std::ios::binary) << bytes;
    }

    TemporaryFolder folder;
    std::string bank = folder.file("bank.timbrel"), packed = folder.file("bank.packed"),
                out = folder.file("out.timbrel");
};

SyntheticBank shard(int part, int of, std::vector<uint8_t> pitches) {
    SyntheticBank bank;
    bank.columns = 2;
    bank.pitches = std::move(pitches);
    bank.velocities = {50, 110};
    bank.shape = {3000, 1000, 3000};
    bank.sound = [](const CellSound& at) { return 0.01 * at.pitch * sine(50.0 * (1 + at.column), at.frame); };
    bank.metadata = {{"name", "part" + std::to_string(part)}, {"grid", 2}};
    if (of > 0) bank.metadata["shard"] = {{"part", part}, {"of", of}};
    return bank;
}

struct Shards : Folder {
    Shards() {
        shard(1, 2, {40, 60}).write(first);
        shard(2, 2, {50}).write(second);
    }
    std::string first = folder.file("1.timbrel"), second = folder.file("2.timbrel");
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_packed_bank_comes_back_byte_for_byte, Folder) {
    write_tone_bank(bank);
    const Outcome packing = run({TIMBREL, "pack", bank, "-o", packed});
    BOOST_TEST(packing.status == 0, packing.err);
    BOOST_TEST(fs::file_size(packed) < 0.6 * static_cast<double>(fs::file_size(bank)));
    const Outcome unpacking = run({TIMBREL, "unpack", packed, "-o", out});
    BOOST_TEST(unpacking.status == 0, unpacking.err);
    BOOST_TEST((read_file(out) == read_file(bank)));
}

BOOST_FIXTURE_TEST_CASE(a_packed_bank_says_how_it_is_played, Folder) {
    write_tone_bank(bank);
    pack(bank, packed);
    const Outcome playing = run({TIMBREL, "info", packed});
    BOOST_TEST(playing.status == 1);
    BOOST_TEST(playing.err.find("timbrel unpack") != std::string::npos, playing.err);
}

BOOST_FIXTURE_TEST_CASE(damaged_packed_banks_are_refused, Folder) {
    write_tone_bank(bank);
    pack(bank, packed);
    const std::string whole = read_file(packed);
    const auto with = [&](size_t at, const std::string& bytes) {
        std::string damaged = whole;
        damaged.replace(at, bytes.size(), bytes);
        store(packed, damaged);
        return [this] { unpack(packed, out); };
    };
    check_refused(with(8, "\x02"), "later Timbrel");
    check_refused(with(16, std::string(8, '\xff')), "cut short");
    check_refused(with(sizeof(PackedBankHeader) + 100, "x"), "checksum");
    check_refused(with(whole.size() - 20, "damaged"), "damaged");
    for (const size_t size : {0, 4, 30, 5000, static_cast<int>(whole.size()) - 1}) {
        store(packed, whole.substr(0, size));
        check_refused([this] { unpack(packed, out); }, packed);
    }
    check_refused([this] { unpack(bank, out); }, "no packed bank");
    check_refused([this] { unpack(folder.file("missing"), out); }, "cannot be read");
}

// A few bytes that unpack to a petabyte.
BOOST_FIXTURE_TEST_CASE(a_packed_bank_that_would_fill_the_disk_is_refused_at_once, Folder) {
    write_tone_bank(bank);
    pack(bank, packed);
    std::string forged = read_file(packed);
    const auto head = std::as_writable_bytes(std::span(forged)).subspan(sizeof(PackedBankHeader));
    BankHeader header;
    std::memcpy(&header, head.data(), sizeof header);
    header.file_bytes += uint64_t{1} << 50;
    header.pcm_bytes += uint64_t{1} << 50;
    std::memcpy(head.data(), &header, sizeof header);
    header.head_hash = hash_of_head(head.first(header.pcm_offset));
    std::memcpy(head.data(), &header, sizeof header);
    store(packed, forged);
    check_refused([this] { unpack(packed, out); }, "cannot be written");
}

BOOST_FIXTURE_TEST_CASE(shards_become_the_bank_that_one_bake_makes, Shards) {
    SyntheticBank whole = shard(1, 0, {40, 50, 60});
    whole.metadata["name"] = "out";
    whole.write(bank);
    const Outcome merging = run({TIMBREL, "merge", second, first, "-o", out});
    BOOST_TEST(merging.status == 0, merging.err);
    BOOST_TEST((read_file(out) == read_file(bank)));
}

BOOST_FIXTURE_TEST_CASE(shards_that_do_not_belong_together_are_refused, Shards) {
    check_refused([this] { merge_shards({first}, out); }, "shard 2 of 2 is missing");
    check_refused([this] { merge_shards({first, first, second}, out); }, "give every shard once");
    shard(2, 0, {50}).write(second);
    check_refused([this] { merge_shards({first, second}, out); }, "is no shard");
    SyntheticBank other = shard(2, 2, {50});
    other.metadata["grid"] = 3;
    other.write(second);
    check_refused([this] { merge_shards({first, second}, out); }, "is of another bank");
}
