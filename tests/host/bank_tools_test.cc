// SPDX-License-Identifier: GPL-3.0-or-later
// timbrel pack, unpack and merge: round trips and refused inputs.
#define BOOST_TEST_MODULE bank_tools
#include <boost/test/unit_test.hpp>

#include "host/bank_tools/merge.h"
#include "host/bank_tools/packed_bank.h"
#include "plugin/engine/bank/bank_layout.h"
#include "plugin/engine/bank/bank_pitch_tracks.h"
#include "plugin/engine/bank/bank_vibrato.h"
#include "tests/host/support/process.h"
#include "tests/host/support/songs.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::host;
using namespace timbrel::test;
namespace fs = std::filesystem;

namespace {

struct BankFiles {
    void check_refused(const std::function<void()>& action, const std::string& part) const {
        BOOST_CHECK_EXCEPTION(action(), std::runtime_error, [&](const std::runtime_error& error) {
            const std::string what = error.what();
            BOOST_TEST_INFO(what);
            return what.find(part) != std::string::npos && what.find('\n') == std::string::npos;
        });
        BOOST_TEST(!fs::exists(out));
        BOOST_TEST(no_part_in(fs::path(out).parent_path()));
    }
    void store(const std::string& path, const std::string& bytes) const {
        std::ofstream(path, std::ios::binary) << bytes;
    }

