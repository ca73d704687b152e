// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/bank/bank.h"

#include "plugin/engine/bank/bank_layout.h"
#include "plugin/engine/bank/bank_metadata.h"
#include "plugin/engine/dsp/simd.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <exception>

namespace timbrel::engine {

namespace {

constexpr uint64_t verified_bytes = 1 << 20; // at once

[[noreturn]] void fail(const std::string& path, const std::string& reason) { throw BankError(path + ": " + reason); }

} // namespace

Bank::Bank(std::string path)
    : path_(std::move(path)), image_(BankImage::open(path_)),
      header_(reinterpret_cast<const BankHeader*>(image_->data())) {}

std::shared_ptr<const Bank> Bank::open(const std::string& path) {
    std::shared_ptr<Bank> bank(new Bank(path));
    bank->check_header();
    bank->check_index();
    bank->read_metadata();
    BankImage::share(bank->image_);
    return bank;
}

void Bank::check_header() const {
    // The image has checked the file's header; another program may have written to the file since.
    if (const auto error = file_error(*header_, file_bytes()); !error.empty()) fail(path_, error);
    image_->load_head(header_->pcm_offset);
    if (hash_head({image_->data(), header_->pcm_offset}) != header_->head_hash)
        fail(path_, "altered or damaged (checksum); copy or bake it again");
}

void Bank::check_index() const {
    const auto* index = reinterpret_cast<const BankEntry*>(image_->data() + header_->index_offset);
    if (const auto error = index_error(*header_, index); !error.empty()) fail(path_, error);
}

void Bank::read_metadata() {
    index_ = reinterpret_cast<const BankEntry*>(image_->data() + header_->index_offset);
    const std::string_view text(reinterpret_cast<const char*>(image_->data() + header_->json_offset),
                                header_->json_bytes);
    if (const auto error = metadata_error(text); !error.empty()) fail(path_, error);
    metadata_ = std::make_unique<const nlohmann::json>(parse_metadata(text));
}

std::vector<int16_t> Bank::read_pcm(const BankEntry& entry) const {
    std::vector<int16_t> pcm(size_t{entry.frames} * 2);
    if (!image_->copy(pcm.data(), entry.offset, uint64_t{entry.frames} * bank_frame_bytes))
        fail(path_, image_->fault_text());
    return pcm;
}

PageRange Bank::pages(const BankEntry& entry, uint32_t first, uint32_t frames) const {
    return BankImage::pages(entry.offset + uint64_t{first} * bank_frame_bytes,
                            uint64_t{frames + simd_padding} * bank_frame_bytes);
}

void Bank::prefetch(const BankEntry& entry, uint32_t first, uint32_t frames) const {
    image_->prefetch(entry.offset + uint64_t{first} * bank_frame_bytes, uint64_t{frames} * bank_frame_bytes);
}

bool Bank::lock_head() const { return image_->lock(BankImage::pages(0, header_->pcm_offset)); }

std::string Bank::check_file(std::chrono::milliseconds interval) const {
    image_->poll(interval);
    if (image_->replaced() && !image_->is_other_bank()) {
        try {
            if (open(path_)->head_hash() != head_hash()) image_->mark_as_other_bank();
        } catch (const std::exception&) {
            // What lies there is no bank, or a file too large to be one.
        }
    }
    if (image_->readable()) return "";
    if (image_->is_other_bank()) return path_ + ": holds another bank now; load it to play it";
    return path_ + ": " + image_->fault_text() + "; only what is in memory sounds until the file is as it was";
}

void Bank::verify_pcm() const {
    std::vector<std::byte> part(verified_bytes);
    PcmHash hash;
    for (uint64_t done = 0; done < header_->pcm_bytes; done += verified_bytes) {
        const uint64_t count = std::min(verified_bytes, header_->pcm_bytes - done);
        if (!image_->copy(part.data(), header_->pcm_offset + done, count)) fail(path_, image_->fault_text());
        hash.add(std::span(part).first(count));
    }
    if (hash.value() != header_->pcm_hash)
        fail(path_, "its sound was altered or damaged (checksum); copy or bake it again");
}

} // namespace timbrel::engine
