// SPDX-License-Identifier: GPL-3.0-or-later
// Ten minutes of `timbrel play` under extreme load: 64 frames per period, 128 voices, a dense passage of MIDI,
// constantly moving X and Y and a change of bank every second. Argument: minutes, 10 by default.
//
// The benchmark passes if the process callback never waits, causes no major page fault, does not grow in memory, and no
// period is late because of its own work. The last cannot be read from a clock alone: in a virtual machine a thread's
// CPU clock may run while the machine is stopped, and meters (stolen_time.h) do not see all of that. Three tests
// replace it:
// - The passage repeats every ten seconds, and so does its work. The median over all repetitions of a period of the
//   passage is the cost of its work; it must be less than half a period.
// - A change of bank is prepared by another thread and comes in a different period each time. The longest period of
//   each second of the passage, which has one change, is taken; its median over the repetitions must be less than a
//   period.
// - Work at random times would escape both. A control client (control_client.cc) therefore does as much work as the
//   player on the same server. The player may not have significantly more late periods unexplained by stolen time than
//   the control has per time worked (exact binomial test, level 1 %).
// Periods that are late because of the machine are allowed.
#include "tests/host/benchmarks/late_periods.h"
#include "tests/host/support/jack_probe.h"
#include "tests/host/support/songs.h"
#include "tests/plugin/engine/support/dense_passage.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include <jack/jack.h>

using namespace timbrel::test;

namespace {

constexpr uint32_t period_frames = 64;
constexpr size_t passage_periods = passage_frames / period_frames, second_periods = passage_rate / period_frames;
constexpr double period = 1e3 * period_frames / passage_rate; // milliseconds
static_assert(passage_frames % period_frames == 0 && passage_rate % period_frames == 0);

long private_kilobytes(int process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("RssAnon:", 0) == 0) return std::stol(line.substr(8));
    return 0;
}

size_t count_of(const std::string& text, const std::string& word) {
    size_t count = 0;
    for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
    return count;
}

// A JACK client under callback_watch.cc.
class WatchedClient {
  public:
    WatchedClient(const TemporaryFolder& folder, const std::string& name, std::vector<std::string> command)
        : watch_(folder.file(name + ".watch")) {
        command.insert(command.begin(), {"LD_PRELOAD=" CALLBACK_WATCH, "CALLBACK_WATCH=" + watch_});
        child_ = std::make_unique<Child>(command, folder.file(name + ".log"));
    }
    const Child& child() const { return *child_; }
    bool wait_for_output(const std::string& text) const {
        for (int i = 0; i < 200 && child_->output().find(text) == std::string::npos; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return child_->output().find(text) != std::string::npos;
    }
    // Ends the client and returns its measurements.
    std::vector<WatchedPeriod> stop() {
        child_->signal(SIGTERM);
        child_->wait(20);
        const std::string bytes = read_file(watch_);
        std::vector<WatchedPeriod> periods(bytes.size() / sizeof(WatchedPeriod));
        std::copy_n(bytes.data(), periods.size() * sizeof(WatchedPeriod), reinterpret_cast<char*>(periods.data()));
        return periods;
    }

  private:
    std::string watch_;
    std::unique_ptr<Child> child_;
};

class Benchmark {
  public:
    Benchmark() {
        write_tone_bank(folder_.file("a.timbrel"));
        write_tone_bank(folder_.file("b.timbrel"));
        std::mt19937 random(1);
        for (const auto& [frame, bytes] : dense_passage(random)) events_.push_back({frame, bytes});
    }
    bool up() const { return server_.up(); }
    std::string log() const { return server_.log(); }
    double load() const { return double(jack_cpu_load(probe_->client())); }

    // Starts the player; null if it does not start.
    std::unique_ptr<WatchedClient> player() {
        if (!probe_) probe_ = std::make_unique<JackProbe>();
        auto player = std::make_unique<WatchedClient>(
            folder_, "player",
            std::vector<std::string>{"TIMBREL_BANKS=" + folder_.file(""), TIMBREL, "play", folder_.file("a.timbrel"),
                                     "--no-window", "--set", "polyphony=128"});
        if (player->wait_for_output("playing") && probe_->connect("Timbrel:out_left", probe_->audio_in(0)) &&
            probe_->connect(probe_->midi_out(), "Timbrel:midi_in"))
            return player;
        std::printf("the player did not start: %s\n", player->child().output().c_str());
        return nullptr;
    }
    std::unique_ptr<WatchedClient> control(double work) {
        auto control = std::make_unique<WatchedClient>(folder_, "control",
                                                       std::vector<std::string>{CONTROL_CLIENT, std::to_string(work)});
        return control->wait_for_output("working") ? std::move(control) : nullptr;
    }

    void passage_once() {
        probe_->play_and_record(events_, passage_frames);
        passage_index.add_passage(probe_->times);
        for (const auto* channel : {&probe_->left, &probe_->right})
            for (const float sample : *channel) {
                finite = finite && std::isfinite(sample);
                peak = std::max(peak, std::fabs(sample));
            }
    }

