// SPDX-License-Identifier: GPL-3.0-or-later
// The file of a bank that 32 voices stream changes on the disk. Nothing crashes, the voices fade, one line says why,
// and they sound again when the file is as it was. Arguments: how often each case is repeated, 20 by default; the
// program broken-disk.
#define BOOST_TEST_MODULE changing_file
#include "tests/plugin/engine/support/failing_reads.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
using std::chrono::steady_clock;
namespace fs = std::filesystem;

namespace {

constexpr uint32_t second = 48000, block = 64, voices = 32;
constexpr int lowest_key = 40;
constexpr double voice_level = 0.01;
constexpr std::chrono::milliseconds look_interval{20};
constexpr double patience = 20; // seconds, for a busy machine

int repetitions() {
    const auto& suite = boost::unit_test::framework::master_test_suite();
    return suite.argc > 1 ? std::atoi(suite.argv[1]) : 20;
}

// Eight pitches of 1.5 seconds each, of which the loop is longer than what stays in memory.
SyntheticBank tones(double level, double hertz) {
    SyntheticBank bank;
    bank.pitches = {42, 46, 50, 54, 58, 62, 66, 70};
    bank.shape = {second + second / 2, second / 4, second + second / 4};
    bank.sound = [=](const SamplePosition& at) { return level * sine(hertz + at.pitch, at.frame); };
    return bank;
}

std::vector<char> contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Opens with these flags and writes from the beginning, a part at a time as copying programs do.
void write_over(const std::string& path, const std::vector<char>& bytes, int flags) {
    const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0600);
    BOOST_REQUIRE(file >= 0);
    for (size_t done = 0; done < bytes.size();) {
        const ssize_t count = write(file, bytes.data() + done, std::min<size_t>(bytes.size() - done, 65536));
        BOOST_REQUIRE(count > 0);
        done += static_cast<size_t>(count);
    }
    close(file);
}

// A bank, another one of the same size whose samples are loud noise, and a player in which 32 voices stream the first.
class Stage {
  public:
    // The bank is written to `written`, if that is another way to the file.
    explicit Stage(const std::string& path, const std::string& written = "")
        : path_(path), player_(nullptr, second, block) {
        tones(voice_level, 60).write(written.empty() ? path : written);
        good = contents(path);
        const TemporaryFolder folder;
        SyntheticBank noise = tones(0.9, 0);
        noise.sound = [](const SamplePosition& at) { return at.frame * 2654435761u % 65536 / 32768.0 - 1.0; };
        noise.write(folder.file("noise.timbrel"));
        other = contents(folder.file("noise.timbrel"));
        BOOST_REQUIRE(other.size() == good.size());
        start();
    }

    void start() {
        bank_ = Bank::open(path_);
        player_.synth.release_all();
        player_.synth.exchange_bank(bank_, 0);
        for (uint32_t voice = 0; voice < voices; ++voice) {
            player_.note_on(lowest_key + static_cast<int>(voice));
            play(4 * block); // so that they do not fade on the same frame
        }
        BOOST_REQUIRE(play_until([this] { return level() > 0.5 * full_level; }));
        const size_t from = player_.left.size();
        play(4800);
        step_ = largest_second_difference(std::span(player_.left).subspan(from));
        forget();
    }

    // Dropouts, messages and clicks count from here on.
    void forget() {
        const size_t kept = std::min(player_.left.size(), recent);
        for (auto* channel : {&player_.left, &player_.right})
            channel->erase(channel->begin(), channel->end() - static_cast<std::ptrdiff_t>(kept));
        dropouts_ = player_.synth.status().dropouts;
        messages.clear();
    }

    // Renders at twice the speed of real time, looks at the file meanwhile, and checks every sample.
    void play(uint32_t frames) {
        for (uint32_t done = 0; done < frames; done += 4 * block) play_some(4 * block);
    }

    template<class Condition>
    bool play_until(Condition condition) {
        const auto end = steady_clock::now() + std::chrono::duration<double>(patience);
        while (!condition() && steady_clock::now() < end) play(4 * block);
        return condition();
    }

