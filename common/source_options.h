// SPDX-License-Identifier: GPL-3.0-or-later
// What a corner's notation says in front of its source: gain=DB:, tune=CENTS: and name=TEXT:, each once at most, as in
// gain=-3:tune=12:name=Low flute:/sounds/flute.wav. In a name, %3A is a colon and %25 a percent sign.
// Thread: any that may allocate; pure.
#pragma once

#include <string>
#include <string_view>

namespace timbrel {

inline constexpr double min_source_gain = -24, max_source_gain = 12; // dB
inline constexpr double max_source_tune = 100;                       // cents, up or down

struct SourceOptions {
    std::string source; // the rest: file, folder, FONT.sf2:BANK:PRESET or lv2:URI
    double gain = 0;    // dB, added after all corners are equally loud
    double tune = 0;    // cents
    std::string name;   // of the corner; empty: the source's
};

// An option that is malformed, out of its range or repeated stays in front of the source, as is_malformed() says.
SourceOptions split_source(std::string_view notation);
bool is_malformed(const SourceOptions& options);

// The inverse of split_source(). Leaves out options with their initial value.
std::string join_source(const SourceOptions& options);

// The file or folder that a notation names, also that of a SoundFont; empty for an LV2 instrument.
std::string source_file(std::string_view notation);

} // namespace timbrel
