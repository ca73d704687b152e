// SPDX-License-Identifier: GPL-3.0-or-later
// Options in front of a corner's source.
#define BOOST_TEST_MODULE source_options
#include "common/source_options.h"

#include <boost/test/unit_test.hpp>

using namespace timbrel;

BOOST_AUTO_TEST_CASE(options_are_read_and_written) {
    const SourceOptions all = split_source("gain=-3.5:tune=+12:name=Low%3A 50%25:/a b/c: d.wav");
    BOOST_TEST(all.gain == -3.5);
    BOOST_TEST(all.tune == 12);
    BOOST_TEST(all.name == "Low: 50%");
    BOOST_TEST(all.source == "/a b/c: d.wav");
    BOOST_TEST(join_source(all) == "gain=-3.5:tune=12:name=Low%3A 50%25:/a b/c: d.wav");
    BOOST_TEST(split_source("name=%3:x").name == "%3");
    BOOST_TEST(join_source(split_source("tune=0.1:gain=12:lv2:urn:a#b")) == "gain=12:tune=0.1:lv2:urn:a#b");
    for (const char* plain : {"", "/a.wav", "F.sf2:0:71", "lv2:urn:a", "octaves=yamaha:/folder", "gain.wav"}) {
        BOOST_TEST(split_source(plain).source == plain);
        BOOST_TEST(join_source(split_source(plain)) == plain);
        BOOST_TEST(!is_malformed(split_source(plain)));
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_option_stays_with_the_source) {
    for (const char* text : {"gain=x:/a.wav", "gain=12.1:/a.wav", "gain=nan:/a.wav", "tune=101:/a.wav", "tune=:/a.wav",
                             "gain=1:gain=2:/a.wav", "gain=3", "gain=3:", "name=A:name=B:/a.wav", "tune=1,5:/a.wav"})
        BOOST_TEST(is_malformed(split_source(text)), text);
}

BOOST_AUTO_TEST_CASE(the_file_of_a_source_is_found) {
    BOOST_TEST(source_file("gain=2:octaves=yamaha:/folder") == "/folder");
    BOOST_TEST(source_file("name=A:/f/F.SF2:0:71") == "/f/F.SF2");
    BOOST_TEST(source_file("/a:b.wav") == "/a:b.wav");
    BOOST_TEST(source_file("tune=5:lv2:urn:a") == "");
}