    // All notes have paused.
    bool silent() const { return recent_peak() == 0.0; }
    double level() const { return recent_peak(); }
    uint32_t new_dropouts() const { return player_.synth.status().dropouts - dropouts_; }

    // The largest second difference so far is that of the tones, or of all voices fading over one tick.
    void check_clicks() const {
        BOOST_TEST(largest_second_difference(player_.left) < step_ + voices * voice_level / tick_frames);
    }

    static constexpr double full_level = voices * voice_level * 0.3; // a peak that only most voices together reach
    std::vector<char> good, other;
    std::vector<std::string> messages; // in order, each with a different one before
    const std::string& path() const { return path_; }

  private:
    void play_some(uint32_t frames) {
        const size_t from = player_.left.size();
        player_.play(frames);
        for (size_t i = from; i < player_.left.size(); ++i) BOOST_REQUIRE(std::isfinite(player_.left[i]));
        const std::string message = bank_->check_file(look_interval);
        if (messages.empty() ? !message.empty() : message != messages.back()) messages.push_back(message);
        due_ = std::max(due_ + std::chrono::microseconds(uint64_t{frames} * 500000 / second),
                        steady_clock::now() - std::chrono::milliseconds(5));
        std::this_thread::sleep_until(due_);
    }
    double recent_peak() const {
        return player_.left.size() < recent ? -1.0 : peak(std::span(player_.left).last(recent));
    }

    static constexpr size_t recent = 2400; // frames
    std::string path_;
    Player player_;
    std::shared_ptr<const Bank> bank_;
    steady_clock::time_point due_ = steady_clock::now();
    uint32_t dropouts_ = 0;
    double step_ = 0;
};

struct BankOnDisk {
    TemporaryFolder folder;
    Stage stage{folder.file("bank.timbrel")};
};

// Harms the file, waits for silence, mends the file, and waits for the sound.
template<class Harm, class Mend>
void repeat(Stage& stage, const std::vector<std::string>& messages, Harm harm, Mend mend) {
    for (int i = 0; i < repetitions(); ++i) {
        BOOST_TEST_CONTEXT("repetition " << i) {
            stage.forget();
            harm();
            BOOST_TEST_REQUIRE(stage.play_until([&] { return stage.silent(); }));
            BOOST_TEST_REQUIRE(stage.play_until([&] { return stage.messages.size() >= messages.size(); }));
            BOOST_TEST(stage.new_dropouts() == voices);
            mend();
            BOOST_TEST_REQUIRE(stage.play_until([&] { return stage.level() > 0.5 * Stage::full_level; }));
            stage.play(second / 10);
            BOOST_TEST_REQUIRE(stage.messages.size() == messages.size() + 1); // the last one: all is well
            for (size_t m = 0; m < messages.size(); ++m)
                BOOST_TEST(stage.messages[m] == stage.path() + ": " + messages[m]);
            BOOST_TEST(stage.messages.back() == "");
            BOOST_TEST(stage.new_dropouts() == voices);
            stage.check_clicks();
        }
    }
}

// Whatever happens to the file, the sound goes on and nothing is reported.
template<class Harm, class Mend>
void repeat_unnoticed(Stage& stage, Harm harm, Mend mend) {
    for (int i = 0; i < repetitions(); ++i) {
        BOOST_TEST_CONTEXT("repetition " << i) {
            harm();
            stage.play(second * 3 / 4); // more than is in memory
            BOOST_TEST(stage.level() > 0.5 * Stage::full_level);
            BOOST_TEST(stage.new_dropouts() == 0u);
            BOOST_TEST(stage.messages.empty());
            stage.check_clicks();
            mend();
            stage.start();
        }
    }
}

const std::string waits = "; only what is in memory sounds until the file is as it was";
const std::string changed = "changed on the disk" + waits;
const std::string other_bank = "holds another bank now; load it to play it";

} // namespace

