// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/export/soundfont_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include <unistd.h>

namespace timbrel::host {

namespace {

constexpr size_t name_bytes = 20;    // of presets, instruments and samples, with an end of 0
constexpr size_t text_bytes = 65536; // of a comment, with an end of 0
constexpr size_t silent_frames = 46; // after each sample, which the specification asks for
constexpr uint16_t right_channel = 2, left_channel = 4;
constexpr char format_version[] = {2, 0, 1, 0}; // 2.01: 16-bit samples
constexpr char too_large[] = "it has more notes than a SoundFont can count";

static_assert(std::endian::native == std::endian::little);

template<class T>
void append(std::string& data, T number) {
    data.append(reinterpret_cast<const char*>(&number), sizeof number);
}

// A chunk; its size is even.
std::string chunk(const std::string& name, std::string content) {
    if (content.size() % 2) content += '\0';
    std::string data = name;
    append(data, static_cast<uint32_t>(content.size()));
    return data + content;
}

std::string name_field(std::string name) {
    std::ranges::replace_if(
        name, [](char letter) { return letter < ' ' || letter > '~'; }, '_');
    name.resize(name_bytes - 1);
    return name + '\0';
}

uint16_t number16(size_t number, const AtomicFile& file) {
    if (number > std::numeric_limits<uint16_t>::max()) file.fail(too_large);
    return static_cast<uint16_t>(number);
}

} // namespace

SoundFontFile::SoundFontFile(const std::string& path, SoundFontText text)
    : file_(path, advice_other_output), text_(std::move(text)) {
    write_information();
}

void SoundFontFile::write_bytes(std::span<const std::byte> bytes) {
    file_.write(bytes);
    bytes_ += bytes.size();
}

void SoundFontFile::write_information() {
    const auto text_chunk = [](const char* name, std::string text) {
        text.resize(std::min(text.size(), text_bytes - 1));
        return chunk(name, text + '\0');
    };
    std::string list = "INFO" + chunk("ifil", std::string(format_version, sizeof format_version)) +
                       text_chunk("isng", "EMU8000") + text_chunk("INAM", text_.name.substr(0, 254)) +
                       text_chunk("ICMT", text_.comment) + text_chunk("ISFT", "Timbrel");
    std::string head = "RIFF";
    append(head, uint32_t{0});
    head += "sfbk" + chunk("LIST", list) + "LIST";
    sample_list_ = head.size();
    append(head, uint32_t{0});
    head += "sdtasmpl";
    sample_data_ = head.size();
    append(head, uint32_t{0});
    write_bytes(std::as_bytes(std::span(head)));
}

void SoundFontFile::add_channel(const SoundFontSample& sample, uint16_t link, uint16_t type) {
    const uint64_t start = (bytes_ - sample_data_ - sizeof(uint32_t)) / sizeof(int16_t);
    const uint64_t end = start + sample.pcm.size();
    if (end > std::numeric_limits<uint32_t>::max() / sizeof(int16_t) - silent_frames) file_.fail(too_large);
    write_bytes(std::as_bytes(sample.pcm));
    const std::array<int16_t, silent_frames> silence{};
    write_bytes(std::as_bytes(std::span(silence)));
    SampleHeader header{sample, static_cast<uint32_t>(start), static_cast<uint32_t>(end), link, type};
    header.sample.pcm = {};
    samples_.push_back(header);
}

SoundFontFile::Pair SoundFontFile::add_stereo(const SoundFontSample& left, const SoundFontSample& right) {
    const uint16_t first = number16(samples_.size(), file_), second = number16(samples_.size() + 1, file_);
    add_channel(left, second, left_channel);
    add_channel(right, first, right_channel);
    return {first, second};
}

std::string SoundFontFile::preset_data() const {
    std::string presets, bags, generators;
    const auto preset = [&](const std::string& name, uint16_t bag) {
        presets += name_field(name);
        for (const uint16_t number : {uint16_t{0}, uint16_t{0}, bag}) append(presets, number); // program, bank
        for (int unused = 0; unused < 3; ++unused) append(presets, uint32_t{0});
    };
    preset(text_.name, 0);
    preset("EOP", 1);
    for (const uint32_t bag : {0, 1}) append(bags, bag); // the first generator; no modulators
    constexpr uint32_t instrument_0 = 41, end = 0;
    append(generators, instrument_0);
    append(generators, end);
    return chunk("phdr", presets) + chunk("pbag", bags) + chunk("pmod", std::string(10, '\0')) +
           chunk("pgen", generators);
}

std::string SoundFontFile::zone_data() const {
    std::string instruments, bags, modulators, generators;
    size_t generator_count = 0, modulator_count = 0;
    const auto bag = [&] {
        append(bags, number16(generator_count, file_));
        append(bags, number16(modulator_count, file_));
    };
    for (const SoundFontZone& zone : zones_) {
        bag();
        for (const SoundFontValue& value : zone.generators) {
            append(generators, static_cast<uint16_t>(value.generator));
            append(generators, static_cast<uint16_t>(value.amount));
        }
        for (const SoundFontModulator& modulator : zone.modulators) append(modulators, modulator);
        generator_count += zone.generators.size();
        modulator_count += zone.modulators.size();
    }
    bag();
    append(generators, uint32_t{0});
    append(modulators, SoundFontModulator{});
    for (const auto& [name, first] : {std::pair(text_.name, size_t{0}), std::pair(std::string("EOI"), zones_.size())}) {
        instruments += name_field(name);
        append(instruments, number16(first, file_));
    }
    return chunk("inst", instruments) + chunk("ibag", bags) + chunk("imod", modulators) + chunk("igen", generators);
}

std::string SoundFontFile::sample_headers() const {
    std::string headers;
    const auto header = [&](const SampleHeader& at) {
        headers += name_field(at.sample.name);
        for (const uint32_t number :
             {at.start, at.end, at.start + at.sample.loop_start, at.start + at.sample.loop_end, at.sample.rate})
            append(headers, number);
        append(headers, static_cast<uint8_t>(at.sample.pitch));
        append(headers, int8_t{0}); // cents
        append(headers, at.link);
        append(headers, at.type);
    };
    for (const SampleHeader& sample : samples_) header(sample);
    header({{"EOS", {}, 0, 0, 0, 0}, 0, 0, 0, 0});
    return chunk("shdr", headers);
}

void SoundFontFile::patch(uint64_t at, uint64_t size) {
    if (size > std::numeric_limits<uint32_t>::max()) file_.fail(too_large);
    const auto number = static_cast<uint32_t>(size);
    if (pwrite(file_.descriptor(), &number, sizeof number, static_cast<off_t>(at)) != sizeof number)
        file_.fail("the disk may be full");
}

void SoundFontFile::finish() {
    constexpr uint64_t size_bytes = sizeof(uint32_t);
    patch(sample_list_, bytes_ - sample_list_ - size_bytes);
    patch(sample_data_, bytes_ - sample_data_ - size_bytes);
    const std::string tables = chunk("LIST", "pdta" + preset_data() + zone_data() + sample_headers());
    write_bytes(std::as_bytes(std::span(tables)));
    patch(4, bytes_ - 8);
    file_.finish();
}

} // namespace timbrel::host
