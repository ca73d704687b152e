#include "host/player/player.h"

#include "common/error.h"
#include "common/output_guard.h"
#include "host/bank_tools/bank_lookup.h"
#include "host/player/dummy_server.h"
#include "host/player/live_player.h"
#include "host/player/nsm_session.h"
#include "plugin/lv2/shared/bank_search.h"

#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <optional>

namespace timbrel::host {

namespace {

namespace fs = std::filesystem;

// Signals are taken one by one by the main thread instead of by handlers: the ends of the program, and the wish to save
// (USR1, as JACK's session managers have it).
class Signals {
  public:
    Signals() {
        sigemptyset(&set_);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) sigaddset(&set_, signal);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr); // before any thread starts, so that all inherit it
    }
    int wait(double seconds) const { // the signal's number, negative when none came
        const timespec time{static_cast<time_t>(seconds), static_cast<long>(seconds * 1e9) % 1000000000};
        return sigtimedwait(&set_, nullptr, &time);
    }

  private:
    sigset_t set_;
};

// The player as part of a session: its setting is the file state.ttl in the session's folder.
class SessionPlayer : public SessionClient {
  public:
    SessionPlayer(LivePlayer& player, const PlayOrder& order) : player_(player), order_(order) {}

    void open_session(const std::string& folder, const std::string& name) override {
        file_ = fs::path(folder) / "state.ttl";
        const bool fresh = !fs::exists(file_);
        const std::string bank = fresh && !order_.bank.empty() ? choose_bank(order_.bank) : std::string();
        if (fresh) player_.leave();
        player_.join(name, fresh ? std::string() : file_.string());
        if (!bank.empty()) player_.set_bank(bank);
    }

    void save_session() override {
        if (file_.empty()) throw Error("no session is open");
        fs::create_directories(file_.parent_path());
        player_.save(file_);
    }

    bool session_changed() override { return player_.changed(); }

  private:
    LivePlayer& player_;
    const PlayOrder& order_;
    fs::path file_;
};

} // namespace

void list_banks() {
    int number = 0; // as keyboards count programs
    for (const fs::path& bank : lv2::installed_banks())
        std::printf("%3d  %s  %s\n", ++number, bank.stem().c_str(), bank.c_str());
}

void list_midi() {
    for (const std::string& name : MidiDevices([](auto) {}).names()) std::printf("%s\n", name.c_str());
    try {
        for (const std::string& name : JackClient("Timbrel").midi_sources()) std::printf("%s\n", name.c_str());
    } catch (const Error&) {
        // Without a server there are none of its sources.
    }
}

void play(const PlayOrder& asked) {
    check(asked.tuning);
    const Signals signals;
    PlayOrder order = asked;
    if (NsmSession::has_manager()) order.connect = false; // connections are the manager's business then
    std::optional<DummyServer> server;
    if (order.dummy) {
        server.emplace();
        const auto interrupted = [&](double seconds) {
            const int signal = signals.wait(seconds);
            return signal > 0 && signal != SIGUSR1;
        };
        if (!server->wait_until_up(interrupted)) return;
    }
    LivePlayer player(order);
    SessionPlayer in_session(player, order);
    const auto session = NsmSession::from_environment(in_session, "timbrel");
    if (!session) {
        const bool own = order.plugin.empty();
        const bool may_have_one = !own || !order.preset.empty() || fs::exists(order.state);
        std::string bank = may_have_one && order.bank.empty() ? std::string() : choose_bank(order.bank);
        if (!order.record.empty()) keep_apart(order.record, {bank, order.state});
        player.join("Timbrel");
        if (own && bank.empty() && !player.has_bank()) bank = choose_bank({});
        if (!bank.empty()) player.set_bank(bank);
    }
    for (int turn = 0;; ++turn) {
        if (server && !server->alive()) throw Error("the jackd of --driver dummy has ended; start again");
        if (session) session->attend();
        player.attend();
        const int turns_a_second = player.has_window() ? 60 : 30; // as smoothly as most screens can show
        if (turn % turns_a_second == 0) player.attend_slowly();
        const int signal = signals.wait(1.0 / turns_a_second);
        if (signal == SIGUSR1)
            player.keep();
        else if (signal > 0 || player.window_closed())
            return;
    }
}

} // namespace timbrel::host
