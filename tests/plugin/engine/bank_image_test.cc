// SPDX-License-Identifier: GPL-3.0-or-later
// A bank's memory: what is held, what banks of one file share, and what is read of a file that changes.
#define BOOST_TEST_MODULE bank_image
#include "tests/plugin/engine/support/failing_reads.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include "plugin/engine/bank/bank_error.h"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <fstream>
#include <functional>

#include <sys/mman.h>
#include <unistd.h>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

struct StoredBank {
    StoredBank() {
        SyntheticBank bank;
        bank.columns = 3;
        bank.shape = {20000, 500, 15000};
        bank.sound = [](const SamplePosition& at) { return 0.25 * (1 + at.column) * sine(100.0, at.frame); };
        bank.write(path);
    }
    // Writes the same contents again.
    void rewrite() const {
        std::ifstream in(path, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), {}};
        std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    }
    TemporaryFolder folder;
    std::string path = folder.file("bank.timbrel");
};

bool in_memory(const Bank& bank, const BankEntry& entry, std::span<const int16_t> pcm) {
    return std::memcmp(bank.pcm(entry), pcm.data(), pcm.size_bytes()) == 0;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(only_what_is_held_is_in_memory, StoredBank) {
    const auto bank = Bank::open(path);
    const auto& entry = bank->entry(0, 1);
    const auto pcm = bank->read_pcm(entry);
    BOOST_TEST(!in_memory(*bank, entry, pcm));
    const PageRange all = bank->pages(entry, 0, entry.frames), half = bank->pages(entry, 0, entry.frames / 2);
    BOOST_REQUIRE(bank->image().hold(half));
    BOOST_TEST(in_memory(*bank, entry, std::span(pcm).first(entry.frames)));
    BOOST_TEST(!in_memory(*bank, entry, pcm));
    BOOST_REQUIRE(bank->image().hold(all));
    BOOST_TEST(in_memory(*bank, entry, pcm));
    bank->image().release(all);
    BOOST_TEST(in_memory(*bank, entry, std::span(pcm).first(entry.frames)));
    BOOST_TEST(!in_memory(*bank, entry, pcm));
    bank->image().release(half);
    BOOST_TEST(std::ranges::count(std::span(bank->pcm(entry), pcm.size()), 0) > std::ssize(pcm) / 2);
}

BOOST_FIXTURE_TEST_CASE(banks_of_the_same_file_share_their_memory, StoredBank) {
    const auto first = Bank::open(path);
    std::filesystem::create_hard_link(path, folder.file("link"));
    const auto second = Bank::open(folder.file("link"));
    BOOST_TEST(&first->image() == &second->image());
    BOOST_TEST(second->path() == folder.file("link"));

    const auto& entry = second->entry(0, 2);
    const auto pcm = second->read_pcm(entry);
    const PageRange pages = first->pages(entry, 0, entry.frames);
    BOOST_REQUIRE(first->image().hold(pages));
    BOOST_REQUIRE(second->image().hold(pages));
    first->image().release(pages);
    BOOST_TEST(in_memory(*first, entry, pcm));
    second->image().release(pages);
    BOOST_TEST(!in_memory(*first, entry, pcm));

    rewrite(); // the same contents, but they might be others
    BOOST_TEST(&Bank::open(path)->image() != &first->image());
}

BOOST_FIXTURE_TEST_CASE(a_file_that_changed_is_not_read, StoredBank) {
    const auto bank = Bank::open(path);
    std::filesystem::resize_file(path, 8192);
    const auto is_right = [&](const BankError& error) { return error.what() == path + ": changed on the disk"; };
    BOOST_CHECK_EXCEPTION(bank->read_pcm(bank->entry(0, 0)), BankError, is_right);
    BOOST_CHECK_EXCEPTION(bank->verify_pcm(), BankError, is_right);
    BOOST_TEST(!bank->image().hold(bank->pages(bank->entry(0, 0), 0, 100)));
    BOOST_TEST(bank->metadata().at("name") == "synthetic");
    BOOST_TEST(bank->entry(0, 2).frames == 20000u);
}

// The first bytes of what could not be read are no sign that the rest can be read again.
BOOST_FIXTURE_TEST_CASE(a_file_is_unreadable_until_the_page_that_failed_is_read, StoredBank) {
    const auto bank = Bank::open(path);
    const BankEntry& entry = bank->entry(0, 2);
    const uint64_t bytes = uint64_t{entry.frames} * bank_frame_bytes;
    const std::function<bool()> hold = [&] { return bank->image().hold(bank->pages(entry, 0, entry.frames)); };
    const std::function<bool()> copy = [&] {
        std::vector<std::byte> pcm(bytes);
        return bank->image().copy(pcm.data(), entry.offset, bytes);
    };
    for (const auto& read : {copy, hold}) {
        fail_reads(ReadFault::io_error, static_cast<off_t>(entry.offset + bytes - bank_page));
        BOOST_TEST(!read());
        for (int poll = 0; poll < 3; ++poll)
            BOOST_TEST(bank->check_file({}).starts_with(path + ": Input/output error"));
        fail_reads(ReadFault::none);
        for (int poll = 0; poll < 2; ++poll) bank->check_file({});
        BOOST_TEST(bank->check_file({}) == "");
        BOOST_TEST(read());
    }
}

// In memory, where files may have any size.
BOOST_FIXTURE_TEST_CASE(a_file_that_grows_beyond_all_memory_is_reported, StoredBank) {
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const int file = memfd_create("bank", MFD_CLOEXEC);
    BOOST_REQUIRE(write(file, bytes.data(), bytes.size()) == std::ssize(bytes));
    const std::string name = "/proc/self/fd/" + std::to_string(file);
    const auto bank = Bank::open(name);
    BOOST_TEST(bank->check_file({}) == "");
    BOOST_REQUIRE(ftruncate(file, off_t{1} << 62) == 0);
    for (int poll = 0; poll < 4; ++poll) BOOST_TEST(bank->check_file({}).starts_with(name + ": changed on the disk"));
    close(file);
}

// Sparse files of any size take no memory: the header is checked before anything is allocated by the file's size.
BOOST_FIXTURE_TEST_CASE(a_file_of_another_size_than_its_header_says_is_refused_at_once, StoredBank) {
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const std::string size = std::to_string(bytes.size()), huge = std::to_string(uint64_t{1} << 62);
    for (const auto& [head, reason] :
         {std::pair{bytes, ": is " + huge + " bytes long instead of " + size + "; copy or bake it again"},
          std::pair{std::string(bytes.size(), 'x'), std::string(": not a Timbrel bank")}}) {
        const int file = memfd_create("bank", MFD_CLOEXEC);
        BOOST_REQUIRE(write(file, head.data(), head.size()) == std::ssize(head));
        BOOST_REQUIRE(ftruncate(file, off_t{1} << 62) == 0);
        const std::string name = "/proc/self/fd/" + std::to_string(file);
        BOOST_CHECK_EXCEPTION(Bank::open(name), BankError,
                              [&](const BankError& error) { return error.what() == name + reason; });
        close(file);
    }
}
