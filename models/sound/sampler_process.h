// A timbrel-sampler at work in a process of its own. Offline use only; one thread at a time.
#pragma once

#include "host/lv2/sampler_protocol.h"

#include <string>
#include <vector>

#include <sys/types.h>

namespace timbrel {

class SamplerProcess {
  public:
    // Starts it for an instrument, URI[#PRESET], at a rate in frames per second. Throws AudioError when the program is
    // not found.
    SamplerProcess(std::string instrument, double rate);
    ~SamplerProcess(); // ends it
    SamplerProcess(const SamplerProcess&) = delete;
    SamplerProcess& operator=(const SamplerProcess&) = delete;

    void ask(const host::NoteRequest& request);

    // Waits for what it says next, which must be of that kind. Throws AudioError, with the sampler's own words, when it
    // failed, and with the reason of its end when the plugin crashed. `doing` tells when: "while it was loaded".
    std::string answer(host::ReplyKind kind, const std::string& doing);

  private:
    void receive(void* to, size_t bytes, const std::string& doing);
    [[noreturn]] void tell_end(const std::string& doing);

    std::string instrument_;
    pid_t process_ = -1;
    int socket_ = -1;
};

} // namespace timbrel
