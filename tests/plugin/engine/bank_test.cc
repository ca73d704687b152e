// SPDX-License-Identifier: GPL-3.0-or-later
// Bank files: reading and writing, and refusal of damaged, hostile and foreign files.
#define BOOST_TEST_MODULE bank
#include "tests/plugin/engine/support/synthetic_bank.h"

#include "plugin/engine/bank/bank_layout.h"
#include "plugin/engine/bank/bank_metadata.h"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstring>
#include <fstream>
#include <limits>
#include <random>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

SyntheticBank small_bank() {
    SyntheticBank bank;
    bank.columns = 3;
    bank.rows = 2;
    bank.pitches = {60, 64};
    bank.velocities = {50, 110};
    bank.shape = {2000, 500, 1500};
    bank.sound = [](const SamplePosition& at) { return 0.25 * (1 + at.column) * sine(100.0 * (1 + at.row), at.frame); };
    bank.decay = [](uint32_t column, uint32_t) { return static_cast<float>(column); };
    return bank;
}

struct SmallBankFile {
    SmallBankFile() : path(folder.file("bank.timbrel")) {
        small_bank().write(path);
        std::ifstream in(path, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(in), {});
        std::memcpy(&header, bytes.data(), sizeof header);
    }
    void store(const std::vector<char>& content) const {
        std::ofstream(path, std::ios::binary | std::ios::trunc)
            .write(content.data(), static_cast<std::streamsize>(content.size()));
    }
    // Writes the file with an altered header or index and a valid checksum, as an attacker would.
    template<class Change>
    void store_altered(Change change) {
        auto altered_bytes = bytes;
        BankHeader altered_header = header;
        auto* index = reinterpret_cast<BankEntry*>(altered_bytes.data() + header.index_offset);
        change(altered_header, index);
        std::memcpy(altered_bytes.data(), &altered_header, sizeof altered_header);
        altered_header.head_hash = hash_head(std::as_bytes(std::span(altered_bytes)).first(header.pcm_offset));
        std::memcpy(altered_bytes.data(), &altered_header, sizeof altered_header);
        store(altered_bytes);
    }
    // Writes the file with other metadata and a valid checksum.
    void store_metadata(const std::string& json) const {
        BankHeader changed = header;
        changed.json_bytes = json.size();
        changed.index_offset = (changed.json_offset + json.size() + 31) / 32 * 32;
        const uint64_t shift = round_to_page(changed.index_offset + 24 * sizeof(BankEntry)) - header.pcm_offset;
        changed.pcm_offset += shift;
        changed.file_bytes += shift;
        std::vector<char> content(changed.pcm_offset);
        std::ranges::copy(json, content.begin() + static_cast<std::ptrdiff_t>(changed.json_offset));
        auto* index = reinterpret_cast<BankEntry*>(content.data() + changed.index_offset);
        std::memcpy(index, bytes.data() + header.index_offset, 24 * sizeof(BankEntry));
        for (size_t i = 0; i < 24; ++i) index[i].offset += shift;
        std::memcpy(content.data(), &changed, sizeof changed);
        changed.head_hash = hash_head(std::as_bytes(std::span(content)));
        std::memcpy(content.data(), &changed, sizeof changed);
        content.insert(content.end(), bytes.begin() + static_cast<std::ptrdiff_t>(header.pcm_offset), bytes.end());
        store(content);
    }

    TemporaryFolder folder;
    std::string path;
    std::vector<char> bytes;
    BankHeader header;
};

template<class Expected>
void check_error(const std::string& path, Expected part) {
    BOOST_CHECK_EXCEPTION(Bank::open(path), BankError, [&](const BankError& error) {
        const std::string what = error.what();
        BOOST_TEST_INFO(what);
        return what.find(path) == 0 && what.find('\n') == std::string::npos && what.find(part) != std::string::npos;
    });
}

} // namespace

BOOST_FIXTURE_TEST_CASE(written_banks_read_back, SmallBankFile) {
    const auto bank = Bank::open(path);
    BOOST_TEST(bank->columns() == 3u);
    BOOST_TEST(bank->rows() == 2u);
    BOOST_TEST(bank->notes() == 4u);
    BOOST_TEST(bank->rate() == 48000u);
    BOOST_TEST(bank->pitches()[1] == 64);
    BOOST_TEST(bank->velocities()[1] == 110);
    BOOST_TEST(bank->metadata().at("name") == "synthetic");
    const auto& entry = bank->entry(bank->note(1, 1), 5);
    BOOST_TEST(entry.frames == 2000u);
    BOOST_TEST(entry.loop_end == 1500u);
    BOOST_TEST(entry.decay == 2.0f);
    const auto sound = small_bank().sound;
    const auto pcm = bank->read_pcm(entry);
    for (uint32_t n = 0; n < entry.frames; ++n) {
        const double sample = pcm[2 * n] / 32767.0 * entry.gain;
        BOOST_TEST_REQUIRE(std::abs(sample - sound({64, 110, 2, 1, n})) < 2e-5);
    }
    bank->prefetch(bank->entry(0, 0), 0, 100);
    BOOST_CHECK_NO_THROW(bank->verify_pcm());
}

