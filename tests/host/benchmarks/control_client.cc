// SPDX-License-Identifier: GPL-3.0-or-later
// The control client of the endurance benchmark: its callback does a constant amount of arithmetic and nothing else, so
// that its late periods are caused by the machine. Argument: milliseconds of work per period. Prints "working" once it
// is active; ends with SIGTERM.
#include "tests/host/support/stolen_time.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <jack/jack.h>
#include <unistd.h>

using timbrel::test::milliseconds;

namespace {

volatile std::sig_atomic_t stop_requested = 0;

// Arithmetic over 4 MiB, about the memory that a bank's notes take.
class Arithmetic {
  public:
    void work(size_t steps) {
        for (size_t i = 0; i < steps; ++i) {
            float& sample = samples_[at_];
            sample = sample * .999f + .25f;
            at_ = (at_ + 1) % samples_.size();
        }
    }

    // The number of steps that take this many milliseconds without interruption.
    size_t calibrate_steps(double wanted) {
        constexpr size_t trial_steps = 1 << 16;
        double minimum = 1e9;
        for (int i = 0; i < 200; ++i) {
            const double start = milliseconds(CLOCK_THREAD_CPUTIME_ID);
            work(trial_steps);
            minimum = std::min(minimum, milliseconds(CLOCK_THREAD_CPUTIME_ID) - start);
        }
        return size_t(double(trial_steps) * wanted / minimum);
    }

  private:
    std::vector<float> samples_ = std::vector<float>(1 << 20);
    size_t at_ = 0;
};

struct Control {
    Arithmetic arithmetic;
    size_t steps;
};

} // namespace

int main(int count, char** arguments) {
    if (count != 2) return 2;
    Control control;
    control.steps = control.arithmetic.calibrate_steps(std::atof(arguments[1]));
    std::signal(SIGTERM, [](int) { stop_requested = 1; });
    jack_client_t* const client = jack_client_open("control", JackNoStartServer, nullptr);
    if (!client) return 1;
    jack_set_process_callback(
        client,
        [](jack_nframes_t, void* data) {
            auto& self = *static_cast<Control*>(data);
            self.arithmetic.work(self.steps);
            return 0;
        },
        &control);
    if (jack_activate(client) != 0) return 1;
    std::printf("working\n");
    std::fflush(stdout);
    while (!stop_requested) usleep(10000);
    jack_client_close(client);
    return 0;
}