BOOST_FIXTURE_TEST_CASE(truncated, BankOnDisk) {
    repeat(
        stage, {changed}, [&] { BOOST_REQUIRE(truncate(stage.path().c_str(), 5000) == 0); },
        [&] { write_over(stage.path(), stage.good, 0); });
}

BOOST_FIXTURE_TEST_CASE(emptied_and_replaced_by_renaming, BankOnDisk) {
    repeat(
        stage, {changed}, [&] { BOOST_REQUIRE(truncate(stage.path().c_str(), 0) == 0); },
        [&] {
            write_over(stage.path() + ".new", stage.good, O_CREAT);
            fs::rename(stage.path() + ".new", stage.path());
        });
}

BOOST_FIXTURE_TEST_CASE(another_file_copied_over, BankOnDisk) {
    repeat(
        stage, {changed}, [&] { write_over(stage.path(), std::vector<char>(1 << 20, 'x'), O_TRUNC); },
        [&] { write_over(stage.path(), stage.good, O_TRUNC); });
}

BOOST_FIXTURE_TEST_CASE(another_bank_copied_over, BankOnDisk) {
    repeat(
        stage, {changed, other_bank}, [&] { write_over(stage.path(), stage.other, O_TRUNC); },
        [&] { write_over(stage.path(), stage.good, O_TRUNC); });
}

BOOST_FIXTURE_TEST_CASE(another_bank_written_in_place, BankOnDisk) {
    repeat(
        stage, {changed, other_bank}, [&] { write_over(stage.path(), stage.other, 0); },
        [&] { write_over(stage.path(), stage.good, 0); });
}

// The head is right long before the sound is.
BOOST_FIXTURE_TEST_CASE(written_back_slowly, BankOnDisk) {
    const auto write_slowly = [&] {
        const int file = open(stage.path().c_str(), O_WRONLY | O_CLOEXEC);
        constexpr size_t part = 65536;
        for (size_t done = 0; done < stage.good.size(); done += part) {
            const size_t bytes = std::min(part, stage.good.size() - done);
            BOOST_REQUIRE(pwrite(file, &stage.good[done], bytes, static_cast<off_t>(done)) == ssize_t(bytes));
            stage.play(4 * block);
        }
        close(file);
    };
    repeat(
        stage, {changed, other_bank}, [&] { write_over(stage.path(), stage.other, 0); }, write_slowly);
}

// While it is copied, the file is short; afterwards it is the same.
BOOST_FIXTURE_TEST_CASE(the_same_bank_copied_over, BankOnDisk) {
    repeat(
        stage, {changed},
        [&] {
            write_over(stage.path(), {stage.good.begin(), stage.good.begin() + 65536}, O_TRUNC);
        },
        [&] { write_over(stage.path(), stage.good, O_TRUNC); });
}

BOOST_FIXTURE_TEST_CASE(reads_that_fail, BankOnDisk) {
    repeat(
        stage, {"Input/output error" + waits}, [] { fail_reads(ReadFault::io_error); },
        [] { fail_reads(ReadFault::none); });
}

BOOST_FIXTURE_TEST_CASE(reads_that_end_early, BankOnDisk) {
    repeat(
        stage, {changed}, [] { fail_reads(ReadFault::cut_short); }, [] { fail_reads(ReadFault::none); });
}

BOOST_FIXTURE_TEST_CASE(reads_that_are_interrupted, BankOnDisk) {
    repeat_unnoticed(
        stage, [] { fail_reads(ReadFault::hesitant); }, [] { fail_reads(ReadFault::none); });
}

BOOST_FIXTURE_TEST_CASE(deleted, BankOnDisk) {
    repeat_unnoticed(
        stage, [&] { fs::remove(stage.path()); }, [&] { write_over(stage.path(), stage.good, O_CREAT); });
}

BOOST_FIXTURE_TEST_CASE(replaced_by_renaming, BankOnDisk) {
    repeat_unnoticed(
        stage,
        [&] {
            write_over(stage.path() + ".new", stage.other, O_CREAT);
            fs::rename(stage.path() + ".new", stage.path());
        },
        [&] {
            fs::remove(stage.path());
            write_over(stage.path(), stage.good, O_CREAT);
        });
}