BOOST_FIXTURE_TEST_CASE(truncated_files_are_refused, SmallBankFile) {
    for (const size_t length : {size_t{0}, size_t{1}, size_t{4095}, size_t{4096}, size_t{5000},
                                static_cast<size_t>(header.pcm_offset), bytes.size() - 1}) {
        store({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)});
        BOOST_CHECK_THROW(Bank::open(path), BankError);
    }
    auto longer = bytes;
    longer.push_back(0);
    store(longer);
    BOOST_CHECK_THROW(Bank::open(path), BankError);
}

BOOST_FIXTURE_TEST_CASE(flipped_bytes_of_header_and_index_are_refused, SmallBankFile) {
    auto flipped = bytes;
    for (size_t i = 0; i < header.pcm_offset; ++i) {
        flipped[i] = static_cast<char>(flipped[i] ^ (1 << i % 8));
        std::fstream(path, std::ios::binary | std::ios::in | std::ios::out)
            .seekp(static_cast<std::streamoff>(i))
            .put(flipped[i]);
        BOOST_CHECK_THROW(Bank::open(path), BankError);
        flipped[i] = bytes[i];
        std::fstream(path, std::ios::binary | std::ios::in | std::ios::out)
            .seekp(static_cast<std::streamoff>(i))
            .put(bytes[i]);
    }
    BOOST_CHECK_NO_THROW(Bank::open(path));
}

BOOST_FIXTURE_TEST_CASE(verify_pcm_finds_a_flipped_byte, SmallBankFile) {
    auto flipped = bytes;
    flipped[header.pcm_offset + 12345] ^= 1;
    store(flipped);
    const auto bank = Bank::open(path);
    BOOST_CHECK_THROW(bank->verify_pcm(), BankError);
}

BOOST_FIXTURE_TEST_CASE(invalid_values_with_a_valid_checksum_are_refused, SmallBankFile) {
    store_altered([](BankHeader&, BankEntry*) {});
    BOOST_CHECK_NO_THROW(Bank::open(path));
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinite = std::numeric_limits<float>::infinity();
    using Change = std::function<void(BankHeader&, BankEntry*)>;
    const Change changes[] = {
        [](BankHeader& h, BankEntry*) { h.version = 2; },
        [](BankHeader& h, BankEntry*) { h.header_bytes = 8192; },
        [](BankHeader& h, BankEntry*) { h.json_bytes = ~uint64_t{0}; },
        [](BankHeader& h, BankEntry*) { h.json_bytes = uint64_t{1} << 40; },
        [](BankHeader& h, BankEntry*) { h.json_offset = ~uint64_t{0} - 8; },
        [](BankHeader& h, BankEntry*) { h.index_offset = 0; },
        [](BankHeader& h, BankEntry*) { h.index_offset += 1; },
        [](BankHeader& h, BankEntry*) { h.index_offset = ~uint64_t{0} - 7; },
        [](BankHeader& h, BankEntry*) { h.index_entries += 1; },
        [](BankHeader& h, BankEntry*) { h.index_entries = uint64_t{1} << 60; },
        [](BankHeader& h, BankEntry*) { h.pcm_offset = ~uint64_t{0} - 4095; },
        [](BankHeader& h, BankEntry*) { h.pcm_offset = 4096; },
        [](BankHeader& h, BankEntry*) { h.pcm_bytes += 4; },
        [](BankHeader& h, BankEntry*) { h.file_bytes = ~uint64_t{0}; },
        [](BankHeader& h, BankEntry*) { h.rate = 0; },
        [](BankHeader& h, BankEntry*) { h.rate = ~0u; },
        [](BankHeader& h, BankEntry*) { h.channels = 1; },
        [](BankHeader& h, BankEntry*) { h.columns = 0; },
        [](BankHeader& h, BankEntry*) { h.columns = h.rows = 65535; },
        [](BankHeader& h, BankEntry*) { h.pitches = 65535; },
        [](BankHeader& h, BankEntry*) { h.velocities = 17; },
        [](BankHeader& h, BankEntry*) { h.pitch[1] = h.pitch[0]; },
        [](BankHeader& h, BankEntry*) { h.pitch[1] = 200; },
        [](BankHeader& h, BankEntry*) { h.velocity[0] = 0; },
        [](BankHeader&, BankEntry* e) { e[3].offset = ~uint64_t{0} - 3; },
        [](BankHeader&, BankEntry* e) { e[3].offset = 0; },
        [](BankHeader&, BankEntry* e) { e[3].offset += 2; },
        [](BankHeader&, BankEntry* e) { e[3].offset = e[2].offset; },
        [](BankHeader&, BankEntry* e) { e[23].offset += 4; },
        [](BankHeader&, BankEntry* e) { e[3].frames = ~0u; },
        [](BankHeader&, BankEntry* e) { e[3].frames = 0; },
        [](BankHeader&, BankEntry* e) { e[3].frames -= 1; },
        [](BankHeader&, BankEntry* e) { e[3].loop_end = 2001; },
        [](BankHeader&, BankEntry* e) { e[3].loop_start = 1501; },
        [](BankHeader&, BankEntry* e) { e[3].loop_start = 1490; },
        [](BankHeader&, BankEntry* e) { e[3].loop_start += 1; },
        [nan](BankHeader&, BankEntry* e) { e[3].gain = nan; },
        [infinite](BankHeader&, BankEntry* e) { e[3].gain = infinite; },
        [](BankHeader&, BankEntry* e) { e[3].gain = -1.0f; },
        [nan](BankHeader&, BankEntry* e) { e[3].decay = nan; },
        [](BankHeader&, BankEntry* e) { e[3].decay = -1.0f; },
        [infinite](BankHeader&, BankEntry* e) { e[3].release = infinite; },
    };
    size_t number = 0;
    for (const auto& change : changes) {
        store_altered(change);
        BOOST_TEST_CONTEXT("change " << number++) { BOOST_CHECK_THROW(Bank::open(path), BankError); }
    }
}

