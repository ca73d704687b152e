// SPDX-License-Identifier: GPL-3.0-or-later
// Files that appear when they are complete: names, links, devices, several writers, killed writers.
#define BOOST_TEST_MODULE atomic_file
#include "common/atomic_file.h"
#include "common/error.h"
#include "tests/common/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <span>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace timbrel;
using namespace timbrel::test;

namespace {

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

// Collects what is written to standard error in a file.
class StandardError {
  public:
    explicit StandardError(std::string path) : path_(std::move(path)), saved_(dup(STDERR_FILENO)) {
        const int file = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        dup2(file, STDERR_FILENO);
        close(file);
    }
    ~StandardError() {
        dup2(saved_, STDERR_FILENO);
        close(saved_);
    }
    size_t lines_with(const std::string& part) const {
        const std::string text = read_text(path_);
        size_t count = 0;
        for (size_t at = text.find(part); at != text.npos; at = text.find(part, text.find('\n', at))) ++count;
        return count;
    }

  private:
    std::string path_;
    int saved_;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_finished_file_replaces_the_old_one) {
    const TemporaryFolder folder;
    const std::string path = folder.file("a");
    for (const bool synced : {true, false}) {
        write_text(path, "old");
        AtomicFile file(path);
        file.write(bytes("new "));
        file.write(bytes("text"));
        BOOST_TEST(read_text(path) == "old");
        if (synced)
            file.finish();
        else
            file.finish_unsynced();
        BOOST_TEST(read_text(path) == "new text");
        BOOST_TEST(file_count(folder) == 1u);
    }
}

BOOST_AUTO_TEST_CASE(the_part_can_be_checked_before_it_gets_its_name) {
    const TemporaryFolder folder;
    AtomicFile file(folder.file("a"));
    file.write(bytes("text"));
    BOOST_TEST(read_text(file.sync_and_close()) == "text");
    BOOST_TEST(!fs::exists(folder.file("a")));
    file.finish();
    BOOST_TEST(read_text(folder.file("a")) == "text");
}

BOOST_AUTO_TEST_CASE(an_unfinished_file_leaves_nothing) {
    const TemporaryFolder folder;
    {
        AtomicFile file(folder.file("a"));
        file.write(bytes("half"));
        BOOST_TEST(fs::exists(file.part_path()));
    }
    BOOST_TEST(fs::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(a_failure_names_the_file_its_cause_and_the_advice) {
    const TemporaryFolder folder;
    const std::string path = folder.file("missing/a");
    BOOST_CHECK_EXCEPTION(AtomicFile(path, advice_other_output), Error, [&](const Error& error) {
        return error.what() == path + ": cannot be written (No such file or directory); choose another path with -o";
    });
    // A folder with the file's name: the rename fails, and the part is removed.
    fs::create_directory(folder.file("taken"));
    BOOST_CHECK_THROW(AtomicFile(folder.file("taken")), Error);
    {
        AtomicFile file(folder.file("taken later"));
        fs::create_directory(folder.file("taken later"));
        BOOST_CHECK_THROW(file.finish(), Error);
    }
    BOOST_TEST(file_count(folder) == 2u);
}

BOOST_AUTO_TEST_CASE(the_users_own_files_are_left_alone) {
    const TemporaryFolder folder;
    write_text(folder.file("a.part"), "mine");
    fs::create_symlink(folder.file("elsewhere"), folder.file("b.part"));
    for (const char* name : {"a", "b"}) {
        AtomicFile file(folder.file(name));
        file.write(bytes("text"));
        file.finish();
    }
    BOOST_TEST(read_text(folder.file("a.part")) == "mine");
    BOOST_TEST(fs::is_symlink(folder.file("b.part")));
    BOOST_TEST(!fs::exists(folder.file("elsewhere")));
}

BOOST_AUTO_TEST_CASE(the_last_writer_to_finish_wins) {
    const TemporaryFolder folder, elsewhere;
    const std::string path = folder.file("a");
    const StandardError error(elsewhere.file("stderr"));
    {
        AtomicFile first(path), second(path), never(path);
        second.write(bytes("second"));
        first.write(bytes("first, "));
        second.finish();
        BOOST_TEST(read_text(path) == "second");
        first.write(bytes("whole"));
        never.write(bytes("half"));
        first.finish();
    }
    BOOST_TEST(read_text(path) == "first, whole");
    BOOST_TEST(file_count(folder) == 1u);
}

BOOST_AUTO_TEST_CASE(writers_of_one_file_are_warned_of_each_other) {
    const TemporaryFolder folder, elsewhere;
    const std::string path = folder.file("a\n"), line = folder.file("a\\n: another program writes this file, too");
    fs::create_symlink(folder.path(), elsewhere.file("link"));
    StandardError error(elsewhere.file("stderr"));
    AtomicFile first(path), of_another_name(folder.file("b"));
    BOOST_TEST(error.lines_with("another program") == 0u);
    {
        AtomicFile second(elsewhere.file("link/a\n")); // the same file by another path
        BOOST_TEST(error.lines_with("link/a\\n: another program writes this file, too") == 1u);
        second.finish_unsynced();
    }
    BOOST_TEST(error.lines_with("another program") == 1u);
    first.finish();
    BOOST_TEST(error.lines_with(line) == 1u);
    of_another_name.finish();
    AtomicFile(path).finish(); // alone
    BOOST_TEST(error.lines_with("another program") == 2u);

    // A killed writer is no writer.
    const pid_t child = fork();
    if (child == 0) {
        AtomicFile killed(path);
        kill(getpid(), SIGKILL);
    }
    waitpid(child, nullptr, 0);
    AtomicFile(path).finish();
    BOOST_TEST(error.lines_with("another program") == 2u);
}

BOOST_AUTO_TEST_CASE(a_published_file_that_another_replaced_wins_if_it_is_finished_last) {
    const TemporaryFolder folder, elsewhere;
    const std::string path = folder.file("a");
    const StandardError error(elsewhere.file("stderr"));
    AtomicFile recording(path);
    recording.write(bytes("one"));
    recording.publish();
    AtomicFile other(path);
    other.write(bytes("other"));
    other.finish();
    BOOST_TEST(read_text(path) == "other");
    recording.write(bytes(", two"));
    recording.finish();
    BOOST_TEST(read_text(path) == "one, two");
    BOOST_TEST(file_count(folder) == 1u);
}

BOOST_AUTO_TEST_CASE(a_replaced_file_that_cannot_be_copied_leaves_no_descriptor) {
    const TemporaryFolder folder, elsewhere;
    const std::string path = folder.file("a");
    const StandardError error(elsewhere.file("stderr"));
    const auto descriptors = [] { return std::distance(fs::directory_iterator("/proc/self/fd"), {}); };
    const auto before = descriptors();
    {
        AtomicFile recording(path);
        recording.write(bytes(std::string(1000, 'x')));
        recording.publish();
        AtomicFile(path).finish();
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        rlimit usual{};
        BOOST_REQUIRE(getrlimit(RLIMIT_FSIZE, &usual) == 0);
        const rlimit shorter{100, usual.rlim_max};
        setrlimit(RLIMIT_FSIZE, &shorter);
        bool failed = false;
        try {
            recording.finish();
        } catch (const Error&) {
            failed = true;
        }
        setrlimit(RLIMIT_FSIZE, &usual);
        std::signal(SIGXFSZ, handler);
        BOOST_TEST(failed);
    }
    BOOST_TEST(descriptors() == before);
    BOOST_TEST(read_text(path) == "");
    BOOST_TEST(file_count(folder) == 1u);
}

BOOST_AUTO_TEST_CASE(a_link_stays_and_its_target_is_replaced) {
    const TemporaryFolder folder;
    fs::create_directory(folder.file("disk"));
    write_text(folder.file("disk/target"), "old");
    fs::create_symlink("disk/target", folder.file("link"));
    {
        AtomicFile file(folder.file("link"));
        file.write(bytes("new"));
        BOOST_TEST(fs::path(file.part_path()).parent_path() == fs::canonical(folder.file("disk")));
        file.finish();
    }
    BOOST_TEST(fs::is_symlink(folder.file("link")));
    BOOST_TEST(read_text(folder.file("disk/target")) == "new");
    fs::create_symlink("nowhere", folder.file("dangling"));
    BOOST_CHECK_EXCEPTION(AtomicFile(folder.file("dangling")), Error, [](const Error& error) {
        return std::string(error.what()).find("a link that leads to no file") != std::string::npos;
    });
    BOOST_TEST(!fs::exists(folder.file("nowhere")));
}

BOOST_AUTO_TEST_CASE(devices_and_fifos_get_the_bytes_and_stay) {
    const TemporaryFolder folder;
    const std::string fifo = folder.file("fifo"), text(300000, 'x');
    BOOST_REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
    std::string received;
    std::thread reader([&] { received = read_text(fifo); });
    {
        AtomicFile file(fifo);
        file.reserve(text.size());
        file.write(bytes(text));
        file.finish();
    }
    reader.join();
    BOOST_CHECK(received == text);
    BOOST_TEST(fs::is_fifo(fifo));
    for (const bool synced : {true, false}) {
        AtomicFile file("/dev/null");
        file.write(bytes("text"));
        synced ? file.finish() : file.finish_unsynced();
    }
    BOOST_TEST(fs::is_character_file("/dev/null"));
    BOOST_TEST(file_count(folder) == 1u);
    AtomicFile full("/dev/full");
    full.write(bytes("text"));
    BOOST_CHECK_THROW(full.finish(), Error);
}

BOOST_AUTO_TEST_CASE(leftovers_of_killed_writers_are_removed_and_those_in_use_stay) {
    const TemporaryFolder folder;
    const auto age = [](const std::string& path) {
        fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::minutes(5));
    };
    const pid_t child = fork();
    if (child == 0) {
        AtomicFile file(folder.file("killed"));
        file.write(bytes("half"));
        kill(getpid(), SIGKILL);
    }
    waitpid(child, nullptr, 0);
    BOOST_REQUIRE(file_count(folder) == 1u);
    for (const auto& entry : fs::directory_iterator(folder.path())) age(entry.path());
    const std::string foreign = folder.file(".timbrel-part-folder"), young = folder.file(".timbrel-part-young");
    fs::create_directory(foreign);
    write_text(young, "of a writer that has not locked it yet");
    {
        AtomicFile used(folder.file("used")); // removes the leftover
        BOOST_TEST(file_count(folder) == 3u);
        BOOST_TEST(fs::exists(foreign));
        BOOST_TEST(fs::exists(young));
        used.write(bytes("text"));
        age(used.sync_and_close());
        const pid_t other = fork();
        if (other == 0) { // another program, for which the folder is new by another name
            { AtomicFile file((folder.path() / "." / "other").string()); }
            _exit(0);
        }
        waitpid(other, nullptr, 0);
        used.finish();
    }
    BOOST_TEST(read_text(folder.file("used")) == "text");
}

BOOST_AUTO_TEST_CASE(a_published_file_grows_under_its_name) {
    const TemporaryFolder folder;
    const std::string path = folder.file("a");
    AtomicFile file(path);
    file.write(bytes("first "));
    file.publish();
    BOOST_TEST(read_text(path) == "first ");
    file.write(bytes("second"));
    file.finish();
    BOOST_TEST(read_text(path) == "first second");
    BOOST_TEST(file_count(folder) == 1u);
}