BOOST_FIXTURE_TEST_CASE(renamed_and_made_read_only, BankOnDisk) {
    repeat_unnoticed(
        stage,
        [&] {
            fs::permissions(stage.path(), fs::perms::owner_read);
            fs::rename(stage.path(), stage.path() + ".moved");
        },
        [&] { fs::rename(stage.path() + ".moved", stage.path()); });
}

// Rendering that waits for the disk does not wait for a file that cannot be read.
BOOST_AUTO_TEST_CASE(lost_while_rendering_offline) {
    const TemporaryFolder folder;
    tones(voice_level, 60).write(folder.file("bank.timbrel"));
    const auto bank = Bank::open(folder.file("bank.timbrel"));
    Player player(nullptr, second, block);
    player.synth.exchange_bank(bank, 0);
    player.synth.wait_for_disk(true);
    player.note_on(50);
    const auto level = [&](uint32_t frames) {
        player.play(frames);
        return peak(std::span(player.left).last(frames / 2));
    };
    BOOST_TEST(level(2 * second) > 0.5 * voice_level);
    fail_reads(ReadFault::io_error);
    BOOST_TEST(level(2 * second) == 0.0);
    BOOST_TEST(player.synth.status().dropouts == 1u);
    fail_reads(ReadFault::none);
    for (int i = 0; i < 3; ++i) {
        bank->check_file(look_interval);
        std::this_thread::sleep_for(2 * look_interval);
    }
    BOOST_TEST(level(2 * second) > 0.5 * voice_level);
    BOOST_TEST(player.synth.status().dropouts == 1u);
}

namespace {

// Whether this thread may mount file systems that no other process sees.
bool may_mount() {
    return unshare(CLONE_NEWNS) == 0 && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

} // namespace

BOOST_AUTO_TEST_CASE(unmounted) {
    const TemporaryFolder folder;
    if (!may_mount() || mount("none", folder.file("").c_str(), "tmpfs", 0, "size=64m") != 0) {
        std::puts("unmounting is not tested: it needs the right to mount");
        return;
    }
    Stage stage(folder.file("bank.timbrel"));
    repeat_unnoticed(
        stage, [&] { BOOST_REQUIRE(umount2(folder.file("").c_str(), MNT_DETACH) == 0); },
        [&] {
            BOOST_REQUIRE(mount("none", folder.file("").c_str(), "tmpfs", 0, "size=64m") == 0);
            write_over(stage.path(), stage.good, O_CREAT);
        });
    umount2(folder.file("").c_str(), MNT_DETACH);
}

BOOST_AUTO_TEST_CASE(a_disk_that_breaks) {
    const auto& suite = boost::unit_test::framework::master_test_suite();
    if (suite.argc < 3 || access("/dev/fuse", R_OK | W_OK) != 0 || !may_mount()) {
        std::puts("a breaking disk is not tested: it needs libfuse, /dev/fuse and the right to mount");
        return;
    }
    const TemporaryFolder folder, mounted;
    const pid_t disk = fork();
    if (disk == 0) {
        execl(suite.argv[2], suite.argv[2], folder.file("").c_str(), mounted.file("").c_str(), nullptr);
        _exit(127);
    }
    const std::string bank = mounted.file("bank.timbrel");
    std::ofstream(folder.file("mounted")) << "yes";
    const auto is_mounted = [&] { return fs::exists(mounted.file("mounted")); };
    for (int i = 0; i < 500 && !is_mounted(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    BOOST_REQUIRE(is_mounted());
    {
        Stage stage(bank, folder.file("bank.timbrel"));
        repeat(
            stage, {"Input/output error" + waits}, [&] { std::ofstream(folder.file("broken")) << "now"; },
            [&] { fs::remove(folder.file("broken")); });
    }
    umount2(mounted.file("").c_str(), MNT_DETACH);
    waitpid(disk, nullptr, 0);
}
