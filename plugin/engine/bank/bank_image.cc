// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/bank/bank_image.h"

#include "plugin/engine/bank/bank_error.h"
#include "plugin/engine/bank/bank_layout.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <sys/mman.h>
#include <unistd.h>

namespace timbrel::engine {

namespace {

constexpr uint64_t compared_bytes = 64 << 10; // at once

uint64_t page_bytes() {
    static const auto bytes = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
    return bytes;
}

// One page more than the file: loops over whole SIMD registers read beyond the last frame.
uint64_t pages_of_file(uint64_t bytes) { return (bytes + page_bytes() - 1) / page_bytes() + 1; }

std::mutex shared_mutex; // guards the images that open() finds
std::vector<std::weak_ptr<BankImage>> shared_images;

} // namespace

BankImage::BankImage(const std::string& path) : file_(path) {
    if (const int error = file_.identify(identity_)) throw BankError(path + ": " + std::strerror(error));
    bytes_ = identity_.bytes;
    check_header();
    holders_.resize(pages_of_file(bytes())); // first, because it may throw and reserve() is undone by the destructor
    reserve();
}

BankImage::~BankImage() { munmap(data_, holders_.size() * page_bytes()); }

void BankImage::check_header() const {
    BankHeader header;
    if (const int error = file_.read(&header, 0, sizeof header))
        throw BankError(file_.path() + ": " + std::strerror(error));
    if (const auto error = file_error(header, bytes()); !error.empty()) throw BankError(file_.path() + ": " + error);
}

// Without access at first and then unlocked: in a host that locks all memory to come, as with mlockall(), the system
// would otherwise fill and lock the whole of it.
void BankImage::reserve() {
    const uint64_t size = pages_of_file(bytes()) * page_bytes();
    void* const memory = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw BankError(file_.path() + ": " + std::strerror(errno));
    data_ = static_cast<std::byte*>(memory);
    munlock(data_, size);
    // A huge page would be filled whole for a single page that is held.
    static_cast<void>(madvise(data_, size, MADV_NOHUGEPAGE));
    if (mprotect(data_, size, PROT_READ | PROT_WRITE) == 0) return;
    const int error = errno;
    munmap(data_, size);
    throw BankError(file_.path() + ": " + std::strerror(error));
}

std::shared_ptr<BankImage> BankImage::open(const std::string& path) {
    std::shared_ptr<BankImage> image(new BankImage(path));
    const std::lock_guard lock(shared_mutex);
    std::erase_if(shared_images, [](const auto& shared) { return shared.expired(); });
    for (const auto& candidate : shared_images)
        if (auto shared = candidate.lock()) {
            const std::lock_guard image_lock(shared->mutex_);
            if (shared->identity_.same_contents(image->identity_) && shared->is_unchanged()) return shared;
        }
    image->load_head(bank_page);
    return image;
}

void BankImage::share(const std::shared_ptr<BankImage>& image) {
    const std::lock_guard lock(shared_mutex);
    const auto same = [&](const auto& shared) { return shared.lock() == image; };
    if (std::ranges::none_of(shared_images, same)) shared_images.push_back(image);
}

void BankImage::load_head(uint64_t bytes) {
    if (bytes <= head_bytes_) return;
    if (!hold(pages(head_bytes_, bytes - head_bytes_))) throw BankError(file_.path() + ": " + fault_text());
    head_bytes_ = bytes;
}

PageRange BankImage::pages(uint64_t offset, uint64_t bytes) {
    const uint64_t first = offset / page_bytes(), end = (offset + bytes + page_bytes() - 1) / page_bytes();
    return {first, end - first};
}

std::vector<PageRange> BankImage::missing_runs(PageRange pages) const {
    std::vector<PageRange> runs;
    for (uint64_t page = pages.first; page < pages.first + pages.count; ++page) {
        if (holders_[page] > 0) continue;
        if (runs.empty() || runs.back().first + runs.back().count != page) runs.push_back({page, 0});
        ++runs.back().count;
    }
    return runs;
}

bool BankImage::hold(PageRange pages) {
    const std::lock_guard lock(mutex_);
    const auto missing = missing_runs(pages);
    if (!missing.empty() && !read_pages(missing)) {
        for (const PageRange run : missing) evict(run);
        return false;
    }
    for (uint64_t page = pages.first; page < pages.first + pages.count; ++page) ++holders_[page];
    return true;
}

void BankImage::release(PageRange pages) {
    const std::lock_guard lock(mutex_);
    PageRange unused{pages.first, 0};
    for (uint64_t page = pages.first; page < pages.first + pages.count; ++page) {
        if (--holders_[page] == 0) {
            ++unused.count;
            continue;
        }
        evict(unused);
        unused = {page + 1, 0};
    }
    evict(unused);
}

// With mutex_ locked, as the next one. Remembers the page that could not be read, so that recover() tries it.
bool BankImage::read(void* to, uint64_t offset, uint64_t bytes) {
    uint64_t failed_at = 0;
    const int error = file_.read(to, offset, bytes, &failed_at);
    if (error == 0) return true;
    failed_page_ = failed_at / page_bytes();
    return fail(error);
}

// Reads pages that no voice has been promised yet.
bool BankImage::read_pages(std::span<const PageRange> runs) {
    if (!is_unchanged()) return false;
    for (const PageRange run : runs) {
        const uint64_t from = run.first * page_bytes();
        const uint64_t to = std::min(bytes(), from + run.count * page_bytes());
        if (from < to && !read(data_ + from, from, to - from)) return false;
        // Bytes after the end of the file: a voice must not be the first to touch them.
        const uint64_t end = (run.first + run.count) * page_bytes();
        if (to < end) std::memset(data_ + std::max(from, to), 0, end - std::max(from, to));
    }
    return is_unchanged();
}

void BankImage::evict(PageRange pages) const {
    if (pages.count > 0)
        static_cast<void>(madvise(data_ + pages.first * page_bytes(), pages.count * page_bytes(), MADV_DONTNEED));
}

void BankImage::touch(PageRange pages) const {
    std::byte* const from = data_ + pages.first * page_bytes();
    if (madvise(from, pages.count * page_bytes(), MADV_POPULATE_READ) == 0 || errno != EINVAL) return;
    for (uint64_t page = 0; page < pages.count; ++page) // kernels before 5.14
        static_cast<void>(*const_cast<const volatile std::byte*>(from + page * page_bytes()));
}

bool BankImage::copy(void* to, uint64_t offset, uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    if (!is_unchanged()) return false;
    return read(to, offset, bytes) && is_unchanged();
}

bool BankImage::lock(PageRange pages) const {
    return mlock(data_ + pages.first * page_bytes(), pages.count * page_bytes()) == 0;
}

void BankImage::remove_locker() {
    if (--lockers_ == 0) munlock(data_, holders_.size() * page_bytes());
}

// With mutex_ locked, as the next three.
bool BankImage::is_unchanged() {
    if (!readable()) return false;
    FileIdentity now;
    if (const int error = file_.identify(now)) return fail(error);
    if (now == identity_) return true;
    if (!now.same_contents(identity_) || !has_same_head(file_)) return fail(ENODATA);
    identity_ = now;
    return true;
}

bool BankImage::has_same_head(const BankFile& file) const {
    std::vector<std::byte> part(compared_bytes);
    for (uint64_t done = 0; done < head_bytes_; done += compared_bytes) {
        const uint64_t count = std::min(compared_bytes, head_bytes_ - done);
        if (file.read(part.data(), done, count) != 0) return false;
        if (std::memcmp(part.data(), data_ + done, count) != 0) return false;
    }
    return true;
}

bool BankImage::fail(int error) {
    FileIdentity now;
    const bool changed = error == ENODATA || (file_.identify(now) == 0 && !now.same_contents(identity_));
    error_ = error;
    fault_ = changed ? Fault::changed : Fault::unreadable;
    return false;
}

void BankImage::poll(std::chrono::milliseconds interval) {
    const std::lock_guard lock(poll_mutex_);
    const auto time = std::chrono::steady_clock::now();
    if (time - polled_ < interval) return;
    polled_ = time;
    {
        const std::lock_guard image_lock(mutex_);
        if (is_unchanged()) {
            seen_ = seen_at_path_ = identity_;
            replaced_ = false;
            return;
        }
    }
    FileIdentity now, now_at_path;
    if (recover(file_, seen_, now)) return;
    seen_ = now;
    try {
        BankFile at_path(file_.path());
        if (recover(at_path, seen_at_path_, now_at_path)) return;
    } catch (const BankError&) {
        // There is no file.
    }
    replaced_ = now_at_path.bytes > 0 && now_at_path == seen_at_path_;
    seen_at_path_ = now_at_path;
}

// Whether the file has the image's contents again and did not change since the last poll, at which it was `last_seen`.
// Then reads from it from now on. A file that is being written has the right head before it has the right sound.
bool BankImage::recover(BankFile& file, const FileIdentity& last_seen, FileIdentity& now) {
    const std::lock_guard lock(mutex_);
    if (file.identify(now) != 0 || now != last_seen || now.bytes != bytes() || !has_same_head(file)) return false;
    std::vector<std::byte> page(page_bytes());
    const uint64_t offset = failed_page_ * page_bytes();
    if (offset < bytes() && file.read(page.data(), offset, std::min(page_bytes(), bytes() - offset)) != 0) return false;
    if (&file != &file_) file_.replace_by(file);
    identity_ = now;
    fault_ = Fault::none;
    return true;
}

bool BankImage::replaced() const {
    const std::lock_guard lock(poll_mutex_);
    return replaced_ && !readable();
}

void BankImage::mark_as_other_bank() {
    const std::lock_guard lock(mutex_);
    if (!readable()) fault_ = Fault::other_bank;
}

bool BankImage::is_other_bank() const { return fault_ == Fault::other_bank; }

std::string BankImage::fault_text() const {
    const std::lock_guard lock(mutex_);
    if (readable()) return "";
    return fault_ == Fault::unreadable ? std::strerror(error_) : "changed on the disk";
}

} // namespace timbrel::engine
