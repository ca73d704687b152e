// SPDX-License-Identifier: GPL-3.0-or-later
// Runs timbrel-sampler, which plays an LV2 instrument, in a child process, so that plugins that crash do no harm.
// Thread: control, worker; one thread at a time per object.
#pragma once

#include "host/lv2/sampler_protocol.h"
#include "models/audio/io/audio.h"

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

    // Sets the controls of all later notes, in place of former ones. Throws AudioError for a control that the
    // instrument does not have. Not while a note is awaited.
    void set_controls(const host::ControlValues& controls);

    // Asks for a note; receive_sound() returns it.
    void request_note(const host::NoteRequest& request);

    // Waits up to 60 s for the next reply and returns its content. Throws AudioError with the sampler's message if it
    // reports a failure; with the cause if the plugin crashed, hung or sent another kind of reply, and then again for
    // each later call. `activity` completes the message: "while it was loaded".
    std::string receive_reply(host::ReplyKind kind, const std::string& activity);

    // The requested note, declared to have `rate`. Throws as receive_reply.
    Audio receive_sound(double rate);

  private:
    void send_request(host::RequestKind kind, const void* content, size_t bytes);
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
