// SPDX-License-Identifier: GPL-3.0-or-later
// Exports, checked with independent readers: libsndfile, an XML parser, a small SFZ player, and by the formats' bytes.
#define BOOST_TEST_MODULE exports
#include <boost/property_tree/xml_parser.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/host/support/export_fixture.h"
#include "tests/host/support/sfz_reader.h"
#include "tests/plugin/engine/support/measure.h"

#include <algorithm>
#include <complex>
#include <filesystem>

using namespace timbrel::test;
namespace fs = std::filesystem;

namespace {

constexpr size_t period = 2048;

// The complex amplitude of one harmonic in a single-period frame.
std::complex<double> harmonic(std::span<const float> frame, size_t number) {
    std::complex<double> sum;
    for (size_t i = 0; i < period; ++i)
        sum += static_cast<double>(frame[i]) *
               std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(i * number) / period);
    return sum;
}

double harmonic_amplitude(std::span<const float> frame, size_t number) { return std::abs(harmonic(frame, number)); }

void check_path(std::span<const float> samples) {
    const size_t frames = samples.size() / period;
    float peak = 0;
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    BOOST_TEST(peak == 1.0f, boost::test_tools::tolerance(1e-6f));
    // Along the default path: north-west, north-east, south-east, south-west; a sixth of it is half way to the east.
    const struct {
        double position, second, third;
    } expected[] = {{0, 1, 0}, {1 / 3.0, 1, 1}, {2 / 3.0, 0, 1}, {1, 0, 0}, {1 / 6.0, 1, 0.5}};
    for (const auto& corner : expected) {
        const auto at = static_cast<size_t>(std::lround(corner.position * static_cast<double>(frames - 1)));
        const auto frame = samples.subspan(at * period, period);
        const double first = harmonic_amplitude(frame, 1);
        BOOST_TEST(std::abs(harmonic_amplitude(frame, 2) / first - corner.second) < 0.01, "frame " << at);
        BOOST_TEST(std::abs(harmonic_amplitude(frame, 3) / first - corner.third) < 0.01, "frame " << at);
        for (const size_t none : {0, 4, 5, 50, 1023, 1024}) BOOST_TEST(harmonic_amplitude(frame, none) / first < 1e-3);
        BOOST_TEST(std::abs(std::arg(harmonic(frame, 1)) + std::numbers::pi / 2) < 0.01); // sine phase
    }
    for (size_t i = 1; i < frames; ++i) {
        const auto a = samples.subspan((i - 1) * period, period), b = samples.subspan(i * period, period);
        double dot = 0, a2 = 0, b2 = 0;
        for (size_t n = 0; n < period; ++n) dot += a[n] * b[n], a2 += a[n] * a[n], b2 += b[n] * b[n];
        BOOST_REQUIRE(dot / std::sqrt(a2 * b2) > 0.99);
        BOOST_REQUIRE(std::abs(a2 / b2 - 1) < 1e-3); // equal energy
    }
}

double spectral_distance(const ExportFixture& bank, const SfzInstrument& sfz, int key, int velocity, double x,
                         double y) {
    timbrel::audio::Audio original = bank.rendered(key, velocity, x, y);
    original.right = original.left;
    const auto played = sfz.play(key, velocity, 1.5, original.seconds());
    return timbrel::audio::distances(original, {48000, played, played}).elsd;
}

