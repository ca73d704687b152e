// SPDX-License-Identifier: GPL-3.0-or-later
// Sound files that were cut short are read as far as they go and reported; blends are repeatable.
#include "models/audio/blend/blend_files.h"
#include "models/audio/sources/source.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace timbrel::audio {
namespace {

namespace fs = std::filesystem;

struct SoundFolder : TemporaryFolder {
    // Two seconds of A3.
    std::string write(const std::string& name, int format) const {
        const Audio sound = sine(220, 2);
        SF_INFO header{};
        header.samplerate = 48000;
        header.channels = 1;
        header.format = format;
        SNDFILE* const out = sf_open(file(name).c_str(), SFM_WRITE, &header);
        BOOST_REQUIRE(out);
        sf_write_float(out, sound.left.data(), static_cast<sf_count_t>(sound.frames()));
        sf_close(out);
        return file(name);
    }
};

void cut_in_half(const std::string& path) { fs::resize_file(path, fs::file_size(path) / 2); }

const std::pair<const char*, int> formats[] = {{"a-A3.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
                                               {"b-A3.wav", SF_FORMAT_RF64 | SF_FORMAT_PCM_24},
                                               {"c-A3.wav", SF_FORMAT_WAVEX | SF_FORMAT_FLOAT},
                                               {"d-A3.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
                                               {"e-A3.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16}};

} // namespace

BOOST_AUTO_TEST_SUITE(cut_short)

BOOST_AUTO_TEST_CASE(a_corner_that_was_cut_short_is_reported) {
    const SoundFolder folder;
    for (const auto& [name, format] : formats) {
        BOOST_TEST_CONTEXT(name) {
            const std::string path = folder.write(name, format);
            for (const bool cut : {false, true}) {
                if (cut) cut_in_half(path);
                const auto source = open_source(path);
                const Recording recording = source->note(57, 100, 0.4, 0.1);
                BOOST_TEST(recording.audio.frames() > 0u);
                size_t warnings_found = 0;
                for (const std::string& warning : source->warnings())
                    if (warning.find(" is cut short: ") != warning.npos) {
                        ++warnings_found;
                        BOOST_TEST(
                            (warning.starts_with(fs::path(name).stem().string() + " is cut short: 1.0 of 2.0 s") ||
                             warning.starts_with(fs::path(name).stem().string() + " is cut short: 0.9 of 2.0 s")),
                            warning);
                    }
                BOOST_TEST(warnings_found == (cut ? 1u : 0u));
            }
        }
    }
}

// Some versions of libsndfile open such a file and do not know its length, others do not open it.
BOOST_AUTO_TEST_CASE(an_ogg_file_without_its_end_is_refused_with_the_reason) {
    const SoundFolder folder;
    const std::string path = folder.write("f-A3.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS);
    BOOST_TEST(read_audio(path).frames() == 96000u);
    cut_in_half(path);
    BOOST_CHECK_EXCEPTION(read_audio(path), AudioError, [](const AudioError& error) {
        const std::string text = error.what();
        return text.find("is cut short") != text.npos || text.find("malformed") != text.npos;
    });
}

BOOST_AUTO_TEST_CASE(lengths_that_a_pipe_left_open_are_no_damage) {
    const SoundFolder folder;
    const std::string path = folder.write("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    for (const char* size : {"\xff\xff\xff\xff", "\x00\xf0\xff\x7f"}) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(40); // the size of the data chunk
        file.write(size, 4);
        file.close();
        const AudioInfo info = read_audio_info(path);
        BOOST_TEST(damage_warning(info, read_audio(path).seconds()) == "");
    }
}

BOOST_AUTO_TEST_CASE(a_blend_reports_short_files_and_is_repeatable) {
    const SoundFolder folder;
    const std::string first = folder.write("first.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    const std::string second = folder.write("second.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
    BlendOptions options;
    options.first = first;
    options.second = second;
    options.out = folder.file("blend.wav");
    BOOST_TEST(blend_files(options).empty());
    const std::string once = read_bytes(options.out);
    std::this_thread::sleep_for(std::chrono::milliseconds(1100)); // a PEAK chunk would contain the second
    blend_files(options);
    BOOST_TEST((read_bytes(options.out) == once));

    cut_in_half(first);
    cut_in_half(second);
    const auto warnings = blend_files(options);
    BOOST_REQUIRE(warnings.size() == 2u);
    BOOST_TEST(warnings[0] == first + " is cut short: 1.0 of 2.0 s are there");
    BOOST_TEST(warnings[1].starts_with(second + " is cut short: 0.9 of 2.0"), warnings[1]);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
