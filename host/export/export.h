// SPDX-License-Identifier: GPL-3.0-or-later
// `timbrel export`: writes a bank in the formats of other instruments. Part of the player's program, not of the baker,
// because it needs no network. Thread: control.
#pragma once

#include <optional>
#include <string>

namespace timbrel::host {

struct ExportOptions {
    std::string bank;           // as for resolve_bank()
    std::string out;            // folder; created if missing
    std::string format;         // a name of export_formats()
    std::optional<double> x, y; // 0 … 1; the manual says what each format makes of them
    // Sampled instruments only.
    std::optional<int> cells;    // positions along each side of the plane
    std::optional<int> rate;     // frames per second
    bool all_velocities = false; // for SFZ, which takes the hardest layer only by default
    // Wavetables only.
    std::string xy;            // CSV file with a path for XyPath
    std::optional<int> frames; // periods in the wavetable
    std::optional<int> pitch;  // MIDI note number; the nearest stored pitch is used
};

// The names and descriptions of all formats, as a list in a sentence.
std::string export_formats();

// The names of the formats that take an option of the command line, such as "--cells", as a list in a sentence.
std::string formats_with(const std::string& option);

// Writes the main file last, so a folder that contains it is complete. Throws UsageError for an unknown format, for
// options that the format does not take and for those that exclude each other, Error or BankError for other failures.
void export_bank(const ExportOptions& options);

} // namespace timbrel::host
