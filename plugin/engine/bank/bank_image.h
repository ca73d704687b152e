// SPDX-License-Identifier: GPL-3.0-or-later
// A bank's bytes in private memory, at the offsets that they have in the file. A page is read from the disk when it is
// first held and leaves memory when nobody holds it any more; whatever happens to the file, what is held stays. All
// banks of a process that were opened from the same file share one image.
// Threads: control, worker; several at once, except where noted.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/bank/bank_file.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace timbrel::engine {

// Pages of the system's size, counted from the beginning of the file.
struct PageRange {
    uint64_t first = 0, count = 0;
};

class BankImage {
  public:
    // The image of a file: a shared one if the file was opened before and has not changed since. Its memory is empty
    // but for the first bank_page bytes. Throws BankError, before it allocates memory for the file's size, when the
    // header is not that of a bank of this size.
    static std::shared_ptr<BankImage> open(const std::string& path);
    ~BankImage();
    BankImage(const BankImage&) = delete;
    BankImage& operator=(const BankImage&) = delete;

    // Reads the first `bytes`, which then stay: everything before the PCM. Throws BankError. Called before the image is
    // used otherwise, by one thread.
    void load_head(uint64_t bytes);
    // Lets later calls of open() find this image. Called once its head is found to be right.
    static void share(const std::shared_ptr<BankImage>& image);

    uint64_t bytes() const { return bytes_; }
    // Any. Pages that nobody holds, and bytes after the end of the file, read as 0.
    const std::byte* data() const noexcept TIMBREL_REALTIME { return data_; }

    // The pages of some bytes; up to one page after the end of the file.
    static PageRange pages(uint64_t offset, uint64_t bytes);
    // Reads those pages that nobody holds yet, and keeps all of them in memory until release(). Waits for the disk.
    // False, with nothing held, when a page cannot be read or the file has changed.
    bool hold(PageRange pages);
    void release(PageRange pages);
    // Keeps held pages from being swapped out for a while.
    void touch(PageRange pages) const;
    // Asks the system to read bytes of the file soon; does not wait for the disk.
    void prefetch(uint64_t offset, uint64_t bytes) const { file_.prefetch(offset, bytes); }
    // Copies bytes of the file, whether held or not. False as hold().
    bool copy(void* to, uint64_t offset, uint64_t bytes);

    // Locks held pages in memory; between add_locker() and remove_locker(), of which the last unlocks all. False when
    // the user's limit does not permit it.
    bool lock(PageRange pages) const;
    void add_locker() { ++lockers_; }
    void remove_locker();

    // Any. False from the moment that a change or an error was noticed until poll() finds the file as it was.
    bool readable() const noexcept TIMBREL_REALTIME { return fault_.load() == Fault::none; }
    // Examines the file unless that was done less than `interval` ago: notices changes, and whether the file, or
    // another one at its path, is as it was again and stayed so for the interval. Waits for the disk.
    void poll(std::chrono::milliseconds interval);
    // While not readable: whether the file at the path stayed the same between the last two polls.
    bool replaced() const;
    // Whether that file was found to be another bank; from mark_as_other_bank() on until readable.
    bool is_other_bank() const;
    void mark_as_other_bank();
    // What is wrong with the file, a few words; empty while readable.
    std::string fault_text() const;

  private:
    enum class Fault { none, changed, unreadable, other_bank };

    explicit BankImage(const std::string& path);
    void check_header() const;
    void reserve();
    std::vector<PageRange> missing_runs(PageRange pages) const;
    bool read(void* to, uint64_t offset, uint64_t bytes);
    bool read_pages(std::span<const PageRange> runs);
    void evict(PageRange pages) const;
    bool is_unchanged();
    bool has_same_head(const BankFile& file) const;
    bool fail(int error);
    bool recover(BankFile& file, const FileIdentity& last_seen, FileIdentity& now);

    BankFile file_;
    uint64_t bytes_ = 0;
    std::byte* data_ = nullptr;
    uint64_t head_bytes_ = 0;
    std::atomic<uint32_t> lockers_{0};

    mutable std::mutex mutex_;              // guards the members below
    FileIdentity identity_;                 // of the file whose contents the image has
    std::vector<uint32_t> holders_;         // of each page
    std::atomic<Fault> fault_{Fault::none}; // written under the mutex
    int error_ = 0;                         // number of the error that made the file unreadable
    uint64_t failed_page_ = 0;              // the page at which that error came

    mutable std::mutex poll_mutex_; // guards the members below; locked before mutex_
    std::chrono::steady_clock::time_point polled_;
    FileIdentity seen_, seen_at_path_; // at the last poll
    bool replaced_ = false;
};

} // namespace timbrel::engine
