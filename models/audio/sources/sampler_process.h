// A timbrel-sampler at work in a process of its own. Offline use only; one thread at a time.
#pragma once

#include "host/lv2/sampler_protocol.h"

#include <string>
#include <vector>

#include <sys/types.h>

namespace timbrel::audio {

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
    // failed, and with the reason of its end when the plugin crashed or gave no answer: then, and whenever it is asked
    // again. `doing` tells when: "while it was loaded".
    std::string answer(host::ReplyKind kind, const std::string& doing);

  private:
    void receive(void* to, size_t bytes, const std::string& doing);
    [[noreturn]] void tell_end(const std::string& doing);
    [[noreturn]] void fail(const std::string& why);
    std::string reap(); // waits for its end, or makes it; tells how it came

    std::string instrument_, end_; // why there will be no more answers
    pid_t process_ = -1;           // below 0 once it has ended
    int socket_ = -1;
};

} // namespace timbrel::audio
