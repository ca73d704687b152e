// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/bank/bank.h"

#include "plugin/engine/bank/bank_layout.h"
#include "plugin/engine/bank/bank_metadata.h"
#include "plugin/engine/dsp/simd.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace timbrel::engine {

namespace {

[[noreturn]] void fail(const std::string& path, const std::string& reason) { throw BankError(path + ": " + reason); }

struct OpenFile {
    int descriptor;
    ~OpenFile() {
        if (descriptor >= 0) close(descriptor);
    }
};

// One page more than the file: loops over whole SIMD registers read beyond the last frame.
size_t mapped_bytes(uint64_t file_bytes) {
    const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
    return (file_bytes + page - 1) / page * page + page;
}

// The whole pages that contain the bytes.
std::span<char> pages_of(const std::byte* from, const std::byte* to) {
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto first = reinterpret_cast<uintptr_t>(from) / page * page;
    return {reinterpret_cast<char*>(first), reinterpret_cast<uintptr_t>(to) - first};
}

void populate(std::span<char> pages) {
    if (madvise(pages.data(), pages.size(), MADV_POPULATE_READ) == 0 || errno != EINVAL) return;
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    for (size_t offset = 0; offset < pages.size(); offset += page) // kernels before 5.14
        static_cast<void>(*const_cast<const volatile char*>(&pages[offset]));
}

} // namespace

Bank::Bank(std::string path) : path_(std::move(path)) {}

Bank::~Bank() {
    if (data_) munmap(const_cast<std::byte*>(data_), mapped_bytes(bytes_));
}

std::shared_ptr<const Bank> Bank::open(const std::string& path) {
    std::shared_ptr<Bank> bank(new Bank(path));
    bank->map();
    bank->check_header();
    bank->check_index();
    bank->read_metadata();
    return bank;
}

void Bank::map() {
    // O_NONBLOCK: opening a FIFO must not block; fstat rejects it below.
    const OpenFile file{::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    if (file.descriptor < 0) fail(path_, std::strerror(errno));
    struct stat status {};
    if (fstat(file.descriptor, &status) != 0) fail(path_, std::strerror(errno));
    if (!S_ISREG(status.st_mode)) fail(path_, "not a file");
    if (status.st_size < static_cast<off_t>(bank_page)) fail(path_, "not a Timbrel bank, too short");
    bytes_ = static_cast<uint64_t>(status.st_size);
    void* memory = mmap(nullptr, mapped_bytes(bytes_), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail(path_, std::strerror(errno));
    data_ = static_cast<const std::byte*>(memory);
    if (mmap(memory, bytes_, PROT_READ, MAP_SHARED | MAP_FIXED, file.descriptor, 0) == MAP_FAILED)
        fail(path_, std::strerror(errno));
    populate(pages_of(data_ + bytes_, data_ + mapped_bytes(bytes_)));
    header_ = reinterpret_cast<const BankHeader*>(data_);
}

void Bank::check_header() const {
    if (std::memcmp(header_->magic, packed_bank_magic, sizeof packed_bank_magic) == 0)
        fail(path_, "packed for sharing; make a bank of it with timbrel unpack");
    if (std::memcmp(header_->magic, bank_magic, sizeof bank_magic) != 0) fail(path_, "not a Timbrel bank");
    if (const auto error = version_error(header_->version); !error.empty()) fail(path_, error);
    if (header_->header_bytes != bank_page) fail(path_, "invalid header size");
    if (const auto error = header_error(*header_); !error.empty()) fail(path_, error);
    if (const auto error = regions_error(*header_, bytes_); !error.empty()) fail(path_, error);
    if (hash_head({data_, header_->pcm_offset}) != header_->head_hash)
        fail(path_, "altered or damaged (checksum); copy or bake it again");
}

void Bank::check_index() const {
    const auto* index = reinterpret_cast<const BankEntry*>(data_ + header_->index_offset);
    if (const auto error = index_error(*header_, index); !error.empty()) fail(path_, error);
}

void Bank::read_metadata() {
    index_ = reinterpret_cast<const BankEntry*>(data_ + header_->index_offset);
    const std::string_view text(reinterpret_cast<const char*>(data_ + header_->json_offset), header_->json_bytes);
    if (const auto error = metadata_error(text); !error.empty()) fail(path_, error);
    metadata_ = std::make_unique<const nlohmann::json>(parse_metadata(text));
}

void Bank::prefetch(const BankEntry& entry, uint32_t first, uint32_t frames) const {
    const auto* from = data_ + entry.offset + uint64_t{first} * bank_frame_bytes;
    const auto pages = pages_of(from, from + uint64_t{frames} * bank_frame_bytes);
    static_cast<void>(madvise(pages.data(), pages.size(), MADV_WILLNEED));
}

void Bank::page_in(const BankEntry& entry, uint32_t first, uint32_t frames) const {
    // Loops over whole SIMD registers read up to simd_slack frames further.
    page_in_bytes(entry.offset + uint64_t{first} * bank_frame_bytes, uint64_t{frames + simd_slack} * bank_frame_bytes);
}

void Bank::page_in_bytes(uint64_t offset, uint64_t bytes) const {
    populate(pages_of(data_ + offset, data_ + offset + bytes));
}

bool Bank::lock(const BankEntry& entry, uint32_t first, uint32_t frames) const {
    const auto* from = data_ + entry.offset + uint64_t{first} * bank_frame_bytes;
    const auto pages = pages_of(from, from + uint64_t{frames + simd_slack} * bank_frame_bytes);
    return mlock(pages.data(), pages.size()) == 0;
}

bool Bank::lock_index() const { return mlock(data_, header_->pcm_offset) == 0; }

void Bank::unlock() const { munlock(data_, bytes_); }

void Bank::evict(const BankEntry& entry, uint32_t first, uint32_t frames) const {
    // Only whole pages: neighbours on the same page may be locked or about to be played.
    const uint64_t from = round_to_page(entry.offset + uint64_t{first} * bank_frame_bytes);
    const uint64_t to = (entry.offset + uint64_t{first + frames} * bank_frame_bytes) / bank_page * bank_page;
    if (from >= to) return;
    auto* const pages = const_cast<std::byte*>(data_) + from;
    static_cast<void>(madvise(pages, to - from, MADV_PAGEOUT)); // fails on kernels before 5.4
}

void Bank::verify_pcm() const {
    if (hash_pcm({data_ + header_->pcm_offset, header_->pcm_bytes}) != header_->pcm_hash)
        fail(path_, "its sound was altered or damaged (checksum); copy or bake it again");
}

} // namespace timbrel::engine
