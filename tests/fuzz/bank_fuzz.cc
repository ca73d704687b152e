// SPDX-License-Identifier: GPL-3.0-or-later
// Bank files with right checksums around arbitrary contents: what is opened can be described, drawn and played. An
// input is a byte of options, a forged bank and its PCM, which is repeated.
#include "host/bank_tools/bank_description.h"
#include "plugin/engine/bank/bank.h"
#include "plugin/engine/bank/bank_corners.h"
#include "plugin/engine/bank/bank_pitch_tracks.h"
#include "plugin/engine/bank/bank_vibrato.h"
#include "plugin/engine/dsp/safety_limiter.h"
#include "plugin/engine/synth.h"
#include "plugin/ui/scene/bank_picture.h"
#include "tests/fuzz/forged_bank.h"
#include "tests/fuzz/fuzz.h"

#include <array>
#include <cmath>

using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

enum Option : uint8_t { play_it = 1, stream_it = 2, cut_it = 4 };

void check_index(const Bank& bank) {
    require(bank.notes() > 0 && bank.cells() > 0);
    for (uint32_t note = 0; note < bank.notes(); ++note)
        for (uint32_t cell = 0; cell < bank.cells(); ++cell) {
            const BankEntry& entry = bank.entry(note, cell);
            require(entry.frames > 0 && entry.loop_start <= entry.loop_end && entry.loop_end <= entry.frames);
            require(entry.offset + uint64_t{entry.frames} * bank_frame_bytes <= bank.file_bytes());
            require(std::isfinite(entry.gain) && std::isfinite(entry.decay) && std::isfinite(entry.release));
        }
}

void check_metadata(const Bank& bank, const std::string& path) {
    const BankCorners corners(bank);
    require(corners.columns.front() == 0 && corners.columns.back() == bank.columns() - 1);
    require(corners.rows.front() == 0 && corners.rows.back() == bank.rows() - 1);
    const BankVibrato vibrato(bank, corners);
    for (uint32_t note = 0; note < bank.notes(); ++note) {
        VibratoMix mix;
        vibrato.add(mix, note, 0.7f * static_cast<float>(bank.columns() - 1), 0.3f, 1.0f);
        const NaturalVibrato mean = mix.result();
        require(std::isfinite(mean.depth) && std::isfinite(mean.rate_octaves) && std::isfinite(mean.delay));
    }
    const BankPitchTracks tracks(bank, corners);
    for (uint32_t note = 0; note < bank.notes(); ++note) {
        const CornerWeights weights = corners.weights(0.7f * static_cast<float>(bank.columns() - 1), 0.3f);
        for (const double frame : {0.0, 100.5, 1e9}) require(std::isfinite(tracks.cents(note, weights, frame)));
    }
    const std::string description = timbrel::host::describe_bank(bank, false);
    for (size_t at = 0; at < description.size();) {
        const size_t end = description.find('\n', at);
        require(end != description.npos && is_one_line(std::string_view(description).substr(at, end - at)));
        at = end + 1;
    }
    for (const auto& spectrum : timbrel::ui::read_bank_picture(path).spectra)
        for (const float level : spectrum) require(level >= 0 && level <= 1);
}

void play(std::shared_ptr<const Bank> bank, bool streamed) {
    constexpr uint32_t block = 256;
    const uint8_t pitch = bank->pitches().front(), other = bank->pitches().back();
    static Synth synth(48000); // because making it takes longer than an input
    synth.wait_for_disk(true);
    synth.exchange_bank(std::move(bank), streamed ? 0 : ~uint64_t{0});
    synth.set_parameter(Parameter::natural_vibrato, 100);
    synth.set_parameter(Parameter::x, 0);
    std::array<float, block> left, right;
    for (int i = 0; i < 12; ++i) {
        const auto velocity = static_cast<uint8_t>(1 + 11 * i);
        for (const uint8_t key : {pitch, other, uint8_t{60}})
            synth.midi(0, std::array{uint8_t{0x90}, key, velocity}.data(), 3);
        synth.set_parameter(i % 2 == 0 ? Parameter::x : Parameter::y, static_cast<float>(i) / 11.0f);
        if (i == 8) synth.release_all();
        synth.render(left.data(), right.data(), nullptr, nullptr, block);
        for (const auto* channel : {&left, &right})
            for (const float sample : *channel) require(std::abs(sample) <= SafetyLimiter::threshold);
    }
    synth.exchange_bank(nullptr);
    synth.reset();
    synth.render(left.data(), right.data(), nullptr, nullptr, block); // lets go of the bank
    synth.free_unused_banks();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static MemoryFile file;
    Input input({data, size});
    const uint8_t options = input.number();
    const ForgedBank forged(input);
    std::vector<uint8_t> bytes(forged.head.size() + forged.pcm_bytes);
    std::memcpy(bytes.data(), forged.head.data(), forged.head.size());
    if (const auto pcm = input.rest(); !pcm.empty())
        for (size_t i = 0; i < forged.pcm_bytes; ++i) bytes[forged.head.size() + i] = pcm[i % pcm.size()];
    if (options & cut_it) bytes.resize(bytes.size() - std::min<size_t>(bytes.size(), options));
    file.assign(bytes);
    try {
        const std::shared_ptr<const Bank> bank = Bank::open(file.path());
        check_index(*bank);
        check_metadata(*bank, file.path());
        if (options & play_it) play(bank, (options & stream_it) != 0);
        bank->verify_pcm();
    } catch (const BankError& error) {
        require(std::string_view(error.what()).starts_with(file.path() + ": "));
    }
    return 0;
}
