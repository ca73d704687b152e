// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/bank/bank_writer.h"

#include "common/atomic_file.h"
#include "common/error.h"
#include "plugin/engine/bank/bank_error.h"
#include "plugin/engine/bank/bank_layout.h"
#include "plugin/engine/bank/bank_metadata.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>

#include <unistd.h>

namespace timbrel::engine {

struct BankWriter::Impl {
    std::string path;
    BankHeader header{};
    std::string json;
    std::vector<BankEntry> index;
    std::vector<std::byte> after_index;
    std::vector<char> written; // for each entry; char, because threads must not share a vector<bool>'s byte
    std::unique_ptr<AtomicFile> file;

    [[noreturn]] void fail(const std::string& reason) const { throw BankError(path + ": " + reason); }
    [[noreturn]] void fail_with_errno(int error) const { fail(std::strerror(error)); }

    void fill_header(const BankPlan& plan);
    void lay_out(const BankPlan& plan);
    void create();
    void write(const void* data, size_t bytes, uint64_t offset) const;
    uint64_t hash_written_pcm() const;
    void write_head();
    void publish();
};

void BankWriter::Impl::fill_header(const BankPlan& plan) {
    if (plan.pitches.size() > bank_max_pitches || plan.velocities.size() > bank_max_velocities)
        fail("too many pitches or velocities");
    if (plan.shapes.size() != plan.pitches.size()) fail("needs one shape for each pitch");
    std::memcpy(header.magic, bank_magic, sizeof bank_magic);
    header.version = bank_version;
    header.header_bytes = bank_page;
    header.rate = plan.rate;
    header.channels = 2;
    header.columns = plan.columns;
    header.rows = plan.rows;
    header.pitches = static_cast<uint16_t>(plan.pitches.size());
    header.velocities = static_cast<uint16_t>(plan.velocities.size());
    std::copy(plan.pitches.begin(), plan.pitches.end(), header.pitch);
    std::copy(plan.velocities.begin(), plan.velocities.end(), header.velocity);
    if (const auto error = header_error(header); !error.empty()) fail(error);
}

void BankWriter::Impl::lay_out(const BankPlan& plan) {
    const size_t cells = size_t{header.columns} * header.rows;
    header.index_entries = cells * header.pitches * header.velocities;
    header.json_offset = bank_page;
    header.json_bytes = json.size();
    constexpr uint64_t alignment = alignof(BankEntry);
    header.index_offset = (header.json_offset + header.json_bytes + alignment - 1) / alignment * alignment;
    header.pcm_offset =
        round_to_page(header.index_offset + header.index_entries * sizeof(BankEntry) + after_index.size());
    uint64_t offset = header.pcm_offset;
    index.reserve(header.index_entries);
    for (const auto& shape : plan.shapes)
        for (size_t i = 0; i < cells * header.velocities; ++i) {
            index.push_back({offset, shape.frames, shape.loop_start, shape.loop_end, 0.0f, 0.0f, 0.0f});
            offset += uint64_t{shape.frames} * bank_frame_bytes;
        }
    header.pcm_bytes = offset - header.pcm_offset;
    header.file_bytes = offset;
    written.assign(index.size(), 0);
    if (const auto error = regions_error(header, header.file_bytes); !error.empty()) fail(error);
    if (const auto error = index_error(header, index.data()); !error.empty()) fail(error);
}

void BankWriter::Impl::create() {
    try {
        file = std::make_unique<AtomicFile>(path);
        file->reserve(header.file_bytes); // now, so that a bake cannot run out of disk space halfway
    } catch (const Error& error) {
        throw BankError(error.what());
    }
}

void BankWriter::Impl::write(const void* data, size_t bytes, uint64_t offset) const {
    const auto* from = static_cast<const char*>(data);
    while (bytes > 0) {
        const ssize_t count = pwrite(file->descriptor(), from, bytes, static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail_with_errno(errno);
        from += count;
        bytes -= static_cast<size_t>(count);
        offset += static_cast<uint64_t>(count);
    }
}

uint64_t BankWriter::Impl::hash_written_pcm() const {
    std::vector<std::byte> part(1 << 20);
    PcmHash hash;
    for (uint64_t done = 0; done < header.pcm_bytes;) {
        const size_t wanted = std::min<uint64_t>(part.size(), header.pcm_bytes - done);
        const auto offset = static_cast<off_t>(header.pcm_offset + done);
        const ssize_t count = pread(file->descriptor(), part.data(), wanted, offset);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) fail_with_errno(count < 0 ? errno : ENODATA);
        hash.add(std::span(part).first(static_cast<size_t>(count)));
        done += static_cast<uint64_t>(count);
    }
    return hash.value();
}

void BankWriter::Impl::write_head() {
    std::vector<std::byte> head(header.pcm_offset);
    std::memcpy(head.data(), &header, sizeof header);
    std::memcpy(head.data() + header.json_offset, json.data(), json.size());
    const uint64_t index_bytes = index.size() * sizeof(BankEntry);
    std::memcpy(head.data() + header.index_offset, index.data(), index_bytes);
    std::ranges::copy(after_index, head.data() + header.index_offset + index_bytes);
    header.head_hash = hash_head(head);
    std::memcpy(head.data(), &header, sizeof header);
    write(head.data(), head.size(), 0);
}

void BankWriter::Impl::publish() {
    try {
        file->finish();
    } catch (const Error& error) {
        throw BankError(error.what());
    }
}

EncodedCell encode_cell(std::span<const float> stereo) {
    EncodedCell cell{std::vector<int16_t>(stereo.size()), 0.0f};
    for (const float sample : stereo) {
        if (!std::isfinite(sample)) return {std::move(cell.pcm), std::numeric_limits<float>::quiet_NaN()};
        cell.gain = std::max(cell.gain, std::abs(sample));
    }
    const float scale = cell.gain > 1e-20f ? 32767.0f / cell.gain : 0.0f; // avoids an overflow of the quotient
    std::transform(stereo.begin(), stereo.end(), cell.pcm.begin(),
                   [scale](float sample) { return static_cast<int16_t>(std::lrint(sample * scale)); });
    return cell;
}

BankWriter::BankWriter(std::string path, const BankPlan& plan, const nlohmann::json& metadata,
                       std::span<const std::byte> after_index)
    : impl_(std::make_unique<Impl>()) {
    impl_->path = std::move(path);
    impl_->after_index.assign(after_index.begin(), after_index.end());
    impl_->json = metadata.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (const auto error = metadata_error(impl_->json); !error.empty()) impl_->fail(error);
    impl_->fill_header(plan);
    impl_->lay_out(plan);
    impl_->create();
}

BankWriter::~BankWriter() = default;

void BankWriter::put(uint32_t pitch_index, uint32_t velocity_index, uint32_t cell, std::span<const float> stereo,
                     float decay, float release) {
    const EncodedCell encoded = encode_cell(stereo);
    put_encoded(pitch_index, velocity_index, cell, encoded.pcm, encoded.gain, decay, release);
}

void BankWriter::put_encoded(uint32_t pitch_index, uint32_t velocity_index, uint32_t cell,
                             std::span<const int16_t> stereo, float gain, float decay, float release) {
    const auto& header = impl_->header;
    const uint32_t cells = uint32_t{header.columns} * header.rows;
    if (pitch_index >= header.pitches || velocity_index >= header.velocities || cell >= cells)
        impl_->fail("no such cell");
    const size_t entry_index = (size_t{pitch_index} * header.velocities + velocity_index) * cells + cell;
    auto& entry = impl_->index[entry_index];
    if (stereo.size() != size_t{entry.frames} * 2) impl_->fail("a cell's length differs from its pitch's");
    if (std::isnan(gain)) impl_->fail("a cell has samples that are not finite");
    if (!(gain >= 0.0f && gain <= bank_max_gain) || !(decay >= 0.0f && decay <= bank_max_decay) ||
        !(release >= 0.0f && release <= bank_max_release))
        impl_->fail("a cell's gain, decay or release is out of range");
    impl_->write(stereo.data(), stereo.size_bytes(), entry.offset);
    entry.gain = gain;
    entry.decay = decay;
    entry.release = release;
    impl_->written[entry_index] = 1;
}

void BankWriter::finish() {
    const auto missing = std::count(impl_->written.begin(), impl_->written.end(), 0);
    if (missing > 0) impl_->fail(std::to_string(missing) + " cells are missing");
    impl_->header.pcm_hash = impl_->hash_written_pcm();
    impl_->write_head();
    impl_->publish();
}

} // namespace timbrel::engine
