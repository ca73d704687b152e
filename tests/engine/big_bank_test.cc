// A bank of 4 GB played within 300 MB of page cache, from the disk, as on a stage: no note may pause, and the audio
// thread may wait for no page. Arguments: a folder on a disk, and the bank's gigabytes.
#include "tests/engine/cache_limit.h"
#include "tests/engine/player.h"
#include "tests/engine/synthetic_bank.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

using namespace timbrel;
using namespace timbrel::test;
using std::chrono::steady_clock;

namespace {

constexpr uint32_t second = 48000, block = 64, voices = 32;
constexpr uint64_t cache_bytes = 300ull << 20;

void write_bank(const std::string& path, double gigabytes) {
    SyntheticBank plan;
    plan.columns = plan.rows = 7;
    plan.velocities = {50, 110};
    plan.shape = {5 * second / 2, second, 5 * second / 2};
    const double pitch_bytes = 49.0 * 2 * plan.shape.frames * bank_frame_bytes;
    plan.pitches.clear();
    for (int i = 0; i < static_cast<int>(gigabytes * 1e9 / pitch_bytes); ++i)
        plan.pitches.push_back(static_cast<uint8_t>(20 + i));
    // Cheap to make and never the same page twice.
    plan.sound = [](const CellSound& at) {
        return 1e-6 * ((at.frame * 37 + at.pitch * 1001 + at.column * 77 + at.row) % 16384);
    };
    plan.write(path);
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    close(file);
}

long major_faults() {
    rusage use{};
    getrusage(RUSAGE_THREAD, &use);
    return use.ru_majflt;
}

int play(const std::string& path, uint32_t seconds) {
    const auto opening = steady_clock::now();
    Player player(Bank::open(path), second, block);
    player.note_on(60);
    while (std::ranges::none_of(player.left, [](float s) { return s != 0.0f; })) player.play(block);
    const double first = std::chrono::duration<double, std::milli>(steady_clock::now() - opening).count();

    std::mt19937 random(1);
    const long faults = major_faults();
    const auto before = player.instrument.notices().misses;
    player.set(Parameter::polyphony, voices);
    player.left.reserve(second * (seconds + 1));
    player.right.reserve(second * (seconds + 1));
    const auto start = steady_clock::now();
    player.play(second * seconds, [&](uint32_t frame) {
        if (frame % (second / 20 / block * block) == 0)
            player.note_on(20 + static_cast<int>(random() % 90), 1 + static_cast<int>(random() % 127));
        const double time = frame / double(second);
        player.set(Parameter::x, static_cast<float>(0.5 + 0.5 * std::sin(1.7 * time)));
        player.set(Parameter::y, static_cast<float>(0.5 + 0.5 * std::cos(2.3 * time)));
        std::this_thread::sleep_until(start + std::chrono::microseconds(uint64_t{frame} * 1000000 / second));
    });
    const auto notices = player.instrument.notices();
    const uint32_t misses = notices.misses - before;
    const long waits = major_faults() - faults;
    std::printf("first sound after %.0f ms; %u voices, %u misses, %ld page faults on the audio thread\n", first,
                notices.voices, misses, waits);
    return misses == 0 && waits == 0 && notices.voices >= voices ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
    if (count != 3) return 2;
    const double gigabytes = std::atof(arguments[2]);
    struct statvfs disk {};
    if (statvfs(arguments[1], &disk) != 0 || double(disk.f_bavail) * double(disk.f_frsize) < gigabytes * 1.2e9) {
        std::printf("no room on the disk for a bank of %.0f GB\n", gigabytes);
        return 77; // skipped
    }
    const TemporaryFolder folder(arguments[1]);
    write_bank(folder.file("big.timbrel"), gigabytes);
    const CacheLimit limit(cache_bytes);
    std::printf("page cache %s\n", limit.holds() ? "limited to 300 MB" : "not limited: no control group may be made");
    return play(folder.file("big.timbrel"), 20);
}