// Text of arrays within each other, the outermost in an object.
std::string nested(size_t depth) {
    return R"({"a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
}

BOOST_FIXTURE_TEST_CASE(metadata_have_bounds, SmallBankFile) {
    store_metadata(nested(bank_max_json_depth));
    BOOST_CHECK_NO_THROW(Bank::open(path));
    store_metadata(nested(bank_max_json_depth + 1));
    check_error(path, "nested too deeply");
    store_metadata(nested(150000)); // code that walks such a tree overflows the stack
    check_error(path, "nested too deeply");
    store_metadata(std::string(150000, '{'));
    check_error(path, "not a JSON object");

    const auto text = [](size_t size) { return R"({"name":")" + std::string(size, 'x') + R"("})"; };
    store_metadata(text(bank_max_json_text));
    BOOST_TEST(Bank::open(path)->metadata().at("name").get<std::string>().size() == bank_max_json_text);
    store_metadata(text(bank_max_json_text + 1));
    check_error(path, "too long a text");
    store_metadata("{\"" + std::string(bank_max_json_text + 1, 'x') + "\":1}");
    check_error(path, "too long a text");

    const auto list = [](size_t values) { // with the object, the key and the array
        std::string zeros = R"({"a":[0)";
        for (size_t i = 4; i < values; ++i) zeros += ",0";
        return zeros + "]}";
    };
    store_metadata(list(bank_max_json_values));
    BOOST_CHECK_NO_THROW(Bank::open(path));
    store_metadata(list(bank_max_json_values + 1));
    check_error(path, "too many values");
    store_metadata("{" + std::string(bank_max_json, ' ') + "}");
    check_error(path, "invalid metadata size");

    for (const char* json : {"", "[]", "1", "\"name\"", "null", "{\"a\":1}}", "{\"a\":\"\xff\"}"}) {
        store_metadata(json);
        check_error(path, "not a JSON object");
    }
}

BOOST_FIXTURE_TEST_CASE(random_headers_never_crash, SmallBankFile) {
    std::mt19937 random(1);
    for (int i = 0; i < 3000; ++i)
        store_altered([&](BankHeader& h, BankEntry* e) {
            auto* target = random() % 2 ? reinterpret_cast<unsigned char*>(&h) + 8 + random() % (sizeof h - 24)
                                        : reinterpret_cast<unsigned char*>(e) + random() % (24 * sizeof *e);
            *target = static_cast<unsigned char>(random());
            try {
                Bank::open(path);
            } catch (const BankError&) {
            }
        });
}

BOOST_FIXTURE_TEST_CASE(errors_name_the_file_and_the_cause, SmallBankFile) {
    store_altered([](BankHeader& h, BankEntry*) { h.version = 7; });
    check_error(path, "later Timbrel (bank version 7");
    store_altered([](BankHeader& h, BankEntry*) { h.version = 0; });
    check_error(path, "version 0");
    auto packed = bytes;
    std::copy_n(packed_bank_magic, sizeof packed_bank_magic, packed.begin());
    store(packed);
    check_error(path, "timbrel unpack");
    store({});
    check_error(path, "too short");
    store(std::vector<char>(10000, 'x'));
    check_error(path, "not a Timbrel bank");
    check_error(folder.file("missing"), "No such file");
    check_error(folder.file(""), "not a file");
    mkfifo(folder.file("pipe").c_str(), 0600);
    check_error(folder.file("pipe"), "not a file");
}

