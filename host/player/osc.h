// Open Sound Control: phones, tablets and programs as controllers. Received on a thread of its own.
//
//   /timbrel/x f        /timbrel/y f        /timbrel/xy ff      place on the plane, 0 … 1
//   /timbrel/note ii    key and velocity; velocity 0 lets go
//   /timbrel/param/NAME f                   any parameter, in its unit
//   /timbrel/learn s    the parameter of that name learns the MIDI controller that moves next; /timbrel/forget s
//   /timbrel/save s     keeps the setting as the LV2 preset of that name; /timbrel/load s
//   /timbrel/listen i   send /timbrel/x, /y and /param/NAME back to that UDP port of the sender whenever they change
#pragma once

#include "host/lv2/instance.h"

#include <lo/lo_cpp.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace timbrel::host {

// What is not for the audio thread to do.
struct OscWish {
    enum class What { learn, forget, save, load } what;
    std::string name; // of a parameter or a preset
};

class Osc {
  public:
    // Throws Error when the UDP port is taken.
    explicit Osc(int port);

    // Main thread. The plugin that is played; null while there is none.
    void play(Instance* instance);

    // Main thread, a few times a second: tells the listeners what has changed since.
    void tell();

    // Main thread. What was asked for since the last call, in order.
    std::vector<OscWish> take_wishes();

  private:
    struct Listener {
        std::unique_ptr<lo::Address> address;
        std::vector<float> told; // by port; NaN at first
    };
    int receive(const char* path, const lo::Message& message);
    bool wish(const std::string& what, const lo::Message& message);
    bool set(const char* symbol, float value);
    void listen(const std::string& host, int port);

    std::mutex mutex_; // guards all below against the receiving thread
    Instance* instance_ = nullptr;
    std::vector<Listener> listeners_;
    std::vector<OscWish> wishes_;
    lo::ServerThread server_;
};

} // namespace timbrel::host
