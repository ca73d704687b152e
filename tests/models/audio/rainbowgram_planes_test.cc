// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/pictures/plane_colours.h"
#include "models/audio/pictures/plot.h"
#include "models/audio/pictures/rainbowgram.h"
#include "models/audio/pictures/song_picture.h"
#include "plugin/engine/bank/bank.h"
#include "plugin/engine/bank/bank_writer.h"
#include "tests/models/audio/png_image.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace timbrel::audio {
namespace {

// Writes a bank of sines whose level rises from west to east.
void write_bank(const std::string& path, uint16_t columns, uint16_t rows, nlohmann::json about) {
    engine::BankPlan plan;
    plan.columns = columns;
    plan.rows = rows;
    plan.pitches = {48, 61};
    plan.velocities = {100};
    plan.shapes = {{24000, 24000, 24000}, {24000, 24000, 24000}};
    engine::BankWriter writer(path, plan, about);
    for (uint32_t pitch = 0; pitch < 2; ++pitch)
        for (uint32_t cell = 0; cell < uint32_t{columns} * rows; ++cell) {
            const Audio tone = sine(220, 0.5, 48000, 0.1 + 0.1 * (cell % columns));
            std::vector<float> stereo;
            for (const float sample : tone.left) stereo.insert(stereo.end(), {sample, sample});
            writer.put(pitch, 0, cell, stereo, 0, 0.1f);
        }
    writer.finish();
}

} // namespace

BOOST_AUTO_TEST_SUITE(planes)

BOOST_AUTO_TEST_CASE(a_plane_has_its_corners_colours) {
    const PlaneColours plane(2, 2);
    BOOST_TEST(colour_distance(plane.at(0, 1), palette::corners[0]) < 1e-3);
    BOOST_TEST(colour_distance(plane.at(1, 1), palette::corners[1]) < 1e-3);
    BOOST_TEST(colour_distance(plane.at(0, 0), palette::corners[2]) < 1e-3);
    BOOST_TEST(colour_distance(plane.at(1, 0), palette::corners[3]) < 1e-3);
    BOOST_TEST(colour_distance(PlaneColours(2, 1).at(1, 0.3), palette::corners[1]) < 1e-3);
    const PlaneColours map(3, 2);
    BOOST_TEST(colour_distance(map.at(0.5, 1), map.corner(1)) < 1e-3);
    BOOST_TEST(colour_distance(map.at(1, 0), map.corner(5)) < 1e-3);
}

BOOST_AUTO_TEST_CASE(banks_of_every_shape_are_drawn) {
    const TemporaryFolder folder;
    const nlohmann::json square = {{"name", "A square"},
                                   {"map", {2, 2}},
                                   {"corners",
                                    {{{"name", "Flute"}, {"x", 0.0}, {"y", 1.0}},
                                     {{"name", "Piano"}, {"x", 1.0}, {"y", 1.0}},
                                     {{"name", "Choir"}, {"x", 0.0}, {"y", 0.0}},
                                     {{"name", "Marimba"}, {"x", 1.0}, {"y", 0.0}}}}};
    const nlohmann::json line = {
        {"map", {2, 1}},
        {"corners", {{{"name", "A"}, {"x", 0.0}, {"y", 0.5}}, {{"name", "B"}, {"x", 1.0}, {"y", 0.5}}}}};
    write_bank(folder / "square.timbrel", 3, 3, square);
    write_bank(folder / "line.timbrel", 5, 1, line);
    write_bank(folder / "bare.timbrel", 2, 2, nlohmann::json::object());
    write_bank(folder / "strange.timbrel", 2, 2, {{"name", 7}, {"corners", {1, 2}}, {"map", "none"}});
    for (const char* name : {"square", "line", "bare", "strange"}) {
        const std::string out = folder / (std::string(name) + ".png");
        plot_files({folder / (std::string(name) + ".timbrel")}, out);
        const PngImage png(out);
        BOOST_TEST(png.width() > 1500);
        BOOST_TEST(png.height() > 700);
    }
    const PngImage png(folder / "square.png");
    // Just inside the plane's rounded corners.
    BOOST_TEST(colour_distance(png.at(2 * 52, 2 * 144), palette::corners[0]) < 0.06);
    BOOST_TEST(colour_distance(png.at(png.width() - 2 * 52, 2 * 144), palette::corners[1]) < 0.06);
}

BOOST_AUTO_TEST_CASE(plot_distinguishes_sounds_and_banks_by_content) {
    const TemporaryFolder folder;
    write_audio(folder / "a.timbrel", sine(220, 0.3));
    plot_files({folder / "a.timbrel", folder / "a.timbrel"}, folder / "a.png");
    BOOST_TEST(PngImage(folder / "a.png").width() > 1000);
    write_bank(folder / "bank.timbrel", 2, 2, nlohmann::json::object());
    BOOST_CHECK_THROW(plot_files({folder / "a.timbrel", folder / "bank.timbrel"}, folder / "b.png"), PictureError);
    BOOST_CHECK_THROW(plot_files({folder / "missing.wav"}, folder / "b.png"), AudioError);
    std::ofstream(folder / "cut.timbrel", std::ios::binary) << read_bytes(folder / "bank.timbrel").substr(0, 5000);
    BOOST_CHECK_THROW(plot_files({folder / "cut.timbrel"}, folder / "b.png"), engine::BankError);
    BOOST_TEST(!std::filesystem::exists(folder / "b.png"));
}

BOOST_AUTO_TEST_CASE(a_path_is_straight_between_its_points) {
    const TemporaryFolder folder;
    std::ofstream(folder / "path.csv") << "# seconds,x,y\n1, 0, 1\n\n3,1,0.5\r\n";
    const auto path = read_path(folder / "path.csv");
    BOOST_REQUIRE(path.size() == 2u);
    BOOST_TEST(path_at(path, 0).x == 0);
    BOOST_TEST(path_at(path, 2).x == 0.5);
    BOOST_TEST(path_at(path, 2).y == 0.75);
    BOOST_TEST(path_at(path, 9).y == 0.5);
    for (const char* wrong : {"1,2\n", "1,0,1,4\n", "a,b,c\n", "1,0,nan\n", "# nothing\n", "2,0,0\n1,0,0\n"}) {
        std::ofstream(folder / "wrong.csv") << wrong;
        BOOST_CHECK_THROW(read_path(folder / "wrong.csv"), PictureError);
    }
}

BOOST_AUTO_TEST_CASE(a_song_is_drawn_over_its_path) {
    const TemporaryFolder folder;
    write_audio(folder / "song.wav", sine(65.40639 * 8, 2));
    std::ofstream(folder / "path.csv") << "0,0,0\n1,0,0\n1.0001,1,1\n2,1,1\n";
    plot_song(folder / "song.wav", folder / "path.csv", folder / "song.png", {"NW", "NE", "SW", "SE"});
    const PngImage png(folder / "song.png");
    BOOST_REQUIRE(png.width() > 2000);
    // The level curve has the colours of the path: greenish in the first half, reddish in the second.
    const int lane = 2 * (86 + 48) + 3;
    const Colour first = png.at(2 * (64 + 250), lane), second = png.at(2 * (64 + 750), lane);
    BOOST_TEST(first.green > first.red);
    BOOST_TEST(second.red > second.green);
    BOOST_CHECK_THROW(plot_song(folder / "song.wav", folder / "none.csv", folder / "b.png"), PictureError);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