BOOST_AUTO_TEST_CASE(metadata_must_be_an_object) {
    const TemporaryFolder folder;
    BOOST_CHECK_THROW(BankWriter(folder.file("a"), small_bank().plan(), nlohmann::json::array()), BankError);
    const nlohmann::json long_text{{"name", std::string(bank_max_json_text + 1, 'x')}}; // no reader would open it
    BOOST_CHECK_THROW(BankWriter(folder.file("a"), small_bank().plan(), long_text), BankError);
}

BOOST_AUTO_TEST_CASE(an_unfinished_bank_leaves_no_file) {
    const TemporaryFolder folder;
    const auto path = folder.file("bank.timbrel");
    {
        BankWriter writer(path, small_bank().plan(), nlohmann::json::object());
        BOOST_TEST(!std::filesystem::is_empty(std::filesystem::path(path).parent_path()));
        BOOST_CHECK_THROW(writer.finish(), BankError);
    }
    BOOST_TEST(std::filesystem::is_empty(std::filesystem::path(path).parent_path()));
}

BOOST_AUTO_TEST_CASE(the_writer_refuses_invalid_plans_and_sounds) {
    const TemporaryFolder folder;
    const auto refused = [&](auto change) {
        auto plan = small_bank().plan();
        change(plan);
        BOOST_CHECK_THROW(BankWriter(folder.file("a"), plan, nlohmann::json::object()), BankError);
    };
    refused([](BankPlan& plan) { plan.rate = 1; });
    refused([](BankPlan& plan) { plan.columns = 0; });
    refused([](BankPlan& plan) { plan.rows = 65; });
    refused([](BankPlan& plan) { plan.pitches = {64, 60}; });
    refused([](BankPlan& plan) { plan.velocities = {}; });
    refused([](BankPlan& plan) { plan.shapes.pop_back(); });
    refused([](BankPlan& plan) { plan.shapes[0].loop_end = 5000; });
    refused([](BankPlan& plan) { plan.shapes[0].frames = 1u << 25; });

    BankWriter writer(folder.file("a"), small_bank().plan(), nlohmann::json::object());
    std::vector<float> sound(4000);
    BOOST_CHECK_THROW(writer.put(2, 0, 0, sound, 0, 0), BankError);
    BOOST_CHECK_THROW(writer.put(0, 0, 6, sound, 0, 0), BankError);
    BOOST_CHECK_THROW(writer.put(0, 0, 0, std::span(sound).first(10), 0, 0), BankError);
    BOOST_CHECK_THROW(writer.put(0, 0, 0, sound, -1, 0), BankError);
    sound[7] = NAN;
    BOOST_CHECK_THROW(writer.put(0, 0, 0, sound, 0, 0), BankError);
}

BOOST_AUTO_TEST_CASE(a_full_disk_throws_and_leaves_no_file) {
    const TemporaryFolder folder;
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit small_limit = before;
    small_limit.rlim_cur = 20000;
    setrlimit(RLIMIT_FSIZE, &small_limit);
    BOOST_CHECK_THROW(BankWriter(folder.file("a"), small_bank().plan(), nlohmann::json::object()), BankError);
    setrlimit(RLIMIT_FSIZE, &before);
    BOOST_TEST(std::filesystem::is_empty(folder.file("")));
}

BOOST_AUTO_TEST_CASE(concurrent_writes_give_identical_bytes) {
    const TemporaryFolder folder;
    const auto one = folder.file("one"), two = folder.file("two");
    small_bank().write(one);
    {
        const auto bank = small_bank();
        BankWriter writer(two, bank.plan(), nlohmann::json{{"name", "synthetic"}});
        std::vector<std::thread> threads;
        for (uint32_t cell = 6; cell-- > 0;)
            threads.emplace_back([&, cell] {
                std::vector<float> stereo(4000);
                for (uint32_t p = 2; p-- > 0;)
                    for (uint32_t v = 2; v-- > 0;) {
                        for (uint32_t n = 0; n < 2000; ++n)
                            stereo[2 * n] = stereo[2 * n + 1] = static_cast<float>(
                                bank.sound({bank.pitches[p], bank.velocities[v], cell % 3, cell / 3, n}));
                        writer.put(p, v, cell, stereo, static_cast<float>(cell % 3), 0.2f);
                    }
            });
        for (auto& thread : threads) thread.join();
        writer.finish();
    }
    const auto read = [](const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    BOOST_CHECK(read(one) == read(two));
}
