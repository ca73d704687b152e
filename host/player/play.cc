// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/play.h"

#include "common/error.h"
#include "common/foreign_text.h"
#include "common/output_guard.h"
#include "host/bank_tools/bank_lookup.h"
#include "host/player/jack_server/dummy_server.h"
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

// Blocks the signals that end the program or save (SIGUSR1, the convention of JACK session managers), so that the main
// thread receives them synchronously.
class Signals {
  public:
    Signals() {
        sigemptyset(&set_);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) sigaddset(&set_, signal);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr); // before any thread starts, so that all inherit it
    }
    // The next signal's number; negative if there is none within `seconds`.
    int wait(double seconds) const {
        const timespec time{static_cast<time_t>(seconds), static_cast<long>(seconds * 1e9) % 1000000000};
        return sigtimedwait(&set_, nullptr, &time);
    }

  private:
    sigset_t set_;
};

// The player as the client of a session manager. Its state is the file state.ttl in the session's folder.
class SessionPlayer : public SessionClient {
  public:
    SessionPlayer(LivePlayer& player, const PlayOptions& options) : player_(player), options_(options) {}

    void open_session(const std::string& folder, const std::string& name) override {
        file_ = fs::path(folder) / "state.ttl";
        const bool is_new = !fs::exists(file_);
        const std::string bank = is_new && !options_.bank.empty() ? resolve_bank(options_.bank) : std::string();
        if (is_new) player_.leave_server();
        player_.join_server(name, is_new ? std::string() : file_.string());
        if (!bank.empty()) player_.set_bank(bank);
    }

    void save_session() override {
        if (file_.empty()) throw Error("no session is open");
        create_folder(file_.parent_path());
        player_.save(file_);
    }

    bool session_changed() override { return player_.changed(); }

  private:
    LivePlayer& player_;
    const PlayOptions& options_;
    fs::path file_;
};

// Joins the server and loads the bank: that of the options, of the preset or state, or the first installed one. With a
// window the player also starts without any bank, because sounds can be dropped there.
void start(LivePlayer& player, const PlayOptions& options) {
    const bool is_timbrel = options.plugin.empty();
    std::string bank = options.bank.empty() ? std::string() : resolve_bank(options.bank);
    if (!options.record.empty()) reject_overwrite(options.record, {bank, options.state});
    player.join_server("Timbrel");
    const bool starts_empty = player.has_window() && lv2::installed_banks().empty();
    if (is_timbrel && bank.empty() && !player.has_bank() && !starts_empty) bank = resolve_bank({});
    if (!bank.empty()) player.set_bank(bank);
}

} // namespace

void list_banks() {
    int number = 0; // counted from 1, as on keyboards
    for (const fs::path& bank : lv2::installed_banks())
        std::printf("%3d  %s  %s\n", ++number, printable(bank.stem().string()).c_str(),
                    printable(bank.string(), max_printed_line).c_str());
}

void list_midi() {
    if (const auto devices = make_midi_devices([](auto) {}))
        for (const std::string& name : devices->names()) std::printf("%s\n", printable(name).c_str());
    try {
        for (const std::string& name : JackClient("Timbrel").midi_sources())
            std::printf("%s\n", printable(name).c_str());
    } catch (const Error&) {
        // Without a server there are no JACK sources.
    }
}

void play(const PlayOptions& requested) {
    check_tuning_files(requested.tuning);
    const Signals signals;
    PlayOptions options = requested;
    if (has_session_manager()) options.connect = false; // the manager restores connections
    std::optional<DummyServer> server;
    if (options.dummy) {
        server.emplace();
        const auto interrupted = [&](double seconds) {
            const int signal = signals.wait(seconds);
            return signal > 0 && signal != SIGUSR1;
        };
        if (!server->wait_until_up(interrupted)) return;
    }
    LivePlayer player(options);
    SessionPlayer session_player(player, options);
    const auto session = join_session(session_player, "timbrel");
    if (!session) start(player, options);
    for (int tick = 0;; ++tick) {
        if (server && !server->alive()) throw Error("the jackd of --driver dummy has ended; start again");
        if (session) session->poll();
        player.poll();
        const int ticks_per_second = player.has_window() ? 60 : 30; // 60: the refresh rate of most screens
        if (tick % ticks_per_second == 0) player.poll_slow();
        const int signal = signals.wait(1.0 / ticks_per_second);
        if (signal == SIGUSR1)
            player.quick_save();
        else if (signal > 0 || player.window_closed())
            return;
    }
}

} // namespace timbrel::host
