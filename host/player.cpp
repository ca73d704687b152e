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
#include <memory>

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

// Plugin, audio side and JACK client, taken down in the opposite order.
class Player {
  public:
    explicit Player(const PlayOrder& order) : order_(order) {}

    // Joins the server, for the first time or again. Throws Error when there is none.
    void open() {
        auto client = std::make_unique<JackClient>("Timbrel");
        if (!instance_ || instance_->hosting().rate != client->rate()) build(*client);
        client_ = std::move(client);
        client_->start(*performance_);
        if (!order_.connect) return;
        client_->connect_outputs();
        client_->connect_card_inputs();
    }

    void set_bank(const std::string& bank) { instance_->send_path(lv2::bank_property, bank); }

    // What is due a few times a second.
    void attend() {
        if (client_ && client_->lost()) {
            std::fprintf(stderr, "timbrel: the JACK server has gone; waiting for it to come back\n");
            client_.reset();
        }
        if (!client_) {
            try {
                open();
            } catch (const Error&) {
                return;
            }
            std::fprintf(stderr, "timbrel: the JACK server is back\n");
        }
        print_messages();
        if (!order_.midi.empty()) connect_midi();
    }

  private:
    // A plugin lives at one rate, so another rate means another plugin with the same setting.
    void build(const JackClient& client) {
        const State before = instance_ ? take_state(urids_, *instance_) : nullptr;
        performance_.reset();
        instance_.reset();
        Hosting hosting;
        hosting.rate = client.rate();
        hosting.usual_block = client.period();
        instance_ = std::make_unique<Instance>(world_, world_.own(), urids_, hosting);
        performance_ = std::make_unique<Performance>(*instance_);
        const auto settings = read_settings(*instance_, order_.settings);
        instance_->activate();
        if (before) return give_state(urids_, before.get(), *instance_);
        if (!order_.state.empty()) load_state(world_, urids_, *instance_, order_.state);
        for (const auto& [index, value] : settings) instance_->send_control(index, value);
    }

    void print_messages() {
        for (std::vector<std::byte> atom = instance_->receive(); !atom.empty(); atom = instance_->receive()) {
            const std::optional<PatchSet> set = read_patch_set(urids_, atom);
            if (set && set->property == lv2::bank_property && !set->text.empty())
                std::fprintf(stderr, "timbrel: playing %s\n", set->text.c_str());
        }
    }

    void connect_midi() {
        const bool found = client_->connect_midi(order_.midi) > 0;
        if (!found && !missing_midi_)
            std::fprintf(stderr, "timbrel: no MIDI source matches %s; it is connected once there is one\n",
                         order_.midi.c_str());
        missing_midi_ = !found;
    }

    const PlayOrder& order_;
    World world_;
    UridTable urids_;
    std::unique_ptr<Instance> instance_;
    std::unique_ptr<Performance> performance_;
    std::unique_ptr<JackClient> client_; // gone first: until then its thread uses the others
    bool missing_midi_ = false;
};

} // namespace

void play(const PlayOrder& order) {
    const EndSignals signals;
    const std::string bank = order.state.empty() || !order.bank.empty() ? choose_bank(order.bank) : std::string();
    Player player(order);
    player.open();
    if (!bank.empty()) player.set_bank(bank);
    do {
        player.attend();
    } while (!signals.wait(0.25));
}

} // namespace timbrel::host
