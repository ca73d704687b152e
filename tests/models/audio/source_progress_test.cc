// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/sources/source.h"

#include "common/units.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace timbrel::audio {
namespace {

// A terminal that takes the place of standard error.
class Terminal {
  public:
    Terminal() : master_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)), saved_(dup(STDERR_FILENO)) {
        BOOST_REQUIRE(grantpt(master_) == 0);
        BOOST_REQUIRE(unlockpt(master_) == 0);
        const int slave = open(ptsname(master_), O_RDWR | O_NOCTTY | O_CLOEXEC);
        BOOST_REQUIRE(slave >= 0);
        dup2(slave, STDERR_FILENO);
        close(slave);
    }
    ~Terminal() {
        restore();
        close(saved_);
        close(master_);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    // What was printed; at most 4096 bytes fit.
    std::string text() {
        std::string text(4096, '\0');
        const ssize_t bytes = read(master_, text.data(), text.size());
        text.resize(bytes > 0 ? static_cast<size_t>(bytes) : 0);
        return text;
    }
    void restore() const { dup2(saved_, STDERR_FILENO); }

  private:
    int master_, saved_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(sources)

BOOST_AUTO_TEST_CASE(progress_is_complete_although_files_are_refused) {
    const TemporaryFolder folder;
    for (const char* name : {"a.txt", "b.txt", "c.txt"}) std::ofstream(folder / name) << "not a sound";
    // Long enough for the last step to be printed, as steps are that come 0.2 seconds after the one before.
    write_audio(folder / "tone.wav", sine(note_to_hertz(57), 120, 96000));
    Terminal terminal;
    const auto source = open_source(folder.path().string());
    terminal.restore();
    const std::string text = terminal.text();
    BOOST_TEST(text.find("100 %") != std::string::npos, text);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
