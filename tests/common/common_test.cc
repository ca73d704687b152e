// SPDX-License-Identifier: GPL-3.0-or-later
#define BOOST_TEST_MODULE common
#include "common/error.h"
#include "common/foreign_text.h"
#include "common/note_name.h"
#include "common/oklab.h"
#include "common/output_guard.h"
#include "common/stats.h"
#include "common/units.h"
#include "common/user_dirs.h"
#include "tests/common/temporary_folder.h"

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

using namespace timbrel;
using namespace timbrel::test;

namespace {

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

BOOST_AUTO_TEST_CASE(oklab_conversion_is_invertible) {
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

BOOST_AUTO_TEST_CASE(printable_text_is_literal) {
    BOOST_TEST(printable("Flöte, 尺八 – “piano” 🎹") == "Flöte, 尺八 – “piano” 🎹");
    BOOST_TEST(printable("\x1b[2J\x1b]0;title\x07") == "\\x1b[2J\\x1b]0;title\\x07");
    BOOST_TEST(printable("a\nb\tc\rd\x7f") == "a\\nb\\tc\\x0dd\\x7f");
    BOOST_TEST(printable(std::string_view("a\0b", 3)) == "a\\x00b");
    BOOST_TEST(printable("\u009b31m") == "\\x9b31m");                                   // C1: CSI in one character
    BOOST_TEST(printable("a\u2028b\u202ec\u2066") == "a\\u{2028}b\\u{202e}c\\u{2066}"); // lines, direction
    BOOST_TEST(printable("\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82") ==
               "\\xff\\xc0\\xaf\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80\\xe2\\x82"); // not UTF-8
}

BOOST_AUTO_TEST_CASE(printable_text_is_cut_between_characters) {
    BOOST_TEST(printable("äöü", 3) == "äöü");
    BOOST_TEST(printable("äöü", 2) == "äö…");
    BOOST_TEST(printable(std::string(1 << 20, 'x')).size() == max_printed_name + 3);
    BOOST_TEST(without_controls("a\nb/\x1b\u202eö\xff") == "a_b/__ö_");
}
