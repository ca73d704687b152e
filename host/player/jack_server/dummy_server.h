// SPDX-License-Identifier: GPL-3.0-or-later
// A private JACK server without a sound card (jackd -d dummy), for recording or for JACK's network where no server
// runs. Thread: control, always the same one.
#pragma once

#include "host/player/jack_server/jack_server_name.h"

#include <functional>
#include <sys/types.h>

namespace timbrel::host {

class DummyServer {
  public:
    // Starts jackd under a name of its own, which becomes the default server of this process and its children. Throws
    // Error if as many servers run as JACK allows.
    DummyServer();
    // Ends jackd, after 3 seconds by SIGKILL. jackd also ends when this process does.
    ~DummyServer();
    DummyServer(const DummyServer&) = delete;
    DummyServer& operator=(const DummyServer&) = delete;

    // Waits until the server accepts clients. `interrupted` waits for the given time and returns true if the user wants
    // to quit; then the result is false. Throws Error if jackd is not installed or does not start.
    bool wait_until_up(const std::function<bool(double seconds)>& interrupted);

    // False once jackd has ended.
    bool alive();

  private:
    void start();

    ServerName name_;
    int status_ = 0; // from waitpid(), once jackd has ended
    pid_t pid_ = -1;
};

} // namespace timbrel::host
