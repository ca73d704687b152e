#include "host/player.h"

#include "host/bank_choice.h"
#include "host/device_events.h"
#include "host/error.h"
#include "host/jack_client.h"
#include "host/lv2/instance.h"
#include "host/lv2/patch.h"
#include "host/lv2/state.h"
#include "host/midi_devices.h"
#include "host/osc.h"
#include "host/performance.h"
#include "host/recorder.h"
#include "host/settings.h"
#include "plugin/lv2/ports.h"

#include <cmath>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <memory>
#include <mutex>
#include <regex>

namespace timbrel::host {

namespace {

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

std::regex pattern_of(const std::vector<std::string>& patterns) {
    std::string all;
    for (const std::string& pattern : patterns) all += (all.empty() ? "(" : "|(") + pattern + ")";
    try {
        return std::regex(all, std::regex::extended | std::regex::icase);
    } catch (const std::regex_error&) {
        throw UsageError("--midi " + patterns.front() + ": not a pattern; write part of the port's name");
    }
}

// Plugin, audio side and JACK client, taken down in the opposite order.
class Player {
  public:
    explicit Player(const PlayOrder& order)
        : order_(order), pattern_(pattern_of(order.midi)), devices_([this](auto message) { receive(message); }) {
        if (order.osc_port > 0) osc_ = std::make_unique<Osc>(order.osc_port);
    }

    // Joins the server, for the first time or again. Throws Error when there is none.
    void open() {
        auto client = std::make_unique<JackClient>("Timbrel");
        if (!instance_ || instance_->hosting().rate != client->rate()) build(*client);
        client->start(*performance_);
        {
            const std::lock_guard lock(clock_);
            client_ = std::move(client);
        }
        if (!order_.connect) return;
        client_->connect_outputs();
        client_->connect_card_inputs();
    }

    void set_bank(const std::string& bank) { instance_->send_path(lv2::bank_property, bank); }

    // What is due many times a second.
    void attend() {
        if (client_ && client_->lost()) {
            say("the JACK server has gone; waiting for it to come back");
            const std::lock_guard lock(clock_);
            client_.reset();
        }
        if (!client_) {
            try {
                open();
            } catch (const Error&) {
                return;
            }
            say("the JACK server is back");
        }
        print_messages();
        if (osc_) osc_->tell();
    }

    // What is due about once a second.
    void attend_slowly() {
        if (!client_) return;
        follow_midi();
        if (const uint32_t xruns = client_->xruns(); xruns != told_xruns_) {
            say((std::to_string(xruns) + " xruns, load " + std::to_string(std::lround(100 * client_->load())) + " %")
                    .c_str());
            told_xruns_ = xruns;
        }
    }

  private:
    static void say(const char* text) { std::fprintf(stderr, "timbrel: %s\n", text); }

    // A plugin lives at one rate, so another rate means another plugin with the same setting.
    void build(const JackClient& client) {
        const State before = instance_ ? take_state(urids_, *instance_) : nullptr;
        if (osc_) osc_->play(nullptr);
        performance_.reset();
        recorder_.reset(); // a file has one rate, too
        instance_.reset();
        Hosting hosting;
        hosting.rate = client.rate();
        hosting.usual_block = client.period();
        instance_ = std::make_unique<Instance>(world_, world_.own(), urids_, hosting);
        performance_ = std::make_unique<Performance>(*instance_, events_);
        const auto settings = read_settings(*instance_, order_.settings);
        instance_->activate();
        if (osc_) osc_->play(instance_.get());
        if (before) return give_state(urids_, before.get(), *instance_);
        if (!order_.state.empty()) load_state(world_, urids_, *instance_, order_.state);
        for (const auto& [index, value] : settings) instance_->send_control(index, value);
        if (order_.record.empty()) return;
        recorder_ = std::make_unique<Recorder>(order_.record, client.rate());
        performance_->record(recorder_.get());
    }

    void print_messages() {
        for (std::vector<std::byte> atom = instance_->receive(); !atom.empty(); atom = instance_->receive()) {
            const std::optional<PatchSet> set = read_patch_set(urids_, atom);
            if (set && set->property == lv2::bank_property && !set->text.empty()) say(("playing " + set->text).c_str());
        }
    }

    // A device's thread.
    void receive(std::span<const std::byte> message) {
        const std::lock_guard lock(clock_);
        if (client_) events_.put(client_->now(), message);
    }

    // A device that the server itself offers is taken from there, because otherwise its notes would come twice.
    void follow_midi() {
        bool found = order_.connect && order_.midi.empty() && client_->connected_midi();
        for (const std::string& pattern : order_.midi) found |= client_->connect_midi(pattern) > 0;
        if (!found && (order_.connect || !order_.midi.empty()))
            for (const std::string& name : devices_.follow(pattern_)) say(("playing from " + name).c_str());
        found |= devices_.open_count() > 0;
        if (!found && !missing_midi_ && !order_.midi.empty())
            say("no MIDI source of that name yet; it is taken up once there is one");
        missing_midi_ = !found;
    }

    const PlayOrder& order_;
    const std::regex pattern_;
    World world_;
    UridTable urids_;
    std::unique_ptr<Instance> instance_;
    DeviceEvents events_;
    std::unique_ptr<Recorder> recorder_;
    std::unique_ptr<Performance> performance_;
    std::unique_ptr<Osc> osc_;
    std::mutex clock_;                   // guards client_ against the devices' threads
    std::unique_ptr<JackClient> client_; // gone before what its thread uses
    MidiDevices devices_;
    bool missing_midi_ = false;
    uint32_t told_xruns_ = 0;
};

} // namespace

void list_midi() {
    for (const std::string& name : MidiDevices([](auto) {}).names()) std::printf("%s\n", name.c_str());
    try {
        for (const std::string& name : JackClient("Timbrel").midi_sources()) std::printf("%s\n", name.c_str());
    } catch (const Error&) {
        // Without a server there are none of its sources.
    }
}

void play(const PlayOrder& order) {
    const EndSignals signals;
    const std::string bank = order.state.empty() || !order.bank.empty() ? choose_bank(order.bank) : std::string();
    Player player(order);
    player.open();
    if (!bank.empty()) player.set_bank(bank);
    for (int turn = 0;; ++turn) {
        player.attend();
        if (turn % 30 == 0) player.attend_slowly();
        if (signals.wait(1.0 / 30)) return;
    }
}

} // namespace timbrel::host
