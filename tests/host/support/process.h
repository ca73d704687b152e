// Other programs, started from tests.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace timbrel::test {

struct Outcome {
    int status = 0; // exit status; 128 + signal when one ended it
    std::string out, err;
};

// Runs to its end. "NAME=VALUE" words in front of the program set its environment.
Outcome run(const std::vector<std::string>& words);

// A program in the background, killed with the object. Its output goes to a file, its input stays open.
class Child {
  public:
    Child(const std::vector<std::string>& words, std::string output);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    pid_t process() const { return pid_; }
    void signal(int number) const;
    void say(const std::string& line) const; // to its input
    bool alive();
    // Waits for its end; the status as in Outcome, -1 when it is still alive after `seconds`.
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

// Meson's exit status for a test that cannot be done here.
inline constexpr int skipped = 77;

// Text of a whole file.
std::string read_file(const std::string& path);

} // namespace timbrel::test
