// SPDX-License-Identifier: GPL-3.0-or-later
// A wait-free queue of byte messages from one writer thread to one reader thread. A message, which has at least one
// byte, becomes visible as a whole or not at all.
#pragma once

#include "common/realtime.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace timbrel::host {

class Ring {
  public:
    // Control. `capacity`: bytes, rounded up to a power of two.
    explicit Ring(uint32_t capacity);

    // Any, but one writer at a time. Appends one message made of two parts; false, with nothing written, if it does not
    // fit.
    bool push(std::span<const std::byte> head, std::span<const std::byte> body = {}) noexcept TIMBREL_REALTIME;

    // Any, but one reader at a time. Bytes of the oldest message; 0 if there is none.
    uint32_t next_size() const noexcept TIMBREL_REALTIME;

    // Any, but one reader at a time. Copies the oldest message into `into`, which must hold next_size() bytes, and
    // removes it. Returns its size; 0 if there is none or it does not fit.
    uint32_t pop(std::span<std::byte> into) noexcept TIMBREL_REALTIME;

  private:
    void copy_in(uint32_t at, const void* from, uint32_t size) noexcept TIMBREL_REALTIME;
    void copy_out(uint32_t at, void* to, uint32_t size) const noexcept TIMBREL_REALTIME;

    std::vector<std::byte> bytes_;
    uint32_t mask_;
    // Bytes written and read since construction, modulo 2^32; on separate cache lines.
    alignas(64) std::atomic<uint32_t> write_{0};
    alignas(64) std::atomic<uint32_t> read_{0};
};

// The bytes of one object, for push().
template<typename T>
std::span<const std::byte> bytes_of(const T& object) noexcept {
    return std::as_bytes(std::span<const T, 1>(&object, 1));
}

} // namespace timbrel::host
