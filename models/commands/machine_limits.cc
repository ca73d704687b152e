// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/commands/machine_limits.h"

#include "common/error.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <functional>
#include <unistd.h>

namespace timbrel::models {
namespace {

constexpr int64_t side = 1024;             // of the matrices
constexpr int64_t copied_floats = 1 << 24; // 64 MiB
constexpr int repetitions = 10;
constexpr size_t written_bytes = 64 << 20;

double wall_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// CPU time, on which other programs have no influence; on other devices time.
double seconds(torch::Device device) {
    if (!device.is_cpu()) return wall_seconds();
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

// Seconds of one call of `work`, which returns a tensor that depends on what is measured.
double duration(torch::Device device, const std::function<Tensor()>& work) {
    const auto finish = [](const Tensor& x) { return x.view(-1)[0].item<float>(); }; // waits for the device
    finish(work());
    const double start = seconds(device);
    Tensor last;
    for (int i = 0; i < repetitions; ++i) last = work();
    finish(last);
    return (seconds(device) - start) / repetitions;
}

double write_speed(const std::filesystem::path& folder) {
    std::string name = (folder / "timbrel-bench-XXXXXX").string();
    const int file = mkstemp(name.data());
    if (file < 0) throw Error(name + ": " + std::strerror(errno));
    unlink(name.c_str());
    const std::string data(written_bytes, 'x');
    const double start = wall_seconds();
    const bool whole = write(file, data.data(), data.size()) == ssize_t(data.size()) && fdatasync(file) == 0;
    const double elapsed = wall_seconds() - start;
    close(file);
    if (!whole) throw Error(folder.string() + ": no space for 64 MiB");
    return double(written_bytes) / elapsed;
}

} // namespace

MachineLimits measure_limits(torch::Device device, const std::filesystem::path& folder) {
    const torch::NoGradGuard no_grad;
    const auto a = torch::rand({side, side}, device), b = torch::rand({side, side}, device);
    const auto source = torch::rand({copied_floats}, device);
    auto target = torch::empty_like(source);
    const double product = duration(device, [&] { return torch::mm(a, b); });
    const double copy = duration(device, [&] { return target.copy_(source); });
    return {2e-9 * side * side * side / product, 2e-9 * sizeof(float) * copied_floats / copy,
            1e-6 * write_speed(folder)};
}

} // namespace timbrel::models