    TemporaryFolder folder;
    std::string bank = folder.file("bank.timbrel"), packed = folder.file("bank.packed"),
                out = folder.file("out.timbrel");
};

// Forges a packed bank whose header claims more sound than it holds, with a valid checksum.
void inflate_declared_size(std::string& forged, uint64_t bytes) {
    const auto head = std::as_writable_bytes(std::span(forged)).subspan(sizeof(PackedBankHeader));
    BankHeader header;
    std::memcpy(&header, head.data(), sizeof header);
    header.file_bytes += bytes;
    header.pcm_bytes += bytes;
    std::memcpy(head.data(), &header, sizeof header);
    header.head_hash = hash_head(head.first(header.pcm_offset));
    std::memcpy(head.data(), &header, sizeof header);
}

SyntheticBank shard(int part, int of, std::vector<uint8_t> pitches) {
    SyntheticBank bank;
    bank.columns = 2;
    bank.pitches = std::move(pitches);
    bank.velocities = {50, 110};
    bank.shape = {3000, 1000, 3000};
    bank.sound = [](const SamplePosition& at) { return 0.01 * at.pitch * sine(50.0 * (1 + at.column), at.frame); };
    bank.metadata = {{"name", "part" + std::to_string(part)}, {"grid", 2}, {"pitches", {40, 50, 60}}};
    for (const int pitch : {50, 60}) // every shard describes the vibrato of all notes
        bank.metadata["vibrato"].push_back({{"pitch", pitch},
                                            {"velocity", 110},
                                            {"depth_cents", {pitch / 2, 0}},
                                            {"rate_hz", {5, 0}},
                                            {"delay_seconds", {0, 0}}});
    for (const uint8_t pitch : bank.pitches) // and the tracks of its pitches
        if (pitch != 40) bank.tracks.add(pitch, 50, std::vector<int16_t>(2 * pitch_track_points(3000, 240), pitch));
    if (of > 0) bank.metadata["shard"] = {{"part", part}, {"of", of}};
    return bank;
}

struct Shards : BankFiles {
    Shards() {
        shard(1, 2, {40, 60}).write(first);
        shard(2, 2, {50}).write(second);
    }
    std::string first = folder.file("1.timbrel"), second = folder.file("2.timbrel");
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_packed_bank_comes_back_byte_for_byte, BankFiles) {
    write_tone_bank(bank);
    const Outcome packing = run({TIMBREL, "pack", bank, "-o", packed});
    BOOST_TEST(packing.status == 0, packing.err);
    BOOST_TEST(fs::file_size(packed) < 0.6 * static_cast<double>(fs::file_size(bank)));
    const Outcome unpacking = run({TIMBREL, "unpack", packed, "-o", out});
    BOOST_TEST(unpacking.status == 0, unpacking.err);
    BOOST_TEST((read_file(out) == read_file(bank)));
}

BOOST_FIXTURE_TEST_CASE(a_packed_bank_says_how_it_is_played, BankFiles) {
    write_tone_bank(bank);
    pack(bank, packed);
    const Outcome playing = run({TIMBREL, "info", packed});
    BOOST_TEST(playing.status == 1);
    BOOST_TEST(playing.err.find("timbrel unpack") != std::string::npos, playing.err);
}

BOOST_FIXTURE_TEST_CASE(damaged_packed_banks_are_refused, BankFiles) {
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

// A small file that claims to unpack to a petabyte.
BOOST_FIXTURE_TEST_CASE(a_packed_bank_that_would_fill_the_disk_is_refused_at_once, BankFiles) {
    write_tone_bank(bank);
    pack(bank, packed);
    std::string forged = read_file(packed);
    inflate_declared_size(forged, uint64_t{1} << 50);
    store(packed, forged);
    check_refused([this] { unpack(packed, out); }, "more sound than it can hold");
    fs::resize_file(packed, uint64_t{1} << 37); // large enough to hold it
    check_refused([this] { unpack(packed, out); }, "cannot be written");
}

// The header and the FLAC stream claim a last note that exceeds the program's memory limit.
BOOST_FIXTURE_TEST_CASE(a_packed_bank_that_claims_long_notes_takes_no_memory, BankFiles) {
    write_tone_bank(bank);
    pack(bank, packed);
    const auto unpacking = [this] {
        return run({"sh", "-c", "ulimit -v 500000; exec \"$0\" unpack \"$1\" -o \"$2\"", TIMBREL, packed, out});
    };
    BOOST_TEST(unpacking().status == 0);
    fs::remove(out);

    constexpr uint64_t extra_bytes = uint64_t{1} << 29;
    std::string forged = read_file(packed);
    const auto number = [&](size_t at, size_t bytes) {
        uint64_t value = 0;
        std::memcpy(&value, forged.data() + at, bytes);
        return value;
    };
    inflate_declared_size(forged, extra_bytes);
    size_t last = sizeof(PackedBankHeader) + number(16, 8);
    for (uint64_t note = number(12, 4); note > 1; --note) last += 8 + number(last, 8);
    // FLAC's STREAMINFO has the total frames as 36 bits, big-endian; these are the low 32.
    const size_t frames_at = last + 8 + 22;
    uint32_t frames = 0;
    for (size_t i = 0; i < 4; ++i) frames = frames << 8 | static_cast<uint8_t>(forged[frames_at + i]);
    BOOST_REQUIRE(frames == 9u * 48000);
    frames += extra_bytes / 4;
    for (size_t i = 0; i < 4; ++i) forged[frames_at + i] = static_cast<char>(frames >> (24 - 8 * i));
    store(packed, forged);
    const Outcome refused = unpacking();
    BOOST_TEST(refused.status == 1);
    BOOST_TEST(refused.err.find("note 7 is damaged") != std::string::npos, refused.err);
    BOOST_TEST(!fs::exists(out));
    BOOST_TEST(no_part_in(fs::path(out).parent_path()));
}

BOOST_FIXTURE_TEST_CASE(shards_become_the_bank_that_one_bake_makes, Shards) {
    SyntheticBank whole = shard(1, 0, {40, 50, 60});
    whole.metadata["name"] = "out";
    whole.write(bank);
    const Outcome merging = run({TIMBREL, "merge", second, first, "-o", out});
    BOOST_TEST(merging.status == 0, merging.err);
    BOOST_TEST((read_file(out) == read_file(bank)));
}

BOOST_FIXTURE_TEST_CASE(merged_and_packed_banks_keep_the_vibrato_of_all_notes, Shards) {
    merge_shards({first, second}, bank);
    pack(bank, packed);
    unpack(packed, out);
    const auto merged = Bank::open(out);
    const BankCorners corners(*merged);
    const BankVibrato vibrato(*merged, corners);
    BOOST_TEST(vibrato.of(merged->note(0, 1)) == nullptr);
    BOOST_TEST(vibrato.of(merged->note(1, 1))[0].depth == 25.0f);
    BOOST_TEST(vibrato.of(merged->note(2, 1))[0].depth == 30.0f);
    BOOST_TEST(vibrato.of(merged->note(2, 0)) == nullptr);
    const std::string report = run({TIMBREL, "info", out}).out;
    BOOST_TEST(report.find("natural vibrato: corner 1 28 cents at 5.0 Hz in 2 of 6 notes") != std::string::npos,
               report);
    BOOST_TEST(run({TIMBREL, "info", first}).out.find("corner 1 30 cents at 5.0 Hz in 1 of 4 notes") !=
               std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(merged_and_packed_banks_keep_the_tracks_of_pitch, Shards) {
    merge_shards({second, first}, bank);
    pack(bank, packed);
    unpack(packed, out);
    const auto merged = Bank::open(out);
    const BankCorners corners(*merged);
    const BankPitchTracks tracks(*merged, corners);
    BOOST_TEST(tracks.points(merged->note(0, 0)).empty());
    BOOST_TEST(tracks.points(merged->note(1, 0)).front() == 50);
    BOOST_TEST(tracks.points(merged->note(2, 0)).back() == 60);
    BOOST_TEST(tracks.points(merged->note(2, 1)).empty());
    const std::string report = run({TIMBREL, "info", out}).out;
    BOOST_TEST(report.find("other movement of pitch: up to 6 cents from the key, in 2 of 6 notes") != report.npos,
               report);
    fs::remove(out);
    SyntheticBank forged = shard(2, 2, {50});
    forged.metadata["pitch_tracks"] = {{"offset", 0}};
    forged.write(second);
    BOOST_TEST(run({TIMBREL, "info", second}).out.find("other movement of pitch: invalid, not played") !=
               std::string::npos);
    check_refused([this] { merge_shards({first, second}, out); }, "its tracks of pitch are invalid");
}

BOOST_FIXTURE_TEST_CASE(shards_that_do_not_belong_together_are_refused, Shards) {
    check_refused([this] { merge_shards({first}, out); }, "shard 2 of 2 is missing");
    check_refused([this] { merge_shards({first, first, second}, out); }, "give every shard once");
    for (const int part : {0, -1, 3}) {
        shard(part, 2, {50}).write(second);
        check_refused([this] { merge_shards({first, second}, out); }, "is no shard");
    }
    shard(2, 0, {50}).write(second);
    check_refused([this] { merge_shards({first, second}, out); }, "is no shard");
    SyntheticBank other = shard(2, 2, {50});
    other.metadata["grid"] = 3;
    other.write(second);
    check_refused([this] { merge_shards({first, second}, out); }, "does not belong to the same bank");
}

// Shard 1 of 2 with shards 2 and 3 of 3: consecutive numbers, but pitches are missing.
BOOST_FIXTURE_TEST_CASE(shards_that_leave_a_hole_are_refused, Shards) {
    const std::string third = folder.file("3.timbrel");
    shard(2, 3, {50}).write(second);
    shard(3, 3, {60}).write(third);
    check_refused([&] { merge_shards({first, second, third}, out); }, "is one of 2");
    shard(2, 2, {55}).write(second);
    check_refused([this] { merge_shards({first, second}, out); }, "other pitches");
    shard(2, 2, {50, 60}).write(second);
    check_refused([this] { merge_shards({first, second}, out); }, "holds pitch 60 as");
}
