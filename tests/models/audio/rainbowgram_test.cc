// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/pictures/rainbowgram.h"

#include "models/audio/analysis/constant_q.h"
#include "tests/models/audio/png_image.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numbers>

namespace timbrel::audio {
BOOST_AUTO_TEST_SUITE(rainbowgram)

BOOST_AUTO_TEST_CASE(a_sine_on_a_bin_has_its_amplitude_and_frequency) {
    ConstantQShape shape;
    const double hertz = shape.lowest * std::exp2(100.0 / 40);
    const Audio tone = sine(hertz, 2, 48000, 0.25);
    const ConstantQ transform = constant_q(tone.left, 48000, shape);
    BOOST_TEST(transform.bins == 240u);
    BOOST_TEST(transform.frames == 96000u / 256 + 1);
    BOOST_TEST(transform.hertz(100) == hertz, boost::test_tools::tolerance(1e-9));
    const auto row = transform.bin(100);
    for (const size_t frame : {100u, 187u, 250u}) {
        BOOST_TEST(std::abs(row[frame]) == 0.25f, boost::test_tools::tolerance(1e-3f));
        const double turns = std::arg(row[frame + 1] * std::conj(row[frame])) / (2 * std::numbers::pi);
        BOOST_TEST(std::abs(std::remainder(turns - hertz * 256 / 48000, 1.0)) < 1e-3);
        BOOST_TEST(std::abs(transform.bin(140)[frame]) < 1e-4f);
    }
}

BOOST_AUTO_TEST_CASE(the_last_frames_do_not_wrap_to_the_first) {
    Audio click{48000, std::vector<float>(48000), {}};
    click.left.back() = 1;
    const ConstantQ transform = constant_q(click.left, 48000);
    for (size_t bin = 0; bin < transform.bins; ++bin)
        BOOST_TEST(std::abs(transform.bin(bin).front()) < 1e-3f * std::abs(transform.bin(bin).back()));
}

BOOST_AUTO_TEST_CASE(low_rates_have_fewer_octaves_and_a_single_sample_can_be_shown) {
    ConstantQShape shape;
    shape.octaves = 8;
    const ConstantQ low = constant_q(sine(440, 0.5, 8000).left, 8000, shape);
    BOOST_TEST(low.hertz(low.bins - 1) < 3600);
    BOOST_TEST(low.hertz(low.bins) >= 3600);
    const Rainbowgram picture(Audio{48000, {0.5f}, {0.5f}});
    BOOST_TEST(brightness(picture.at(0, 0.1, 3)) > 0.2);
}

BOOST_AUTO_TEST_CASE(a_tone_is_a_bright_line_of_one_colour_on_a_dark_background) {
    const Rainbowgram picture(sine(65.40639 * 8, 2)); // three octaves up
    BOOST_TEST(picture.octaves() == 8.0);
    const Colour early = picture.at(0.6, 0.01, 3), late = picture.at(1.4, 0.01, 3);
    BOOST_TEST(brightness(early) > 0.7);
    BOOST_TEST(colour_distance(early, late) < 0.05);
    BOOST_TEST(colour_distance(picture.at(1, 0.01, 5), palette::background) < 0.01);
}

BOOST_AUTO_TEST_CASE(silence_is_drawn_as_background) {
    const Rainbowgram picture(Audio{48000, std::vector<float>(4800), std::vector<float>(4800)});
    for (const double octave : {0.5, 3.0, 7.0})
        BOOST_TEST(colour_distance(picture.at(0.05, 0.01, octave), palette::background) < 0.01);
}

BOOST_AUTO_TEST_CASE(panels_are_written_as_png_and_svg) {
    const TemporaryFolder folder;
    const std::vector<Panel> panels = {{"A", sine(220, 1)},
                                       {"between A and B, with a title that is too long for its panel", sine(330, 1)},
                                       {"B", sine(440, 0.5)}};
    draw_rainbowgrams(panels, folder / "three.png");
    const PngImage png(folder / "three.png");
    BOOST_TEST(png.width() > 2000);
    BOOST_TEST(png.height() > 700);
    int bright = 0;
    for (int y = 0; y < png.height(); ++y)
        for (int x = 0; x < png.width(); ++x) bright += brightness(png.at(x, y)) > 0.5;
    BOOST_TEST(bright > 5000);
    BOOST_TEST(colour_distance(png.at(2, 2), palette::background) < 0.01);

    draw_rainbowgrams(panels, folder / "three.svg");
    BOOST_TEST(read_bytes(folder / "three.svg").find("<svg") != std::string::npos);
    BOOST_TEST(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);
}

BOOST_AUTO_TEST_CASE(pictures_that_cannot_be_written_leave_no_file) {
    const TemporaryFolder folder;
    BOOST_CHECK_THROW(draw_rainbowgrams({{"A", sine(220, 0.1)}}, folder / "a.jpg"), PictureError);
    BOOST_CHECK_THROW(draw_rainbowgrams({{"A", sine(220, 0.1)}}, folder / "no/such/a.png"), Error);
    BOOST_CHECK_THROW(draw_rainbowgrams({{"A", sine(220, 0.1)}}, folder / "no/such/a.svg"), Error);
    BOOST_CHECK_THROW(draw_rainbowgrams({}, folder / "a.png"), PictureError);
    BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(colours_mix_perceptually) {
    const Colour black = rgb(0), white = rgb(0xffffff);
    const Colour ends[] = {black, white};
    const double none[] = {1.0, 0.0}, half[] = {0.5, 0.5};
    BOOST_TEST(colour_distance(mix_colours(ends, none), black) < 1e-3);
    const Colour grey = mix_colours(ends, half);
    BOOST_TEST(std::abs(grey.red - grey.blue) < 1e-3);
    BOOST_TEST(grey.red == 0.388, boost::test_tools::tolerance(0.02)); // OKLab lightness one half
    const Colour vivid = oklch(0.7, 5, 0.4);
    for (const double channel : {vivid.red, vivid.green, vivid.blue}) {
        BOOST_TEST(channel >= 0);
        BOOST_TEST(channel <= 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
