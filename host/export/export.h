// `timbrel export`: a bank in the formats of other instruments. It needs no network, so the player's program does it
// and not the baker's: who only plays banks can carry them elsewhere. Off the audio thread.
#pragma once

#include <optional>
#include <string>

namespace timbrel::host {

enum class ExportFormat { sfz, dspreset, wav, serum, surge, vital };

struct ExportOrder {
    std::string bank; // as for choose_bank()
    std::string out;  // folder, made if it is missing
    ExportFormat format = ExportFormat::sfz;
    std::optional<double> x, y; // 0 … 1; see README for what each format makes of them
    // Instruments of samples.
    std::optional<int> cells; // along each side of the plane
    std::optional<int> rate;  // frames per second
    // Wavetables.
    std::string xy;            // the walk, as for XyPath
    std::optional<int> frames; // periods
    std::optional<int> pitch;  // MIDI note number whose nearest stored one is taken
};

// What names the format comes last, so a folder with that file is complete. Throws UsageError for options that do not
// go together, Error or BankError for what lies outside.
void export_bank(const ExportOrder& order);

} // namespace timbrel::host