std::vector<float> floats(const std::string& bytes) {
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
    return values;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(serum_gets_its_frames, ExportFixture) {
    export_bank({"--to", "serum"});
    const std::string file = read_file(out + "/tones.wav");
    BOOST_TEST(file.substr(0, 4) == "RIFF");
    BOOST_TEST(number_at<uint32_t>(file, 4) == file.size() - 8);
    BOOST_TEST(file.substr(8, 4) == "WAVE");
    const std::string format = chunk(file, "fmt ");
    BOOST_TEST(number_at<uint16_t>(format, 0) == 3); // floats
    BOOST_TEST(number_at<uint16_t>(format, 2) == 1);
    BOOST_TEST(number_at<uint16_t>(format, 14) == 32);
    BOOST_TEST(chunk(file, "clm ") == "<!>2048 10000000 wavetable (Timbrel)");
    BOOST_TEST(file.find("clm ") < file.find("data"));
    const std::string data = chunk(file, "data");
    BOOST_TEST(data.size() == 256 * period * sizeof(float));
    check_path(floats(data));
    BOOST_TEST((SoundFile(out + "/tones.wav").left == floats(data)));
    BOOST_TEST(read_file(out + "/tones-sources.txt").find("licence: CC0") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(vital_gets_a_frame_for_each_position, ExportFixture) {
    export_bank({"--to", "vital"});
    const SoundFile file(out + "/tones.wav");
    BOOST_TEST(file.left.size() == 257 * period);
    check_path(file.left);
}

BOOST_FIXTURE_TEST_CASE(surge_gets_its_frames, ExportFixture) {
    export_bank({"--to", "surge", "--frames", "61"});
    const std::string file = read_file(out + "/tones.wt");
    BOOST_TEST(file.substr(0, 4) == "vawt");
    BOOST_TEST(number_at<uint32_t>(file, 4) == period);
    BOOST_TEST(number_at<uint16_t>(file, 8) == 61);
    BOOST_TEST(number_at<uint16_t>(file, 10) == 0);
    BOOST_TEST(file.size() == 12 + 61 * period * sizeof(float));
    check_path(floats(file.substr(12)));
}

BOOST_FIXTURE_TEST_CASE(the_path_can_be_chosen, ExportFixture) {
    std::ofstream(folder.file("path.csv")) << "0,1,1\n1,1,1\n2,0,0\n";
    export_bank({"--to", "serum", "--xy", folder.file("path.csv"), "--frames", "5"});
    const SoundFile file(out + "/tones.wav");
    const auto third = [&](size_t frame) {
        const auto samples = std::span(file.left).subspan(frame * period, period);
        return harmonic_amplitude(samples, 3) / harmonic_amplitude(samples, 1);
    };
    BOOST_TEST(std::abs(third(2) - 1) < 0.01); // the path still stands at x = 1 after a second
    BOOST_TEST(std::abs(third(3) - 0.5) < 0.01);
    BOOST_TEST(std::abs(third(4)) < 0.01);
}

BOOST_FIXTURE_TEST_CASE(notes_of_a_few_frames_have_no_period, ExportFixture) {
    for (const uint32_t frames : {1u, 2u, 100u, 400u}) {
        SyntheticBank short_bank;
        short_bank.shape = {frames, 0, 0};
        short_bank.sound = [](const SamplePosition&) { return 0.5; };
        short_bank.write(bank);
        const Outcome outcome = run({TIMBREL, "export", bank, "--to", "serum", "-o", out});
        BOOST_TEST(outcome.status == 1);
        BOOST_TEST(outcome.err.find("too short") != std::string::npos, outcome.err);
        export_bank({"--to", "sfz", "--cells", "2"}); // still a valid instrument
    }
}

BOOST_FIXTURE_TEST_CASE(the_sfz_plane_sounds_as_the_instrument, ExportFixture) {
    export_bank({"--to", "sfz", "--all-velocities"});
    BOOST_TEST(read_file(out + "/tones.sfz")
                   .find("takes 9 voices, and 18 between the velocities of two layers: a player "
                         "that is limited to 64 voices plays 3 notes") != std::string::npos);
    SfzInstrument sfz(out + "/tones.sfz");
    BOOST_TEST(sfz.regions.size() == 3u * 3 * 3 * 4);
    BOOST_TEST(sfz.controllers.at(16) == 64);
    BOOST_TEST(sfz.controllers.at(17) == 64);
    BOOST_TEST(spectral_distance(*this, sfz, 57, 110, 0.5, 0.5) < 1.0);
    BOOST_TEST(spectral_distance(*this, sfz, 57, 80, 0.5, 0.5) < 1.0);  // between two velocity layers
    BOOST_TEST(spectral_distance(*this, sfz, 57, 20, 0.5, 0.5) < 1.0);  // below the softest
    BOOST_TEST(spectral_distance(*this, sfz, 57, 127, 0.5, 0.5) < 1.0); // above the hardest
    BOOST_TEST(spectral_distance(*this, sfz, 63, 110, 0.5, 0.5) < 1.0); // half way between two stored pitches
    sfz.controllers = {{16, 0}, {17, 127}};
    BOOST_TEST(spectral_distance(*this, sfz, 45, 110, 0, 1) < 1.0);
    BOOST_TEST(spectral_distance(*this, sfz, 45, 110, 1, 1) > 1.0);
    sfz.controllers = {{16, 127}, {17, 32}}; // between cells of different decay
    BOOST_TEST(spectral_distance(*this, sfz, 45, 110, 1, 0.25) < 2.0);
}

// Players have 64 voices by default: three notes of a chord, also between the layers' velocities, have to fit.
BOOST_FIXTURE_TEST_CASE(the_default_sfz_plane_fits_the_voices_of_a_player, ExportFixture) {
    export_bank({"--to", "sfz"});
    BOOST_TEST(
        read_file(out + "/tones.sfz").find("takes 9 voices: a player that is limited to 64 voices plays 7 notes") !=
        std::string::npos);
    SfzInstrument sfz(out + "/tones.sfz");
    for (const int velocity : {1, 50, 80, 110, 127})
        for (int key = 0; key < 128; ++key)
            BOOST_REQUIRE(std::ranges::count_if(
                              sfz.regions, [&](const auto& region) { return sfz.plays(region, key, velocity); }) == 9);
    BOOST_TEST(spectral_distance(*this, sfz, 57, 110, 0.5, 0.5) < 1.0);
    BOOST_TEST(spectral_distance(*this, sfz, 63, 127, 0.5, 0.5) < 1.0);
    sfz.controllers = {{16, 0}, {17, 127}};
    BOOST_TEST(spectral_distance(*this, sfz, 45, 110, 0, 1) < 1.0);
    // The level follows the square of the velocity.
    const auto level = [&](int velocity) {
        const std::vector<float> sound = sfz.play(57, velocity, 1.5, 1);
        return db(peak(std::span(sound).subspan(36000)));
    };
    BOOST_TEST(std::abs(level(55) - level(110) + 40 * std::log10(2)) < 0.1);
}

// A second bank, then the first one in other formats and resolutions; the first export's files must not change.
BOOST_FIXTURE_TEST_CASE(exports_into_one_folder_do_not_change_each_other, ExportFixture) {
    const auto files = [this] {
        std::map<std::string, std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator(out))
            if (entry.is_regular_file()) found[entry.path().string()] = read_file(entry.path().string());
        return found;
    };
    export_bank({"--to", "sfz", "--cells", "3"});
    const auto before = files();
    SyntheticBank other;
    other.pitches = {45, 57, 69};
    other.velocities = {50, 110};
    other.sound = [](const SamplePosition& at) { return 0.1 * sine(500, at.frame); };
    const std::string flute = folder.file("Flute & \"Voice\".timbrel");
    other.write(flute);
    const Outcome second = run({TIMBREL, "export", flute, "--to", "sfz", "-o", out});
    BOOST_TEST(second.status == 0, second.err);
    export_bank({"--to", "dspreset", "--cells", "2"});
    export_bank({"--to", "dspreset", "--x", "0.25", "--y", "0.125"});
    export_bank({"--to", "dspreset", "--x", "0.75", "--y", "0.125"});
    export_bank({"--to", "dspreset", "--cells", "3", "--resample", "44100"});
    const auto after = files();
    for (const auto& [name, bytes] : before) BOOST_TEST((after.at(name) == bytes), name);
    BOOST_TEST(fs::exists(out + "/tones-sources.txt"));
    BOOST_TEST(fs::exists(out + "/Flute & \"Voice\"-sources.txt"));

    const SfzInstrument voice(out + "/Flute & \"Voice\".sfz");
    BOOST_TEST(voice.regions.size() == 3u * 2);
    const auto played = voice.play(57, 110, 0.5, 0.5);
    BOOST_TEST(std::abs(find_sinusoid(std::span(played).subspan(4800, 9600), 500.0).hertz - 500) < 1);
}

BOOST_FIXTURE_TEST_CASE(one_position_is_an_sfz_without_crossfades, ExportFixture) {
    export_bank({"--to", "sfz", "--x", "0.25", "--y", "0.75", "--resample", "44100"});
    const SfzInstrument sfz(out + "/tones.sfz");
    BOOST_TEST(sfz.regions.size() == 3u * 2);
    BOOST_TEST(sfz.controllers.empty());
    BOOST_TEST(SoundFile(sfz.sample(sfz.regions[0])).rate == 44100);
    BOOST_TEST(spectral_distance(*this, sfz, 57, 110, 0.25, 0.75) < 1.0);
}

BOOST_FIXTURE_TEST_CASE(wav_files_hold_loops_that_close_and_stay_in_tune, ExportFixture) {
    for (const uint32_t rate : {48000u, 44100u, 96000u}) {
        export_bank({"--to", "wav", "--x", "1", "--y", "1", "--resample", std::to_string(rate)});
        const std::string path = out + "/tones_A3_v110.wav";
        const std::string smpl = chunk(read_file(path), "smpl");
        BOOST_TEST(number_at<uint32_t>(smpl, 0x0c) == 57u);
        BOOST_TEST(number_at<uint32_t>(smpl, 0x1c) == 1u);
        BOOST_TEST(number_at<uint32_t>(smpl, 0x24 + 4) == 0u); // forward loop
        const auto start = number_at<uint32_t>(smpl, 0x24 + 8), end = number_at<uint32_t>(smpl, 0x24 + 12);
        const SoundFile sound(path);
        BOOST_TEST(sound.rate == static_cast<int>(rate));
        BOOST_REQUIRE(end == sound.left.size() - 1); // the end is inclusive
        // The loop's seam is as smooth as the tone, and the looped tone is in tune.
        std::vector<float> looped(sound.left.begin() + start, sound.left.end());
        looped.insert(looped.end(), sound.left.begin() + start, sound.left.end());
        const auto seam = std::span(looped).subspan(looped.size() / 2 - 100, 200);
        BOOST_TEST(largest_second_difference(seam) <=
                   1.02 * largest_second_difference(std::span(looped).first(looped.size() / 2)));
        const double hertz = find_sinusoid(looped, 220.0, rate).hertz;
        BOOST_TEST(std::abs(cents(hertz, 220.0)) < 0.1);
    }
    // In the south the sound decays and has no loop.
    export_bank({"--to", "wav", "--x", "1", "--y", "0"});
    const std::string path = out + "/tones_A3_v110.wav";
    BOOST_TEST(number_at<uint32_t>(chunk(read_file(path), "smpl"), 0x1c) == 0u);
    const SoundFile sound(path);
    const double decay = db(peak(sound.part(1, 0.5))) - db(peak(sound.part(3, 0.5)));
    BOOST_TEST(std::abs(decay - 24) < 0.1);
}

BOOST_FIXTURE_TEST_CASE(decent_sampler_gets_a_pad_over_all_cells, ExportFixture) {
    export_bank({"--to", "dspreset", "--cells", "3"});
    boost::property_tree::ptree tree;
    boost::property_tree::read_xml(out + "/tones.dspreset", tree);
    const auto& pad = tree.get_child("DecentSampler.ui.tab.xyPad");
    BOOST_TEST(pad.get_child("x").size() == 9u);
    BOOST_TEST(pad.get_child("y").size() == 3u);
    BOOST_TEST(pad.get_child("x").front().second.get<std::string>("<xmlattr>.translationTable") == "0,1;0.5,0;1,0");
    size_t samples = 0;
    double middle = 0;
    for (const auto& [name, group] : tree.get_child("DecentSampler.groups")) {
        if (name != "group") continue;
        const std::string tag = group.get<std::string>("<xmlattr>.tags");
        double row = 0;
        for (const auto& [kind, about] : tree.get_child("DecentSampler.tags"))
            if (about.get<std::string>("<xmlattr>.name") == tag) row = about.get<double>("<xmlattr>.volume");
        middle += row * group.get<double>("<xmlattr>.volume");
        for (const auto& [kind, sample] : group) {
            if (kind != "sample") continue;
            const SoundFile sound(out + "/" + sample.get<std::string>("<xmlattr>.path"));
            BOOST_TEST(sound.left.size() > 0u);
            if (sample.get<bool>("<xmlattr>.loopEnabled"))
                BOOST_TEST(sample.get<size_t>("<xmlattr>.loopEnd") == sound.left.size() - 1);
            ++samples;
        }
    }
    BOOST_TEST(samples == 9u * 6);
    BOOST_TEST(middle == 1.0);
}

BOOST_FIXTURE_TEST_CASE(wrong_options_are_refused_in_one_line, ExportFixture) {
    const auto check_refused = [&](std::vector<std::string> options, int status, const char* text) {
        options.insert(options.begin(), {TIMBREL, "export", bank});
        const Outcome outcome = run(options);
        BOOST_TEST(outcome.status == status, outcome.err);
        BOOST_TEST(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1, outcome.err);
        BOOST_TEST(outcome.err.find(text) != std::string::npos, outcome.err);
    };
    check_refused(
        {"--to", "mp3", "-o", out}, 2,
        "--to mp3: no such format; take sfz, dspreset, multisample, sf2, wav, nsynth-super, serum, surge or vital");
    check_refused({"--to", "serum", "--cells", "3", "-o", out}, 2, "--cells is for the formats sfz or dspreset");
    check_refused({"--to", "wav", "--cells", "3", "-o", out}, 2, "--cells is for the formats sfz or dspreset");
    check_refused({"--to", "sf2", "--all-velocities", "-o", out}, 2, "--all-velocities is for the formats sfz");
    check_refused({"--to", "nsynth-super", "--x", "0", "-o", out}, 2,
                  "--x is for the formats sfz, dspreset, multisample, ");
    check_refused({"--to", "surge", "--resample", "8000", "-o", out}, 2, "--resample is for");
    check_refused({"--to", "wav", "--frames", "3", "-o", out}, 2, "--frames is for the formats serum, surge or vital");
    check_refused({"--to", "surge", "--x", "0", "--y", "0", "-o", out}, 2, "follows a path");
    check_refused({"--to", "sfz", "--cells", "3", "--x", "0", "-o", out}, 2, "one position");
    check_refused({"--to", "sfz", "-o", "/proc/nowhere"}, 1, "/proc/nowhere");
    BOOST_TEST(!fs::exists(out));
}
