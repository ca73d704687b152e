// A bank far larger than the page cache, played from the disk as on a stage: no note may pause, and the audio thread
// may wait for no page. Writes the bank first. Arguments: a folder on a disk, the size of the bank in GB, of the page
// cache in MB, and how many seconds to play.
#include "tests/plugin/engine/support/cache_limit.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
using std::chrono::steady_clock;

namespace {

constexpr uint32_t second = 48000, block = 64, voices = 32;
constexpr int lowest = 20;

void write_bank(const std::string& path, double gigabytes, uint32_t side) {
    SyntheticBank plan;
    plan.columns = plan.rows = side;
    plan.velocities = {50, 110};
    plan.shape = {5 * second / 2, second, 5 * second / 2};
    const double pitch_bytes = 2.0 * side * side * plan.shape.frames * bank_frame_bytes;
    plan.pitches.clear();
    for (int i = 0; i < static_cast<int>(gigabytes * 1e9 / pitch_bytes); ++i)
        plan.pitches.push_back(static_cast<uint8_t>(lowest + i));
    // Cheap to make and never the same page twice.
    plan.sound = [](const CellSound& at) {
        return 1e-6 * ((at.frame * 37 + at.pitch * 1001 + at.column * 77 + at.row) % 16384);
    };
    plan.write(path);
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    fsync(file); // what is not on the disk yet cannot be forgotten
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    close(file);
}

long major_faults() {
    rusage use{};
    getrusage(RUSAGE_THREAD, &use);
    return use.ru_majflt;
}

// Where the user may, as JACK's threads do.
void become_audio_thread() {
    const sched_param audio{.sched_priority = 70};
    static_cast<void>(pthread_setschedparam(pthread_self(), SCHED_FIFO, &audio));
}

class Stage : public Player {
  public:
    Stage() : Player(nullptr, second, block) {}
    uint32_t misses() const { return instrument.notices().misses; }

    // In real time; `each_block` is called before every block.
    void perform(uint32_t seconds, const std::function<void(uint32_t frame)>& each_block) {
        left.clear(), right.clear();
        const auto start = steady_clock::now();
        play(second * seconds, [&](uint32_t frame) {
            each_block(frame);
            std::this_thread::sleep_until(start + std::chrono::microseconds(uint64_t{frame} * 1000000 / second));
        });
    }
};

int perform(const std::string& path, uint32_t seconds) {
    become_audio_thread();
    Stage stage;
    stage.left.reserve(second * (seconds + 1)), stage.right.reserve(second * (seconds + 1));
    const auto opening = steady_clock::now();
    const auto bank = Bank::open(path);
    stage.instrument.exchange_bank(bank);
    stage.note_on(60);
    do stage.play(block), std::this_thread::sleep_for(std::chrono::milliseconds(1));
    while (peak(std::span(stage.left).last(block)) == 0.0);
    const double first = std::chrono::duration<double, std::milli>(steady_clock::now() - opening).count();

    std::mt19937 random(1);
    const size_t keys = bank->pitches().size();
    const auto strike = [&](uint32_t frame) {
        if (frame % (second / 15 / block * block) == 0)
            stage.note_on(lowest + static_cast<int>(random() % keys), 1 + static_cast<int>(random() % 127));
    };
    // Until the notes' beginnings have arrived, a note may be late.
    uint32_t loading = 0, before = 0;
    do before = stage.misses(), stage.perform(1, strike), ++loading;
    while (stage.misses() > before && loading < 60);

    stage.set(Parameter::polyphony, voices);
    const long faults = major_faults();
    before = stage.misses();
    stage.perform(seconds, [&](uint32_t frame) {
        strike(frame);
        const double time = frame / double(second);
        stage.set(Parameter::x, static_cast<float>(0.5 + 0.5 * std::sin(1.1 * time)));
        stage.set(Parameter::y, static_cast<float>(0.5 + 0.5 * std::cos(1.3 * time)));
    });
    const auto notices = stage.instrument.notices();
    const uint32_t misses = notices.misses - before;
    const long waits = major_faults() - faults;
    std::printf(
        "first sound after %.0f ms, beginnings within %u s; then %u voices for %u s: %u misses, %ld page faults\n",
        first, loading, notices.voices, seconds, misses, waits);
    return misses == 0 && waits == 0 && notices.voices >= voices ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
    if (count != 6) return 2;
    const double gigabytes = std::atof(arguments[2]);
    const auto number = [arguments](int i) { return static_cast<uint32_t>(std::strtoul(arguments[i], nullptr, 10)); };
    const uint32_t side = number(3), cache_megabytes = number(4), seconds = number(5);
    struct statvfs disk {};
    if (statvfs(arguments[1], &disk) != 0 || double(disk.f_bavail) * double(disk.f_frsize) < gigabytes * 1.2e9) {
        std::printf("no room on the disk for a bank of %.0f GB\n", gigabytes);
        return 77; // skipped
    }
    const TemporaryFolder folder(arguments[1]);
    write_bank(folder.file("big.timbrel"), gigabytes, side);
    const CacheLimit limit(uint64_t{cache_megabytes} << 20);
    std::printf("a bank of %.1f GB; page cache of %u MB%s\n", gigabytes, cache_megabytes,
                limit.holds() ? "" : " was not granted: no control group may be made");
    return perform(folder.file("big.timbrel"), seconds);
}
