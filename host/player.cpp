#include "host/player.h"

#include "host/bank_choice.h"
#include "host/error.h"
#include "host/jack_client.h"
#include "host/lv2/instance.h"
#include "host/lv2/patch.h"
#include "host/lv2/state.h"
#include "host/settings.h"
#include "plugin/lv2/ports.h"

#include <lv2/core/lv2.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>

namespace timbrel::host {

namespace {

constexpr uint32_t control_frames = 32; // control voltages are read this often

// The audio side: everything that the audio thread touches.
class Performance : public Processor {
  public:
    explicit Performance(Instance& instance)
        : instance_(instance), left_(instance.find("out_left")->index), right_(instance.find("out_right")->index),
          x_(instance.find("x")->index), y_(instance.find("y")->index),
          freewheel_(instance.designated(LV2_CORE__freeWheeling, true)) {}

    void process(const JackPeriod& period) override {
        const bool moving = period.x || period.y;
        const uint32_t longest = moving ? control_frames : instance_.hosting().max_block;
        uint32_t next = 0;
        for (uint32_t done = 0; done < period.frames;) {
            const uint32_t part = std::min(longest, period.frames - done);
            run_part(period, done, part, next);
            done += part;
        }
    }

    void freewheel(bool on) override {
        if (freewheel_) instance_.send_control(freewheel_->index, on ? 1.0f : 0.0f);
    }

  private:
    void run_part(const JackPeriod& period, uint32_t offset, uint32_t frames, uint32_t& next) {
        instance_.begin_block();
        if (period.x) instance_.set_control(x_, std::clamp(period.x[offset], 0.0f, 1.0f));
        if (period.y) instance_.set_control(y_, std::clamp(period.y[offset], 0.0f, 1.0f));
        for (const uint32_t count = period.midi_count(); next < count; ++next) {
            const JackPeriod::Midi event = period.midi(next);
            if (event.frame >= offset + frames) break;
            instance_.midi(event.frame - std::min(event.frame, offset), event.bytes);
        }
        instance_.connect_audio(left_, period.left + offset);
        instance_.connect_audio(right_, period.right + offset);
        instance_.run(frames);
    }

    Instance& instance_;
    const uint32_t left_, right_, x_, y_;
    const Port* const freewheel_;
};

// Ends of the program come as signals, taken one by one by the main thread instead of by handlers.
class EndSignals {
  public:
    EndSignals() {
        sigemptyset(&set_);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set_, signal);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr); // before any thread starts, so that all inherit it
    }
    bool wait(double seconds) const {
        const timespec time{static_cast<time_t>(seconds), static_cast<long>(seconds * 1e9) % 1000000000};
        return sigtimedwait(&set_, nullptr, &time) > 0;
    }

  private:
    sigset_t set_;
};

void print_messages(UridTable& urids, Instance& instance) {
    for (std::vector<std::byte> atom = instance.receive(); !atom.empty(); atom = instance.receive()) {
        const std::optional<PatchSet> set = read_patch_set(urids, atom);
        if (set && set->property == lv2::bank_property && !set->text.empty())
            std::fprintf(stderr, "timbrel: playing %s\n", set->text.c_str());
    }
}

} // namespace

void play(const PlayOrder& order) {
    const EndSignals signals;
    const std::string bank = order.state.empty() || !order.bank.empty() ? choose_bank(order.bank) : std::string();
    JackClient client("Timbrel");
    World world;
    UridTable urids;
    Hosting hosting;
    hosting.rate = client.rate();
    hosting.usual_block = client.period();
    Instance instance(world, world.own(), urids, hosting);
    const auto settings = read_settings(instance, order.settings);
    instance.activate();
    if (!order.state.empty()) load_state(world, urids, instance, order.state);
    for (const auto& [index, value] : settings) instance.send_control(index, value);
    if (!bank.empty()) instance.send_path(lv2::bank_property, bank);

    Performance performance(instance);
    client.start(performance);
    if (order.connect) {
        client.connect_outputs();
        client.connect_card_inputs();
    }
    if (!order.midi.empty() && client.connect_midi(order.midi) == 0)
        std::fprintf(stderr, "timbrel: no MIDI source matches %s yet; it is connected once there is one\n",
                     order.midi.c_str());
    while (!signals.wait(0.25)) {
        if (client.lost()) throw Error("the JACK server has gone; start it and timbrel play again");
        print_messages(urids, instance);
        if (!order.midi.empty()) client.connect_midi(order.midi);
    }
}

} // namespace timbrel::host
