// A wait-free queue of byte messages from one writer thread to one reader thread. A message becomes visible as a whole
// or not at all, so a header and its body never come apart. A message has at least one byte.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace timbrel::host {

class Ring {
  public:
    // capacity: bytes, rounded up to a power of two. Allocates; every other function is wait-free.
    explicit Ring(uint32_t capacity);

    // Writer thread. Appends one message made of two parts; false (and nothing written) when it does not fit now.
    bool push(std::span<const std::byte> head, std::span<const std::byte> body = {});

    // Reader thread. The size in bytes of the oldest message; 0 when there is none.
    uint32_t next_size() const;

    // Reader thread. Copies the oldest message into `into`, which must hold next_size() bytes, and removes it.
    // Returns its size; 0 when there is none.
    uint32_t pop(std::span<std::byte> into);

    // Largest message that an empty ring takes.
    uint32_t max_message() const { return static_cast<uint32_t>(bytes_.size()) - sizeof(uint32_t); }

  private:
    void copy_in(uint32_t at, const void* from, uint32_t size);
    void copy_out(uint32_t at, void* to, uint32_t size) const;

    std::vector<std::byte> bytes_;
    uint32_t mask_;
    alignas(64) std::atomic<uint32_t> write_{0}; // counts bytes ever written, modulo 2^32
    alignas(64) std::atomic<uint32_t> read_{0};
};

// The bytes of one object, to push it.
template<typename T>
std::span<const std::byte> bytes_of(const T& object) {
    return std::as_bytes(std::span<const T, 1>(&object, 1));
}

} // namespace timbrel::host
