// SPDX-License-Identifier: GPL-3.0-or-later
// Exports into one file: SoundFont 2, played by libfluidsynth; .multisample and the NSynth Super's pad, played by the
// rules of their formats. Each is compared with the instrument itself.
#define BOOST_TEST_MODULE sampler_exports
#include <boost/property_tree/xml_parser.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/host/support/export_fixture.h"
#include "tests/host/support/fluid_player.h"
#include "tests/host/support/play_sample.h"
#include "tests/plugin/engine/support/measure.h"

#include <algorithm>
#include <filesystem>
#include <map>

using namespace timbrel::test;
using timbrel::audio::Audio;
namespace fs = std::filesystem;

namespace {

double level_db(std::span<const float> sound) {
    double sum = 0;
    for (const float sample : sound) sum += double{sample} * sample;
    return 10 * std::log10(sum / static_cast<double>(sound.size()));
}

std::span<const float> part(const std::vector<float>& sound, double from, double seconds) {
    return std::span(sound).subspan(static_cast<size_t>(from * 48000), static_cast<size_t>(seconds * 48000));
}

Audio scaled(Audio audio, double gain_db) {
    for (auto* const channel : {&audio.left, &audio.right})
        for (float& sample : *channel) sample *= static_cast<float>(std::pow(10, gain_db / 20));
    return audio;
}

// Every file of the folder by its name.
std::map<std::string, std::string> files_in(const std::string& folder) {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) found[entry.path().filename().string()] = read_file(entry.path().string());
    return found;
}

// The content of a list of a RIFF file, which begins with its chunks' names.
std::string riff_list(const std::string& file, const std::string& name) {
    for (size_t at = 12; at + 12 <= file.size(); at += 8 + number_at<uint32_t>(file, at + 4))
        if (file.compare(at + 8, 4, name) == 0) return file.substr(at, 8 + number_at<uint32_t>(file, at + 4));
    return {};
}

