// The player's audio side: everything that the JACK thread touches, and nothing that another thread does, save through
// the queues named here.
#pragma once

#include "host/lv2/instance.h"
#include "host/player/jack_client.h"
#include "host/player/midi/controller_map.h"
#include "host/player/midi/device_events.h"
#include "host/player/recorder.h"

#include <atomic>

namespace timbrel::host {

class Performance : public Processor {
  public:
    // All must outlive the object. Throws Error for a plugin that makes no sound.
    Performance(Instance& instance, DeviceEvents& devices, ControllerMap& controllers);

    // Audio thread.
    void process(const JackPeriod& period) override;

    // The server's own thread.
    void freewheel(bool on) override;

    // --- Main thread.
    // Where the sound is recorded; null for nowhere. The recorder may go once the client does not run.
    void record(Recorder* recorder) { recorder_.store(recorder); }
    // The largest sample since the last call, full scale = 1.
    float take_peak() { return peak_.exchange(0.0f); }

    // While one lives, the plugin does not run and the outputs are silent; what is played meanwhile is not heard.
    // Needs a client that runs. Throws Error when the audio thread stands still.
    class Pause {
      public:
        explicit Pause(Performance& performance);
        ~Pause(); // lets go of all keys, because their ends may have been missed
        Pause(const Pause&) = delete;
        Pause& operator=(const Pause&) = delete;

      private:
        Performance& performance_;
    };

  private:
    void play(const JackPeriod& period);
    uint32_t run_part(const JackPeriod& period, uint32_t offset, uint32_t frames, uint32_t& next);
    bool hear(std::span<const std::byte> message, uint32_t frame);
    void tell_position(const JackPeriod& period);
    void measure(const JackPeriod& period);

    Instance& instance_;
    DeviceEvents& devices_;
    ControllerMap& controllers_;
    const Port* left_ = nullptr;
    const Port* right_ = nullptr; // null when the plugin has one output only
    const Port* const x_;         // null where the plugin has none
    const Port* const y_;
    const Port* const freewheel_;
    SongPosition song_; // as the plugin expects it at the next period's start
    bool song_told_ = false;
    std::atomic<bool> freewheeling_{false};
    std::atomic<bool> pause_{false};   // asked for by the main thread
    std::atomic<bool> resting_{false}; // the audio thread's answer: the plugin does not run
    std::atomic<Recorder*> recorder_{nullptr};
    std::atomic<float> peak_{0.0f};
};

} // namespace timbrel::host
