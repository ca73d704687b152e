// The control of the stage benchmark: a JACK client whose callback does the same amount of arithmetic in every period,
// and nothing else. Whatever makes it late is not its doing.
// Argument: milliseconds of work in each period. Says "working" when it takes part, ends with SIGTERM.
#include "tests/host/support/sentinel.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <jack/jack.h>
#include <unistd.h>

using timbrel::test::milliseconds;

namespace {

volatile std::sig_atomic_t over = 0;

// Goes on and on through as much memory as a bank's sounds take.
class Arithmetic {
  public:
    void work(size_t steps) {
        for (size_t i = 0; i < steps; ++i) {
            float& sample = samples_[at_];
            sample = sample * .999f + .25f;
            at_ = (at_ + 1) % samples_.size();
        }
    }

    // The steps that take so many milliseconds when nothing comes between.
    size_t steps_of(double wanted) {
        constexpr size_t tried = 1 << 16;
        double least = 1e9;
        for (int i = 0; i < 200; ++i) {
            const double start = milliseconds(CLOCK_THREAD_CPUTIME_ID);
            work(tried);
            least = std::min(least, milliseconds(CLOCK_THREAD_CPUTIME_ID) - start);
        }
        return size_t(double(tried) * wanted / least);
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
    control.steps = control.arithmetic.steps_of(std::atof(arguments[1]));
    std::signal(SIGTERM, [](int) { over = 1; });
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
    while (!over) usleep(10000);
    jack_client_close(client);
    return 0;
}
