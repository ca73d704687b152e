// SPDX-License-Identifier: GPL-3.0-or-later
// Starts other programs from tests. Thread: the test's.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace timbrel::test {

struct Outcome {
    int status = 0; // exit status; 128 + number if a signal ended it
    std::string out, err;
};

// Runs a program to its end. Leading "NAME=VALUE" words set environment variables.
Outcome run(const std::vector<std::string>& arguments);

// A program in the background; the destructor ends it, and so does the end of the thread that started it. Its output
// goes to a file; its input stays open.
class Child {
  public:
    Child(const std::vector<std::string>& arguments, std::string output);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    pid_t process() const { return pid_; }
    void signal(int number) const;
    bool alive();
    // Waits for the end. Returns the status as in Outcome; -1 if the program still runs after `seconds`.
    int wait(double seconds);
    std::string output() const;

  private:
    std::string output_;
    pid_t pid_ = -1;
    int input_ = -1;
    int status_ = -1;
};

// Whether all of these programs are on the PATH.
bool have(const std::vector<std::string>& programs);

// Meson's exit status for a skipped test.
inline constexpr int skipped = 77;

// Whether the folder holds no temporary file of a writer (common/atomic_file.h).
bool no_part_in(const std::string& folder);

// The content of a file; empty if it cannot be read.
std::string read_file(const std::string& path);

} // namespace timbrel::test
