// SPDX-License-Identifier: GPL-3.0-or-later
// The player's audio thread: reads events from JACK and from devices, applies learned controllers and runs the plugin.
// It shares data with other threads only through the queues and atomics of this class and its arguments.
#pragma once

#include "host/lv2/instance.h"
#include "host/player/jack_client.h"
#include "host/player/midi/controller_map.h"
#include "host/player/midi/device_events.h"
#include "host/player/recorder.h"

#include <atomic>

namespace timbrel::host {

class JackProcessor : public JackCallbacks {
  public:
    // Control. All arguments must outlive the object. Throws Error if the plugin has no audio output.
    JackProcessor(Instance& instance, DeviceEvents& devices, ControllerMap& controllers);

    // Audio. Blocks only while freewheeling, if the recorder falls behind.
    void process(const JackPeriod& period) override;

    // A thread of the JACK library.
    void freewheel(bool on) override;

    // Any. Records the output; null for none. The recorder must live until the client has stopped.
    void set_recorder(Recorder* recorder) { recorder_.store(recorder); }
    // Any. The peak since the last call, full scale = 1.
    float pop_peak() { return peak_.exchange(0.0f); }

    // Control. While a Pause lives, the plugin does not run, the outputs are silent and MIDI waits in its queues or is
    // lost. Needs a running client. Throws Error if the audio thread does not run.
    class Pause {
      public:
        explicit Pause(JackProcessor& processor);
        // Sends all-notes-off, because note-offs may have been missed.
        ~Pause();
        Pause(const Pause&) = delete;
        Pause& operator=(const Pause&) = delete;

      private:
        JackProcessor& processor_;
    };

  private:
    void run_period(const JackPeriod& period);
    uint32_t run_segment(const JackPeriod& period, uint32_t offset, uint32_t frames, uint32_t& next);
    uint32_t read_midi(const JackPeriod& period, uint32_t offset, uint32_t frames, uint32_t& next);
    bool handle_midi(std::span<const std::byte> message, uint32_t frame);
    void send_position(const JackPeriod& period);
    void update_peak(const JackPeriod& period);

    Instance& instance_;
    DeviceEvents& devices_;
    ControllerMap& controllers_;
    const Port* left_ = nullptr;
    const Port* right_ = nullptr; // null if the plugin is mono
    const Port* const x_;         // null if the plugin has none
    const Port* const y_;
    const Port* const freewheel_;
    TransportPosition expected_position_; // at the next period's start, as the plugin extrapolates it
    bool position_sent_ = false;
    std::atomic<bool> freewheeling_{false};
    std::atomic<bool> pause_requested_{false}; // by the control thread
    std::atomic<bool> paused_{false};          // the audio thread's reply
    std::atomic<Recorder*> recorder_{nullptr};
    std::atomic<float> peak_{0.0f};
};

} // namespace timbrel::host
