// SPDX-License-Identifier: GPL-3.0-or-later
// A stand-in for MTS-ESP: its library, libMTS.so, built from mts_library.cc, and its master. Both share a file, so that
// a test is the master of instruments in its own process and in others. The tests find the library by LD_LIBRARY_PATH.
#pragma once

#include "tests/plugin/engine/support/synthetic_bank.h"

#include <array>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace timbrel::test {

// What the library and the master share; zeroes at first.
struct MtsTables {
    std::atomic<bool> has_master;
    std::atomic<int> clients;
    using Frequencies = std::array<std::atomic<double>, 128>; // Hz
    Frequencies all;
    std::array<Frequencies, 16> channels;
    std::array<std::atomic<bool>, 16> uses_channel;
    std::array<std::atomic<bool>, 128> silent;                            // for notes of tables without channels
    std::array<std::array<std::atomic<bool>, 128>, 16> silent_on_channel; // for the others
};

inline constexpr char mts_file_variable[] = "TIMBREL_TEST_MTS"; // names the file

// Null if it cannot be opened.
inline MtsTables* map_mts_tables(const char* path) {
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return nullptr;
    void* memory = MAP_FAILED;
    if (ftruncate(file, sizeof(MtsTables)) == 0)
        memory = mmap(nullptr, sizeof(MtsTables), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
    close(file);
    return memory == MAP_FAILED ? nullptr : static_cast<MtsTables*>(memory);
}

// A master, from construction on in equal temperament, for instruments that are created afterwards.
class MtsMaster {
  public:
    MtsMaster() : tables_(map_mts_tables(folder_.file("mts").c_str())) {
        if (!tables_) throw std::runtime_error("the tables cannot be mapped");
        setenv(mts_file_variable, folder_.file("mts").c_str(), 1);
        shift(0);
        for (size_t key = 0; key < 128; ++key)
            for (auto& channel : tables_->channels) channel[key] = hertz(static_cast<double>(key));
        tables_->has_master = true;
    }
    ~MtsMaster() { munmap(tables_, sizeof *tables_); }
    MtsMaster(const MtsMaster&) = delete;
    MtsMaster& operator=(const MtsMaster&) = delete;

    static double hertz(double pitch) { return 440 * std::exp2((pitch - 69) / 12); }

    // Tunes all keys so many semitones away from equal temperament.
    void shift(double semitones) {
        for (size_t key = 0; key < 128; ++key) tables_->all[key] = hertz(static_cast<double>(key) + semitones);
    }
    MtsTables& tables() { return *tables_; }

  private:
    TemporaryFolder folder_;
    MtsTables* tables_;
};

} // namespace timbrel::test
