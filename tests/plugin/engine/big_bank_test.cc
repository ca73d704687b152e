// SPDX-License-Identifier: GPL-3.0-or-later
// Plays a bank that is much larger than the page cache in real time: there must be no dropouts and no page faults of
// the audio thread. Writes the bank first. Arguments: a folder on a disk, the size of the bank in GB, cells along each
// axis of the plane, the size of the page cache in MB, and the seconds to play.
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

namespace {

constexpr uint32_t second = 48000, block = 64, voices = 32;
constexpr int lowest_key = 20;

void write_bank(const std::string& path, double gigabytes, uint32_t side) {
    SyntheticBank plan;
    plan.columns = plan.rows = side;
    plan.velocities = {50, 110};
    plan.shape = {5 * second / 2, second, 5 * second / 2};
    const double pitch_bytes = 2.0 * side * side * plan.shape.frames * bank_frame_bytes;
    plan.pitches.clear();
    for (int i = 0; i < static_cast<int>(gigabytes * 1e9 / pitch_bytes); ++i)
        plan.pitches.push_back(static_cast<uint8_t>(lowest_key + i));
    // Cheap to compute, and all pages differ.
    plan.sound = [](const SamplePosition& at) {
        return 1e-6 * ((at.frame * 37 + at.pitch * 1001 + at.column * 77 + at.row) % 16384);
    };
    plan.write(path);
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    fsync(file); // pages that are not on the disk yet cannot be dropped from the cache
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    close(file);
}

long major_faults() {
    rusage use{};
    getrusage(RUSAGE_THREAD, &use);
    return use.ru_majflt;
}

// Requests real-time priority as JACK does; without permission the test continues at normal priority.
void become_audio_thread() {
    const sched_param audio{.sched_priority = 70};
    static_cast<void>(pthread_setschedparam(pthread_self(), SCHED_FIFO, &audio));
}

int play_bank(const std::string& path, uint32_t seconds) {
    become_audio_thread();
    Player player(nullptr, second, block);
    player.left.reserve(second * (seconds + 1)), player.right.reserve(second * (seconds + 1));
    const auto start = std::chrono::steady_clock::now();
    const auto bank = Bank::open(path);
    player.synth.exchange_bank(bank);
    player.note_on(60);
    do player.play(block), std::this_thread::sleep_for(std::chrono::milliseconds(1));
    while (peak(std::span(player.left).last(block)) == 0.0);
    const std::chrono::duration<double, std::milli> first_sound = std::chrono::steady_clock::now() - start;

    std::mt19937 random(1);
    const size_t keys = bank->pitches().size();
    const auto play_note = [&](uint32_t frame) {
        if (frame % (second / 15 / block * block) == 0)
            player.note_on(lowest_key + static_cast<int>(random() % keys), 1 + static_cast<int>(random() % 127));
    };
    // Dropouts are allowed until the heads of all notes are in memory.
    const auto dropouts = [&] { return player.synth.status().dropouts; };
    uint32_t loading_seconds = 1, before = 0;
    do {
        before = dropouts();
        player.left.clear(), player.right.clear();
        player.play_in_real_time(second, play_note);
    } while (dropouts() > before && ++loading_seconds < 60);

    player.set(Parameter::polyphony, voices);
    const long faults_before = major_faults();
    before = dropouts();
    player.left.clear(), player.right.clear();
    player.play_in_real_time(second * seconds, [&](uint32_t frame) {
        play_note(frame);
        player.set_lissajous_xy(frame / double(second));
    });
    const uint32_t new_dropouts = dropouts() - before, sounding = player.synth.status().voices;
    const long faults_while_playing = major_faults() - faults_before;
    std::printf("first sound after %.0f ms, heads within %u s; then %u voices for %u s: %u dropouts, %ld page faults\n",
                first_sound.count(), loading_seconds, sounding, seconds, new_dropouts, faults_while_playing);
    return new_dropouts == 0 && faults_while_playing == 0 && sounding >= voices ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
    if (count != 6) return 2;
    const double gigabytes = std::atof(arguments[2]);
    const auto number = [arguments](int i) { return static_cast<uint32_t>(std::strtoul(arguments[i], nullptr, 10)); };
    const uint32_t side = number(3), cache_megabytes = number(4), seconds = number(5);
    struct statvfs disk {};
    if (statvfs(arguments[1], &disk) != 0 || double(disk.f_bavail) * double(disk.f_frsize) < gigabytes * 1.2e9) {
        std::printf("not enough disk space for a bank of %.0f GB\n", gigabytes);
        return 77; // skipped
    }
    const TemporaryFolder folder(arguments[1]);
    write_bank(folder.file("big.timbrel"), gigabytes, side);
    const CacheLimit limit(uint64_t{cache_megabytes} << 20);
    std::printf("a bank of %.1f GB; page cache limited to %u MB%s\n", gigabytes, cache_megabytes,
                limit.active() ? "" : " failed: no permission to create a control group");
    return play_bank(folder.file("big.timbrel"), seconds);
}
