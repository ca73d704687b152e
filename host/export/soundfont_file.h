// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a SoundFont 2 file (SoundFont Technical Specification 2.04) with one preset of one instrument. Samples go to
// the disk as they are added; the file appears under its name when it is complete. Thread: control.
#pragma once

#include "common/atomic_file.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace timbrel::host {

// Generators (section 8.1 of the specification).
enum class SoundFontGenerator : uint16_t {
    pan = 17,              // 1/10 %; -500 left, 500 right
    hold_envelope = 35,    // these three in timecents
    decay_envelope = 36,   // for 100 dB
    release_envelope = 38, // for 100 dB
    sustain = 37,          // 1/10 dB below the peak
    hold_by_key = 39,      // timecents by which hold and decay get shorter for each key above 60
    decay_by_key = 40,
    key_range = 43,      // lowest + 256 * highest
    velocity_range = 44, // the same
    sample = 53,
    sample_modes = 54, // 1: loops, also during the release
    root_key = 58,
};

// Modulators (section 8.2). Each adds `amount`, times a function of its source, to a generator.
struct SoundFontModulator {
    uint16_t source, destination;
    int16_t amount;
    uint16_t amount_source, transform;
};

struct SoundFontValue {
    SoundFontGenerator generator;
    int amount;
};

// A part of the instrument. The order of generators matters: key range, velocity range, others, sample.
struct SoundFontZone {
    std::vector<SoundFontValue> generators;
    std::vector<SoundFontModulator> modulators;
};

struct SoundFontText {
    std::string name;    // of font, preset and instrument
    std::string comment; // cut at 65,535 bytes
};

// One channel of a stereo sample.
struct SoundFontSample {
    std::string name; // up to 19 ASCII characters count
    std::span<const int16_t> pcm;
    uint32_t loop_start, loop_end; // frames; the end is exclusive
    uint32_t rate;                 // frames per second
    int pitch;                     // MIDI note number
};

// All functions throw Error when the file cannot be written or its contents exceed what the format can count.
class SoundFontFile {
  public:
    SoundFontFile(const std::string& path, SoundFontText text);

    // Returns the numbers of the left and the right sample.
    struct Pair {
        int left, right;
    };
    Pair add_stereo(const SoundFontSample& left, const SoundFontSample& right);

    // The first zone without a sample holds for all others.
    void add_zone(SoundFontZone zone) { zones_.push_back(std::move(zone)); }

    void finish();

  private:
    struct SampleHeader {
        SoundFontSample sample;
        uint32_t start, end;
        uint16_t link, type;
    };
    void add_channel(const SoundFontSample& sample, uint16_t link, uint16_t type);
    void write_information();
    void write_bytes(std::span<const std::byte> bytes);
    std::string preset_data() const;
    std::string zone_data() const;
    std::string sample_headers() const;
    void patch(uint64_t at, uint64_t size);

    AtomicFile file_;
    SoundFontText text_;
    uint64_t bytes_ = 0;                         // written so far
    uint64_t sample_list_ = 0, sample_data_ = 0; // where the sizes of their chunks stand
    std::vector<SampleHeader> samples_;
    std::vector<SoundFontZone> zones_;
};

} // namespace timbrel::host
