// SPDX-License-Identifier: GPL-3.0-or-later
#define BOOST_TEST_MODULE common
#include "common/atomic_file.h"
#include "common/error.h"
#include "common/note_name.h"
#include "common/oklab.h"
#include "common/output_guard.h"
#include "common/stats.h"
#include "common/units.h"
#include "common/user_dirs.h"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <unistd.h>

using namespace timbrel;
namespace fs = std::filesystem;

namespace {

class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / "timbrel-test-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~TemporaryFolder() { fs::remove_all(path_); }
    const fs::path& path() const { return path_; }
    std::string file(const std::string& name) const { return (path_ / name).string(); }

  private:
    fs::path path_;
};

// Sets an environment variable, or removes it for nullptr, until destruction.
class EnvironmentVariable {
  public:
    EnvironmentVariable(const char* name, const char* value) : name_(name) {
        if (const char* const before = std::getenv(name)) before_ = before;
        set(value);
    }
    ~EnvironmentVariable() { set(before_ ? before_->c_str() : nullptr); }
    EnvironmentVariable(const EnvironmentVariable&) = delete;
    EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

  private:
    void set(const char* value) const {
        if (value)
            setenv(name_, value, 1);
        else
            unsetenv(name_);
    }

    const char* name_;
    std::optional<std::string> before_;
};

void write_text(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string read_text(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

size_t file_count(const TemporaryFolder& folder) {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder.path()), {}));
}

} // namespace

BOOST_AUTO_TEST_SUITE(units, *boost::unit_test::tolerance(1e-12))

BOOST_AUTO_TEST_CASE(decibels) {
    BOOST_TEST(db_to_amplitude(20.0) == 10.0);
    BOOST_TEST(db_to_power(20.0) == 100.0);
    for (const double db : {-90.0, -6.0, 0.0, 3.0, 24.0}) {
        BOOST_TEST(amplitude_to_db(db_to_amplitude(db)) == db);
        BOOST_TEST(power_to_db(db_to_power(db)) == db);
    }
    static_assert(std::is_same_v<decltype(amplitude_to_db(1.0f)), float>);
}

BOOST_AUTO_TEST_CASE(pitch) {
    BOOST_TEST(semitones_to_ratio(12) == 2.0);
    BOOST_TEST(ratio_to_semitones(0.5) == -12.0);
    BOOST_TEST(cents_to_ratio(1200) == 2.0);
    BOOST_TEST(ratio_to_cents(1.5) == 701.9550008653874);
    BOOST_TEST(note_to_hertz(69) == 440.0);
    BOOST_TEST(note_to_hertz(57) == 220.0);
    BOOST_TEST(hertz_to_note(note_to_hertz(60.25)) == 60.25);
}

