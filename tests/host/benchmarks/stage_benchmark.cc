// A long evening in short: `timbrel play` at 64 frames with 128 voices, a flood of MIDI, X and Y in a storm and another
// bank every second. Argument: minutes.
//
// What is claimed: the process callback waits for nothing and reads nothing from the disk, its memory does not grow,
// and no work of its makes a period late. The last cannot be read off a clock alone: in a virtual machine a thread's
// processor clock may run on while the machine stands still, and sentinels (sentinel.h) see not all of that. So it is
// shown in three ways:
// - The storm is the same every ten seconds, and work comes again with it: the median of what a place of the storm,
//   one period, took in all of its repetitions is what its work costs. No place may cost half a period.
// - A change of bank is prepared by another thread and falls on another period each time. So for each second of the
//   storm, which has one, the longest period is taken: its median over the repetitions may not be a period.
// - Work that comes by chance would show in neither. So a control (stage_control.cc) works as much as the player on the
//   same server, under the same watch: the player may not have more late periods that the sentinels do not explain than
//   the control has, for the time that each worked, by an exact binomial test at 1 %. Of equal work, seven against
//   none are too many.
// What is not claimed: that no period is late, for what a machine takes away, no program can give back.
#include "tests/host/benchmarks/stage_verdict.h"
#include "tests/host/support/jack_probe.h"
#include "tests/host/support/songs.h"
#include "tests/plugin/engine/support/storm.h"

#include <algorithm>
#include <chrono>
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
constexpr size_t storm_periods = storm_frames / period_frames, second_periods = storm_rate / period_frames;
constexpr double period = 1e3 * period_frames / storm_rate; // milliseconds
static_assert(storm_frames % period_frames == 0 && storm_rate % period_frames == 0);

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