// Files at the start of a ZIP archive that are stored, with their sizes in front, so that players can stream them.
size_t count_stored_entries(const std::string& bytes) {
    size_t entries = 0;
    for (size_t at = 0; at + 30 <= bytes.size() && number_at<uint32_t>(bytes, at) == 0x04034b50; ++entries) {
        const auto size = number_at<uint32_t>(bytes, at + 18);
        BOOST_TEST(number_at<uint16_t>(bytes, at + 6) == 0u); // flags
        BOOST_TEST(number_at<uint16_t>(bytes, at + 8) == 0u); // stored
        BOOST_TEST(size == number_at<uint32_t>(bytes, at + 22));
        at += 30 + number_at<uint16_t>(bytes, at + 26) + number_at<uint16_t>(bytes, at + 28) + size;
    }
    return entries;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_soundfont_sounds_as_the_instrument, ExportFixture) {
    export_bank({"--to", "sf2", "--x", "0.5", "--y", "0.75"});
    const FluidPlayer player(out + "/tones.sf2");
    const auto sustain = [](const Audio& sound) { return level_db(part(sound.left, 1, 0.4)); };
    // One gain for all notes.
    const double gain = sustain(rendered(57, 110, 0.5, 0.75)) - sustain(player.play(57, 110, 1.5, 2));
    const struct {
        int key, velocity;
    } notes[] = {{57, 110}, {57, 50},  {57, 20},  {57, 127}, {57, 52}, {57, 66}, {57, 80},
                 {57, 95},  {57, 108}, {45, 110}, {63, 110}, {69, 50}, {72, 80}};
    for (const auto& [key, velocity] : notes) {
        const Audio original = rendered(key, velocity, 0.5, 0.75);
        const Audio played = scaled(player.play(key, velocity, 1.5, original.seconds()), gain);
        BOOST_TEST_CONTEXT("key " << key << ", velocity " << velocity) {
            BOOST_TEST(std::abs(sustain(played) - sustain(original)) < 0.3);
            for (const int partial : {1, 2, 3}) {
                const auto amplitude = [&, hertz = key_hertz(key) * partial](const Audio& sound) {
                    return fit_sinusoid(part(sound.left, 1, 0.4), hertz).amplitude;
                };
                BOOST_TEST(std::abs(db(amplitude(played) / amplitude(original))) < 0.3);
            }
            // The interpolation of transposed notes by libfluidsynth adds weak distortion.
            const bool transposed = key % 12 != 9;
            BOOST_TEST(timbrel::audio::distances(original, played).elsd < (transposed ? 3.0 : 1.0));
            BOOST_TEST(std::abs(level_db(part(played.right, 1, 0.4)) - sustain(played) + 6.02) < 0.1);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_soundfont_holds_notes_in_tune_and_without_seams, ExportFixture) {
    export_bank({"--to", "sf2", "--x", "1", "--y", "1", "--resample", "44100"});
    const FluidPlayer player(out + "/tones.sf2");
    const Audio held = player.play(57, 110, 8, 9);
    const auto early = part(held.left, 1, 1), late = part(held.left, 6, 1);
    BOOST_TEST(std::abs(level_db(early) - level_db(late)) < 0.05);
    BOOST_TEST(std::abs(cents(find_sinusoid(late, 220).hertz, 220)) < 0.1);
    // A loop of one second has at least five seams in here.
    BOOST_TEST(largest_second_difference(part(held.left, 1, 6)) <=
               1.02 * largest_second_difference(part(held.left, 0.8, 0.15)));
    BOOST_TEST(level_db(part(held.left, 8.3, 0.2)) < level_db(late) - 60);
}

BOOST_FIXTURE_TEST_CASE(a_soundfont_decays_as_the_instrument, ExportFixture) {
    for (const double y : {0.75, 0.0}) { // by 3 dB a second through the envelope, by 12 in the sample
        export_bank({"--to", "sf2", "--x", "0.5", "--y", std::to_string(y)});
        const Audio played = FluidPlayer(out + "/tones.sf2").play(57, 110, 6, 6);
        const double decay = level_db(part(played.left, 1, 0.5)) - level_db(part(played.left, 4, 0.5));
        BOOST_TEST(std::abs(decay - 3 * 12 * (1 - y)) < 0.5);
    }
}

BOOST_FIXTURE_TEST_CASE(a_soundfont_releases_between_its_layers_as_the_instrument, ExportFixture) {
    SyntheticBank tone;
    tone.velocities = {50, 110};
    timbrel::engine::BankWriter writer(bank, tone.plan(), tone.metadata);
    std::vector<float> stereo(size_t{tone.shape.frames} * 2);
    for (uint32_t i = 0; i < tone.shape.frames; ++i)
        stereo[2 * i] = stereo[2 * i + 1] = static_cast<float>(0.2 * sine(440, i));
    writer.put(0, 0, 0, stereo, 0, 0.3f);
    writer.put(0, 1, 0, stereo, 0, 1.5f);
    writer.finish();
    export_bank({"--to", "sf2"});
    const FluidPlayer player(out + "/tones.sf2");
    const auto release = [](const Audio& sound) {
        return level_db(part(sound.left, 1.3, 0.1)) - level_db(part(sound.left, 1.8, 0.1));
    };
    for (const int velocity : {60, 80, 100}) {
        const double expected = release(rendered(69, velocity, 0.5, 0.5));
        BOOST_TEST(std::abs(release(player.play(69, velocity, 1.5, 2)) / expected - 1) < 0.1);
    }
}

BOOST_FIXTURE_TEST_CASE(a_soundfont_follows_its_specification, ExportFixture) {
    export_bank({"--to", "sf2", "--y", "1"});
    const std::string file = read_file(out + "/tones.sf2");
    BOOST_TEST(file.substr(0, 4) == "RIFF");
    BOOST_TEST(number_at<uint32_t>(file, 4) == file.size() - 8);
    BOOST_TEST(file.substr(8, 4) == "sfbk");
    const std::string info = riff_list(file, "INFO"), sound = riff_list(file, "sdta"), tables = riff_list(file, "pdta");
    BOOST_TEST(24 + info.size() - 12 + sound.size() + tables.size() == file.size());
    BOOST_TEST(chunk(info, "ifil") == std::string("\2\0\1\0", 4));
    BOOST_TEST(chunk(info, "INAM").starts_with("tones"));
    BOOST_TEST(chunk(info, "ICMT").find("licence: CC0") != std::string::npos);
    // 3 pitches of 2 velocities, left and right; two zones for each of their spans of velocities.
    const std::string samples = chunk(tables, "shdr"), bags = chunk(tables, "ibag");
    BOOST_REQUIRE(samples.size() == 46u * (3 * 2 * 2 + 1));
    BOOST_TEST(chunk(tables, "phdr").size() == 38u * 2);
    BOOST_TEST(chunk(tables, "inst").size() == 22u * 2);
    const size_t zones = bags.size() / 4 - 1;
    BOOST_TEST(zones == 1 + 3u * 2 * 2 * (1 + 15));
    const std::string generators = chunk(tables, "igen"), modulators = chunk(tables, "imod");
    BOOST_TEST(number_at<uint16_t>(bags, zones * 4) == generators.size() / 4 - 1);
    BOOST_TEST(number_at<uint16_t>(bags, zones * 4 + 2) == modulators.size() / 10 - 1);
    const std::string pcm = chunk(sound, "smpl");
    for (size_t at = 0; at + 46 < samples.size(); at += 46) {
        const auto number = [&](size_t offset) { return number_at<uint32_t>(samples, at + offset); };
        const uint32_t start = number(20), end = number(24), loop_start = number(28), loop_end = number(32);
        BOOST_TEST(loop_start >= start + 8);
        BOOST_TEST(loop_end - loop_start >= 32);
        BOOST_TEST(end >= loop_end + 8);
        BOOST_REQUIRE((end + 46) * 2 <= pcm.size());
        for (uint32_t i = 0; i < 8; ++i)
            BOOST_TEST(number_at<int16_t>(pcm, (loop_start + i) * 2) == number_at<int16_t>(pcm, (loop_end + i) * 2));
        for (uint32_t i = end; i < end + 46; ++i) BOOST_REQUIRE(number_at<int16_t>(pcm, i * 2) == 0);
        const bool left = at / 46 % 2 == 0;
        BOOST_TEST(number_at<uint16_t>(samples, at + 44) == (left ? 4 : 2));
        BOOST_TEST(number_at<uint16_t>(samples, at + 42) == at / 46 + (left ? 1 : -1));
    }
}

BOOST_FIXTURE_TEST_CASE(a_multisample_sounds_as_the_instrument, ExportFixture) {
    export_bank({"--to", "multisample", "--x", "1", "--y", "0.75"});
    const std::string archive = out + "/tones.multisample";
    BOOST_TEST(count_stored_entries(read_file(archive)) == 3u * 2 + 1);
    const std::string inside = folder.file("inside");
    const Outcome extracted = run({"python3", "-m", "zipfile", "-e", archive, inside}); // checks checksums
    BOOST_REQUIRE_MESSAGE(extracted.status == 0, extracted.err);

    boost::property_tree::ptree tree;
    boost::property_tree::read_xml(inside + "/multisample.xml", tree);
    BOOST_TEST(tree.get<std::string>("multisample.<xmlattr>.name") == "tones");
    BOOST_TEST(tree.get<std::string>("multisample.description").find("licence: CC0") != std::string::npos);
    using Tree = boost::property_tree::ptree;
    const auto number = [](const Tree& element, const std::string& path) { return element.get<double>(path); };
    const auto samples_for = [&](int key, int velocity) {
        std::vector<Tree> found;
        for (const auto& [name, sample] : tree.get_child("multisample"))
            if (name == "sample" && key >= number(sample, "key.<xmlattr>.low") &&
                key <= number(sample, "key.<xmlattr>.high") && velocity >= number(sample, "velocity.<xmlattr>.low") &&
                velocity <= number(sample, "velocity.<xmlattr>.high"))
                found.push_back(sample);
        return found;
    };
    for (int key = 0; key < 128; ++key)
        for (int velocity = 1; velocity < 128; ++velocity) BOOST_REQUIRE(samples_for(key, velocity).size() == 1);
    const auto play = [&](int key, int velocity) {
        const Tree sample = samples_for(key, velocity).at(0);
        const SoundFile sound(inside + "/" + sample.get<std::string>("<xmlattr>.file"));
        BOOST_TEST(number(sample, "<xmlattr>.sample-stop") == static_cast<double>(sound.left.size()));
        BOOST_TEST(number(sample, "<xmlattr>.parameter-1") == 1);
        BOOST_TEST(number(sample, "<xmlattr>.parameter-2") == 0.5);
        BOOST_TEST(sample.get<std::string>("loop.<xmlattr>.mode") == "loop");
        const SampleLoop loop{number(sample, "loop.<xmlattr>.start"), number(sample, "loop.<xmlattr>.stop")};
        const double ratio = std::exp2((key - number(sample, "key.<xmlattr>.root")) / 12) * sound.rate / 48000;
        return play_sample(sound.left, loop, ratio, 2 * 48000);
    };
    for (const int key : {45, 57, 62, 69})
        for (const int velocity : {50, 110}) {
            const Audio original = rendered(key, velocity, 1, 0.75);
            const std::vector<float> played = play(key, velocity);
            const auto held = [](const std::vector<float>& sound) {
                const std::vector<float> start(sound.begin(), sound.begin() + 67200);
                return Audio{48000, start, start};
            };
            BOOST_TEST(timbrel::audio::distances(held(original.left), held(played)).elsd < 1.0);
        }
    const std::vector<float> held = play(57, 110);
    BOOST_TEST(largest_second_difference(part(held, 1.45, 0.1)) <=
               1.02 * largest_second_difference(part(held, 1.2, 0.1)));
}

BOOST_FIXTURE_TEST_CASE(a_pad_has_the_layout_of_the_nsynth_super, ExportFixture) {
    export_bank({"--to", "nsynth-super"});
    const std::string path = out + "/lowtone_bright_a_corner.bin";
    BOOST_REQUIRE(fs::file_size(path) == 81u * 16 * 60000 * 2);
    std::ifstream file(path, std::ios::binary);
    const auto row = [&](int x, int y, int pitch) {
        std::vector<int16_t> pcm(60000);
        file.seekg(((y * 9 + x) * 16 + (pitch - 24) / 4) * 120000L);
        file.read(reinterpret_cast<char*>(pcm.data()), 120000);
        return std::vector<float>(pcm.begin(), pcm.end());
    };
    const auto partial = [](std::span<const float> sound, int key, int number) {
        return fit_sinusoid(sound.subspan(11200, 3200), key_hertz(key) * number, 16000).amplitude;
    };
    // The third partial grows to the east, the second to the north; 45 is the nearest to 44, 57 to 56.
    for (const int pitch : {44, 56})
        for (const auto& [x, y] :
             {std::pair(0, 0), std::pair(8, 0), std::pair(0, 8), std::pair(8, 8), std::pair(2, 6)}) {
            const std::vector<float> sound = row(x, y, pitch);
            const double first = partial(sound, pitch, 1);
            BOOST_TEST_CONTEXT(x << ", " << y << ", pitch " << pitch) {
                BOOST_TEST(std::abs(partial(sound, pitch, 3) / first - x / 8.0) < 0.03);
                BOOST_TEST(std::abs(partial(sound, pitch, 2) / first - (8 - y) / 8.0) < 0.03);
                BOOST_TEST(sound.back() == 0);
            }
        }
    const std::vector<float> held = row(0, 0, 56), decaying = row(0, 8, 56);
    const auto level = [](const std::vector<float>& sound, double seconds) {
        return level_db(std::span(sound).subspan(static_cast<size_t>(seconds * 16000), 3200));
    };
    BOOST_TEST(std::abs(level(held, 0.75) - level(held, 2.7)) < 0.1); // held for 3 s
    BOOST_TEST(level(held, 3.3) < level(held, 2.7) - 60);             // then released
    // 12 dB a second at the stored pitch, a semitone above.
    BOOST_TEST(std::abs(level(decaying, 0.8) - level(decaying, 2.8) - 24 / std::exp2(1 / 12.0)) < 0.2);
    BOOST_TEST(std::abs(cents(find_sinusoid(std::span(held).subspan(16000, 16000), key_hertz(56), 16000).hertz,
                              key_hertz(56))) < 0.1);
    double peak = 0;
    for (int y = 0; y < 9; ++y)
        for (int x = 0; x < 9; ++x)
            for (const float sample : row(x, y, 68)) peak = std::max(peak, std::abs(double{sample}));
    BOOST_TEST(peak > 32767 * 0.98);
    BOOST_TEST(peak <= 32767);
}

BOOST_FIXTURE_TEST_CASE(repeated_exports_are_equal_and_failed_ones_leave_nothing, ExportFixture) {
    for (const std::string format : {"sf2", "multisample"}) {
        fs::remove_all(out);
        export_bank({"--to", format});
        const auto first = files_in(out);
        BOOST_TEST(first.size() == 2u);
        export_bank({"--to", format});
        BOOST_TEST((files_in(out) == first), format);
        BOOST_TEST(no_part_in(out));
        // A limit on the size of files stands for a full disk.
        fs::remove_all(out);
        const Outcome failed =
            run({"bash", "-c", "ulimit -f 500; trap '' XFSZ; exec " TIMBREL " export \"$0\" -o \"$1\" --to \"$2\"",
                 bank, out, format});
        BOOST_TEST(failed.status == 1, failed.err);
        BOOST_TEST(std::ranges::count(failed.err, '\n') == 1, failed.err);
        BOOST_TEST(failed.err.find("tones." + format + ": cannot be written") != std::string::npos, failed.err);
        BOOST_TEST(files_in(out).size() == 1u); // the list of sources
        BOOST_TEST(no_part_in(out));
    }
}
