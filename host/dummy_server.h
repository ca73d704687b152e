// A JACK server of our own without a sound card, for playing into a recording or over JACK's network where no server
// runs. Main thread only.
#pragma once

#include <sys/types.h>

namespace timbrel::host {

class DummyServer {
  public:
    // Starts jackd under a name of its own, which this process and those it starts use from now on. Throws Error when
    // jackd is not installed or does not start.
    DummyServer();
    ~DummyServer(); // ends it; jackd also ends when this process does
    DummyServer(const DummyServer&) = delete;
    DummyServer& operator=(const DummyServer&) = delete;

  private:
    void end();

    pid_t pid_ = -1;
};

} // namespace timbrel::host