// A client under the watch.
class Watched {
  public:
    Watched(const TemporaryFolder& folder, const std::string& name, std::vector<std::string> words)
        : watch_(folder.file(name + ".watch")) {
        words.insert(words.begin(), {"LD_PRELOAD=" CALLBACK_WATCH, "CALLBACK_WATCH=" + watch_});
        child_ = std::make_unique<Child>(words, folder.file(name + ".log"));
    }
    const Child& child() const { return *child_; }
    bool says(const std::string& word) const {
        for (int i = 0; i < 200 && child_->output().find(word) == std::string::npos; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return child_->output().find(word) != std::string::npos;
    }
    std::vector<WatchedPeriod> end() {
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

class Stage {
  public:
    Stage() {
        write_tone_bank(folder_.file("a.timbrel"));
        write_tone_bank(folder_.file("b.timbrel"));
        std::mt19937 random(1);
        for (const auto& [frame, bytes] : storm(random)) events_.push_back({frame, bytes});
    }
    bool up() const { return server_.up(); }
    std::string log() const { return server_.log(); }
    double load() const { return double(jack_cpu_load(probe_->client())); }

    // Null when it does not start.
    std::unique_ptr<Watched> player() {
        if (!probe_) probe_ = std::make_unique<JackProbe>();
        auto player = std::make_unique<Watched>(folder_, "player",
                                                std::vector<std::string>{"TIMBREL_BANKS=" + folder_.file(""), TIMBREL,
                                                                         "play", folder_.file("a.timbrel"),
                                                                         "--no-window", "--set", "polyphony=128"});
        // Its ports are there before it takes part, and cannot be connected until then.
        if (player->says("playing") && probe_->connect("Timbrel:out_left", probe_->audio_in(0)) &&
            probe_->connect(probe_->midi_out(), "Timbrel:midi_in"))
            return player;
        std::printf("the player did not start: %s\n", player->child().output().c_str());
        return nullptr;
    }
    std::unique_ptr<Watched> control(double work) {
        auto control = std::make_unique<Watched>(folder_, "control",
                                                 std::vector<std::string>{STAGE_CONTROL, std::to_string(work)});
        return control->says("working") ? std::move(control) : nullptr;
    }

    void storm_once() {
        probe_->perform(events_, storm_frames);
        places.add_storm(probe_->times);
        peak = std::max(peak, *std::ranges::max_element(probe_->left));
    }

    StormPlaces places{storm_periods, period_frames};
    float peak = 0;

  private:
    TemporaryFolder folder_;
    JackServer server_{int(period_frames), int(storm_rate), JackServer::Pace::stage};
    std::unique_ptr<JackProbe> probe_;
    std::vector<JackProbe::Event> events_;
};

void print(const char* who, const Tally& tally) {
    std::printf("%s: %ld periods, %.3f ms of work in each; %ld lasted longer than the period, %ld of them by the "
                "processor's clock, %ld while no sentinel was late; %ld waits, %ld major and %ld minor page faults\n",
                who, tally.periods, tally.work / double(tally.periods), tally.overdue, tally.late, tally.unexplained,
                tally.waits, tally.major_faults, tally.minor_faults);
}

void print_unexplained(const std::vector<WatchedPeriod>& periods, const StormPlaces& places, const StormCosts& costs) {
    for (const WatchedPeriod& late : periods) {
        if (double(late.work - late.stolen) <= period) continue;
        std::printf("  after %.3f s %.3f ms, %.3f without what was stolen, with %d page faults",
                    1e-3 * (late.began - periods.front().began), double(late.work), double(late.work - late.stolen),
                    late.minor_faults);
        if (const auto place = places.of(late.frame))
            std::printf(", at place %zu, whose median is %.3f", places.in_storm(*place),
                        costs.median[places.in_storm(*place)]);
        else
            std::printf(", between storms");
        std::printf("\n");
    }
}

} // namespace

int main(int count, char** arguments) {
    const int minutes = count > 1 ? std::atoi(arguments[1]) : 10;
    if (!have({"jackd", "jack_wait"})) return skipped;
    Stage stage;
    if (!stage.up()) return skipped;
    // How much the player works, for the control.
    auto rehearsing = stage.player();
    if (!rehearsing) return 1;
    stage.storm_once();
    const Tally rehearsed = tally(rehearsing->end(), period);

    auto control = stage.control(rehearsed.work / double(rehearsed.periods));
    auto player = stage.player();
    if (!player || !control) return 1;
    long first = 0;
    for (int i = 0; i < 6 * minutes; ++i) {
        stage.storm_once();
        if (i == 0) first = private_kilobytes(player->child().process());
    }
    const long last = private_kilobytes(player->child().process());
    const double load = stage.load();
    const auto periods = player->end(), controls = control->end();

    if (std::max(periods.size(), controls.size()) == most_watched_periods) {
        std::fprintf(stderr, "%d minutes have more periods than the watch can keep, %zu\n", minutes,
                     most_watched_periods);
        return 1;
    }

    const Tally played = tally(periods, period), controlled = tally(controls, period);
    const StormCosts costs = storm_costs(periods, stage.places, storm_periods, second_periods);
    const double place = *std::ranges::max_element(costs.median), least = *std::ranges::max_element(costs.least);
    const double second = *std::ranges::max_element(costs.seconds);
    const double chance = chance_of(played.unexplained, played.unexplained + controlled.unexplained,
                                    played.work / (played.work + controlled.work));
    std::printf("%d minutes: the server counts %zu late periods; private memory %ld kB after 10 s, %ld kB at the end; "
                "peak %.2f; load of the graph %.0f %%\n",
                minutes, count_of(stage.log(), "XRun") + count_of(stage.log(), "xrun"), first, last, double(stage.peak),
                load);
    print("player", played);
    print_unexplained(periods, stage.places, costs);
    print("control", controlled);
    std::printf(
        "a period lasts %.3f ms; of the storm's %zu, played %zu times at least, the dearest takes %.3f ms at the "
        "median and %.3f at least; the longest of a second %.3f at the median\n"
        "as many of the unexplained periods would be the player's by chance in %.0f %% of evenings\n",
        period, storm_periods, costs.fewest, place, least, second, 100 * chance);
    const bool kept_time = played.waits == 0 && played.major_faults == 0 && costs.fewest >= 3 && place < period / 2 &&
                           second < period && chance >= .01;
    const bool kept_size = last <= first + first / 50;
    return kept_time && kept_size ? 0 : 1;
}
