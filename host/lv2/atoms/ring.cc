// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/atoms/ring.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace timbrel::host {

Ring::Ring(uint32_t capacity) : bytes_(std::bit_ceil(std::max(capacity, 16u))) {
    mask_ = static_cast<uint32_t>(bytes_.size()) - 1;
}

void Ring::copy_in(uint32_t at, const void* from, uint32_t size) noexcept TIMBREL_REALTIME {
    const uint32_t start = at & mask_;
    const uint32_t first = std::min(size, static_cast<uint32_t>(bytes_.size()) - start);
    if (first > 0) std::memcpy(bytes_.data() + start, from, first);
    if (size > first) std::memcpy(bytes_.data(), static_cast<const std::byte*>(from) + first, size - first);
}

void Ring::copy_out(uint32_t at, void* to, uint32_t size) const noexcept TIMBREL_REALTIME {
    const uint32_t start = at & mask_;
    const uint32_t first = std::min(size, static_cast<uint32_t>(bytes_.size()) - start);
    if (first > 0) std::memcpy(to, bytes_.data() + start, first);
    if (size > first) std::memcpy(static_cast<std::byte*>(to) + first, bytes_.data(), size - first);
}

bool Ring::push(std::span<const std::byte> head, std::span<const std::byte> body) noexcept TIMBREL_REALTIME {
    const uint32_t write = write_.load(std::memory_order_relaxed);
    const uint32_t used = write - read_.load(std::memory_order_acquire);
    const uint64_t size = uint64_t{head.size()} + body.size();
    if (size + sizeof(uint32_t) > bytes_.size() - used) return false;
    const uint32_t length = static_cast<uint32_t>(size);
    copy_in(write, &length, sizeof length);
    copy_in(write + sizeof length, head.data(), static_cast<uint32_t>(head.size()));
    copy_in(write + sizeof length + static_cast<uint32_t>(head.size()), body.data(),
            static_cast<uint32_t>(body.size()));
    write_.store(write + sizeof length + length, std::memory_order_release);
    return true;
}

uint32_t Ring::next_size() const noexcept TIMBREL_REALTIME {
    const uint32_t read = read_.load(std::memory_order_relaxed);
    if (read == write_.load(std::memory_order_acquire)) return 0;
    uint32_t length = 0;
    copy_out(read, &length, sizeof length);
    return length;
}

uint32_t Ring::pop(std::span<std::byte> into) noexcept TIMBREL_REALTIME {
    const uint32_t length = next_size();
    if (length == 0 || length > into.size()) return 0;
    const uint32_t read = read_.load(std::memory_order_relaxed);
    copy_out(read + sizeof length, into.data(), length);
    read_.store(read + sizeof length + length, std::memory_order_release);
    return length;
}

} // namespace timbrel::host
