// A JACK server of our own without a sound card, for playing into a recording or over JACK's network where no server
// runs. Main thread only.
#pragma once

#include <functional>
#include <sys/types.h>

namespace timbrel::host {

class DummyServer {
  public:
    // Starts jackd under a name of its own, which this process and those it starts use from now on.
    DummyServer();
    ~DummyServer(); // ends it, killing one that does not listen after some seconds; jackd also ends when this process
                    // does
    DummyServer(const DummyServer&) = delete;
    DummyServer& operator=(const DummyServer&) = delete;

    // Calls `interrupted` again and again, which waits so many seconds and returns true when the user wants to end:
    // then the answer is false. Throws Error when jackd is not installed or does not start.
    bool wait_until_up(const std::function<bool(double seconds)>& interrupted);

    // False for good once jackd has ended.
    bool alive();

  private:
    int status_ = 0; // of waitpid(), once it has ended
    pid_t pid_ = -1;
};

} // namespace timbrel::host