// 1 kHz has the ERB number 15.6 and a bandwidth of 132.6 Hz (Glasberg and Moore 1990).
BOOST_AUTO_TEST_CASE(erb_scale) {
    BOOST_TEST(hertz_to_erb_number(0) == 0.0);
    BOOST_TEST(hertz_to_erb_number(1000) == 15.6, boost::test_tools::tolerance(0.01));
    BOOST_TEST(erb_bandwidth(1000) == 132.6, boost::test_tools::tolerance(0.001));
    for (const double hertz : {20.0, 440.0, 20000.0})
        BOOST_TEST(erb_number_to_hertz(hertz_to_erb_number(hertz)) == hertz);
    const double step =
        hertz_to_erb_number(1000 + erb_bandwidth(1000) / 2) - hertz_to_erb_number(1000 - erb_bandwidth(1000) / 2);
    BOOST_TEST(step == 1.0, boost::test_tools::tolerance(0.01));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(stats)

BOOST_AUTO_TEST_CASE(median_of_even_counts_is_the_upper_middle) {
    BOOST_TEST(median(std::vector{3.0}) == 3.0);
    BOOST_TEST(median(std::vector{3.0, 1.0, 2.0}) == 2.0);
    BOOST_TEST(median(std::vector{4.0f, 1.0f, 3.0f, 2.0f}) == 3.0f);
}

BOOST_AUTO_TEST_CASE(median_leaves_a_copied_list_unchanged) {
    const std::vector<double> values{3, 1, 2};
    median(values);
    BOOST_TEST((values == std::vector<double>{3, 1, 2}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(note_names)

BOOST_AUTO_TEST_CASE(c4_is_note_60) {
    BOOST_TEST(note_name(60) == "C4");
    BOOST_TEST(note_name(61) == "C#4");
    BOOST_TEST(note_name(0) == "C-1");
    BOOST_TEST(note_name(127) == "G9");
}

BOOST_AUTO_TEST_CASE(letters_are_pitch_classes) {
    const std::string letters = "CDEFGAB";
    const std::vector<int> classes{0, 2, 4, 5, 7, 9, 11};
    for (size_t i = 0; i < letters.size(); ++i) BOOST_TEST(pitch_class_of(letters[i]) == classes[i]);
    for (const char other : {'H', 'c', '#', ' '}) BOOST_TEST(pitch_class_of(other) == -1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(user_dirs)

BOOST_AUTO_TEST_CASE(the_config_folder_falls_back_to_home) {
    const EnvironmentVariable home("HOME", "/home/user");
    {
        const EnvironmentVariable config("XDG_CONFIG_HOME", "/config");
        BOOST_TEST(user_config_dir() == "/config");
    }
    for (const char* const unset : {static_cast<const char*>(nullptr), ""}) {
        const EnvironmentVariable config("XDG_CONFIG_HOME", unset);
        BOOST_TEST(user_config_dir() == "/home/user/.config");
        const EnvironmentVariable no_home("HOME", nullptr);
        BOOST_TEST(user_config_dir().empty());
    }
}

BOOST_AUTO_TEST_CASE(data_folders_are_in_search_order) {
    const EnvironmentVariable home("HOME", "/home/user");
    {
        const EnvironmentVariable first("XDG_DATA_HOME", "/first"), others("XDG_DATA_DIRS", "/second:relative:/third");
        BOOST_TEST((data_dirs() == std::vector<fs::path>{"/first", "/second", "/third"}));
    }
    const EnvironmentVariable first("XDG_DATA_HOME", nullptr), others("XDG_DATA_DIRS", "");
    BOOST_TEST((data_dirs() == std::vector<fs::path>{"/home/user/.local/share", "/usr/local/share", "/usr/share"}));
}

BOOST_AUTO_TEST_CASE(lists_drop_empty_and_relative_folders) {
    BOOST_TEST(split_dirs("").empty());
    BOOST_TEST((split_dirs(":/a::b:/c:") == std::vector<fs::path>{"/a", "/c"}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(atomic_file)

BOOST_AUTO_TEST_CASE(a_finished_file_replaces_the_old_one) {
    const TemporaryFolder folder;
    const std::string path = folder.file("a");
    for (const bool synced : {true, false}) {
        write_text(path, "old");
        AtomicFile file(path);
        file.write(bytes("new "));
        file.write(bytes("text"));
        BOOST_TEST(read_text(path) == "old");
        if (synced)
            file.finish();
        else
            file.finish_unsynced();
        BOOST_TEST(read_text(path) == "new text");
        BOOST_TEST(file_count(folder) == 1u);
    }
}

BOOST_AUTO_TEST_CASE(the_part_can_be_checked_before_it_gets_its_name) {
    const TemporaryFolder folder;
    AtomicFile file(folder.file("a"));
    file.write(bytes("text"));
    BOOST_TEST(read_text(file.sync_and_close()) == "text");
    BOOST_TEST(!fs::exists(folder.file("a")));
    file.finish();
    BOOST_TEST(read_text(folder.file("a")) == "text");
}

BOOST_AUTO_TEST_CASE(an_unfinished_file_leaves_nothing) {
    const TemporaryFolder folder;
    {
        AtomicFile file(folder.file("a"));
        file.write(bytes("half"));
        BOOST_TEST(fs::exists(file.part_path()));
    }
    BOOST_TEST(fs::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(a_failure_names_the_file_its_cause_and_the_advice) {
    const TemporaryFolder folder;
    const std::string path = folder.file("missing/a");
    BOOST_CHECK_EXCEPTION(AtomicFile(path, advice_other_output), Error, [&](const Error& error) {
        return error.what() == path + ": cannot be written (No such file or directory); choose another path with -o";
    });
    // A folder with the file's name: the rename fails, and the part is removed.
    fs::create_directory(folder.file("taken"));
    {
        AtomicFile file(folder.file("taken"));
        BOOST_CHECK_THROW(file.finish(), Error);
    }
    BOOST_TEST(file_count(folder) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(output_guard)

BOOST_AUTO_TEST_CASE(inputs_are_not_overwritten_under_any_name) {
    const TemporaryFolder folder;
    const std::string input = folder.file("input"), output = folder.file("output");
    write_text(input, "text");
    fs::create_symlink(input, folder.file("link"));
    fs::create_hard_link(input, folder.file("hard_link"));
    BOOST_CHECK_NO_THROW(reject_overwrite(output, {input, ""}));
    BOOST_CHECK_NO_THROW(reject_overwrite(std::string(), {input, ""}));
    for (const std::string& name :
         {input, folder.file("link"), folder.file("hard_link"), (folder.path() / "." / "input").string()})
        BOOST_CHECK_THROW(reject_overwrite(name, {input}), UsageError);
}

BOOST_AUTO_TEST_CASE(outputs_differ_even_before_they_exist) {
    const TemporaryFolder folder;
    BOOST_CHECK_NO_THROW(reject_overwrite({folder.file("a"), folder.file("b"), "", ""}, {}));
    BOOST_CHECK_THROW(reject_overwrite({folder.file("a"), (folder.path() / "." / "a").string()}, {}), UsageError);
}

BOOST_AUTO_TEST_CASE(an_output_needs_a_writable_folder) {
    const TemporaryFolder folder;
    BOOST_CHECK_NO_THROW(require_writable(folder.file("a")));
    BOOST_CHECK_THROW(require_writable(folder.file("missing/a")), Error);
    BOOST_CHECK_THROW(require_writable(folder.path().string()), Error);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(oklab, *boost::unit_test::tolerance(1e-6))

BOOST_AUTO_TEST_CASE(colours_survive_the_way_to_oklab_and_back) {
    for (const uint32_t value : {0x000000u, 0xffffffu, 0x2c6a8cu, 0xffb454u}) {
        const Colour colour = rgb(value);
        const Colour back =
            clamp_to_srgb(to_linear_rgb(to_oklab(colour), [](double root) { return root * root * root; }));
        BOOST_TEST(back.red + 1 == colour.red + 1);
        BOOST_TEST(back.green + 1 == colour.green + 1);
        BOOST_TEST(back.blue + 1 == colour.blue + 1);
    }
    BOOST_TEST(to_oklab(rgb(0xffffff)).lightness == 1.0);
}

BOOST_AUTO_TEST_SUITE_END()