    PassagePeriods passage_index{passage_periods, period_frames};
    float peak = 0;
    bool finite = true;

  private:
    TemporaryFolder folder_;
    JackServer server_{int(period_frames), int(passage_rate), JackServer::Scheduling::realtime};
    std::unique_ptr<JackProbe> probe_;
    std::vector<JackProbe::Event> events_;
};

void print(const char* who, const CallbackStats& stats) {
    std::printf("%s: %ld periods, %.3f ms of work in each; %ld lasted longer than the period, %ld of them by the "
                "processor's clock, %ld with no meter late; %ld waits, %ld major and %ld minor page faults\n",
                who, stats.periods, stats.work / double(stats.periods), stats.late_by_wall_clock,
                stats.late_by_cpu_clock, stats.unexplained, stats.waits, stats.major_faults, stats.minor_faults);
}

void print_unexplained(const std::vector<WatchedPeriod>& periods, const PassagePeriods& passage_index,
                       const PassageCosts& costs) {
    for (const WatchedPeriod& late : periods) {
        if (double(late.work - late.stolen) <= period) continue;
        std::printf("  after %.3f s %.3f ms, %.3f without what was stolen, with %d page faults",
                    1e-3 * (late.began - periods.front().began), double(late.work), double(late.work - late.stolen),
                    late.minor_faults);
        if (const auto index = passage_index.find(late.frame))
            std::printf(", at period %zu of the passage, whose median is %.3f", passage_index.phase(*index),
                        costs.median[passage_index.phase(*index)]);
        else
            std::printf(", between passages");
        std::printf("\n");
    }
}

} // namespace

int main(int count, char** arguments) {
    const int minutes = count > 1 ? std::atoi(arguments[1]) : 10;
    if (!have({"jackd", "jack_wait"})) return skipped;
    Benchmark benchmark;
    if (!benchmark.up()) return skipped;
    // Measures the player's work, for the control client.
    auto calibration_player = benchmark.player();
    if (!calibration_player) return 1;
    benchmark.passage_once();
    const CallbackStats calibration = callback_stats(calibration_player->stop(), period);

    auto control = benchmark.control(calibration.work / double(calibration.periods));
    auto player = benchmark.player();
    if (!player || !control) return 1;
    std::vector<long> memory; // after each passage; more while a bank that changed is still in use
    for (int i = 0; i < 6 * minutes; ++i) {
        benchmark.passage_once();
        memory.push_back(private_kilobytes(player->child().process()));
    }
    const auto half = memory.begin() + static_cast<std::ptrdiff_t>(memory.size() / 2);
    const long first = *std::min_element(memory.begin(), half), last = *std::min_element(half, memory.end());
    const double load = benchmark.load();
    const auto periods = player->stop(), control_periods = control->stop();

    if (std::max(periods.size(), control_periods.size()) == max_watched_periods) {
        std::fprintf(stderr, "%d minutes have more periods than can be recorded, %zu\n", minutes, max_watched_periods);
        return 1;
    }

    const CallbackStats player_stats = callback_stats(periods, period),
                        control_stats = callback_stats(control_periods, period);
    const PassageCosts costs = passage_costs(periods, benchmark.passage_index, passage_periods, second_periods);
    const double max_median = *std::ranges::max_element(costs.median),
                 max_minimum = *std::ranges::max_element(costs.minimum);
    const double second = *std::ranges::max_element(costs.longest_per_second);
    const double chance = binomial_tail(player_stats.unexplained, player_stats.unexplained + control_stats.unexplained,
                                        player_stats.work / (player_stats.work + control_stats.work));
    std::printf(
        "%d minutes: the server counts %zu late periods; private memory %ld kB in the first half, %ld kB in the "
        "second; peak %.2f%s; load of the graph %.0f %%\n",
        minutes, count_of(benchmark.log(), "XRun") + count_of(benchmark.log(), "xrun"), first, last,
        double(benchmark.peak), benchmark.finite ? "" : ", SAMPLES THAT ARE NOT FINITE", load);
    print("player", player_stats);
    print_unexplained(periods, benchmark.passage_index, costs);
    print("control", control_stats);
    std::printf("a period lasts %.3f ms; of the passage's %zu periods, each measured %zu times or more, the slowest "
                "has a median "
                "of %.3f ms and a minimum of %.3f; the slowest second's longest period has a median of %.3f\n"
                "the player's number of unexplained periods has a probability of %.0f %% under equal rates\n",
                period, passage_periods, costs.min_repetitions, max_median, max_minimum, second, 100 * chance);
    const bool in_time = player_stats.waits == 0 && player_stats.major_faults == 0 && costs.min_repetitions >= 3 &&
                         max_median < period / 2 && second < period && chance >= .01;
    const bool memory_constant = last <= first + 1024;
    const bool bounded = benchmark.finite && benchmark.peak <= 4.0f; // +12 dBFS
    return in_time && memory_constant && bounded ? 0 : 1;
}
