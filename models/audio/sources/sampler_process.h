// SPDX-License-Identifier: GPL-3.0-or-later
// Runs timbrel-sampler, which plays an LV2 instrument, in a child process, so that plugins that crash do no harm.
// Thread: control, worker; one thread at a time per object.
#pragma once

#include "host/lv2/sampler_protocol.h"

#include <string>
#include <vector>

#include <sys/types.h>

namespace timbrel::audio {

class SamplerProcess {
  public:
    // Starts the process for `instrument`, URI[#PRESET], at `rate` Hz. Throws AudioError if the program is not found or
    // cannot be started.
    SamplerProcess(std::string instrument, double rate);
    ~SamplerProcess(); // kills the process
    SamplerProcess(const SamplerProcess&) = delete;
    SamplerProcess& operator=(const SamplerProcess&) = delete;

    // Asks for a note; receive_reply(ReplyKind::sound, …) returns it.
    void request_note(const host::NoteRequest& request);

    // Waits up to 60 s for the next reply and returns its content. Throws AudioError with the sampler's message if it
    // reports a failure; with the cause if the plugin crashed, hung or sent another kind of reply, and then again for
    // each later call. `activity` completes the message: "while it was loaded".
    std::string receive_reply(host::ReplyKind kind, const std::string& activity);

  private:
    void receive(void* to, size_t bytes, const std::string& activity);
    [[noreturn]] void throw_crash(const std::string& activity);
    [[noreturn]] void fail(const std::string& reason);
    std::string reap(); // waits for the process's end, or kills it; returns the cause of its end

    std::string instrument_;
    std::string error_;  // what later calls throw once the process has ended
    pid_t process_ = -1; // -1 once the process has ended
    int socket_ = -1;
};

} // namespace timbrel::audio
