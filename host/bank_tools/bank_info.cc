// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/bank_tools/bank_info.h"

#include "common/foreign_text.h"
#include "common/note_name.h"
#include "host/bank_tools/bank_lookup.h"
#include "plugin/engine/bank/bank.h"
#include "plugin/engine/bank/bank_vibrato.h"
#include "plugin/lv2/shared/bank_search.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>

namespace timbrel::host {

namespace {

using nlohmann::json;

json bank_facts(const engine::Bank& bank, bool verified) {
    json notes = json::array();
    uint64_t frames = 0, looped = 0;
    for (size_t pitch = 0; pitch < bank.pitches().size(); ++pitch) {
        const engine::BankEntry& entry = bank.entry(bank.note(static_cast<uint32_t>(pitch), 0), 0);
        notes.push_back({{"pitch", bank.pitches()[pitch]},
                         {"frames", entry.frames},
                         {"loop_start", entry.loop_start},
                         {"loop_end", entry.loop_end}});
        frames += uint64_t{entry.frames} * bank.velocities().size() * bank.cells();
        looped += entry.loop_end > entry.loop_start;
    }
    json all = {{"file", bank.path()},
                {"bytes", bank.file_bytes()},
                {"id", lv2::bank_id(bank.head_hash())},
                {"rate", bank.rate()},
                {"columns", bank.columns()},
                {"rows", bank.rows()},
                {"pitches", bank.pitches()},
                {"velocities", bank.velocities()},
                {"seconds", static_cast<double>(frames) / bank.rate()},
                {"looped_pitches", looped},
                {"notes", notes},
                {"metadata", bank.metadata()}};
    if (verified) all["verified"] = true;
    return all;
}

// The mean natural vibrato of each corner: "Flute 9 cents at 4.1 Hz, Violin …".
std::string describe_vibrato(const engine::Bank& bank) {
    const engine::BankCorners positions(bank);
    const engine::BankVibrato vibrato(bank, positions);
    const json corners = bank.metadata().value("corners", json::array());
    std::string description;
    for (size_t c = 0; vibrato.any() && c < positions.columns.size() * positions.rows.size(); ++c) {
        engine::VibratoMix mean;
        uint32_t present = 0;
        for (uint32_t note = 0; note < bank.notes(); ++note)
            if (const auto* note_vibrato = vibrato.of(note); note_vibrato && note_vibrato[c].depth > 0)
                ++present, mean.add(note_vibrato[c], 1);
        if (present == 0) continue;
        const engine::NaturalVibrato average = mean.result();
        const json name = corners.is_array() && c < corners.size() && corners[c].is_object()
                              ? corners[c].value("name", json())
                              : json();
        char text[64];
        std::snprintf(text, sizeof text, " %.0f cents at %.1f Hz in %u of %u notes",
                      static_cast<double>(average.depth) / present,
                      std::exp2(static_cast<double>(average.rate_octaves)), present, bank.notes());
        description += (description.empty() ? "" : ", ") +
                       (name.is_string() ? printable(name.get<std::string>()) : "corner " + std::to_string(c + 1)) +
                       text;
    }
    return description.empty() ? "none" : description;
}

// Prints one line per value; nested objects are indented.
void print_metadata(const json& value, const std::string& indent) {
    for (const auto& [key, item] : value.items()) {
        if (key == "vibrato") continue; // described above
        // Long texts and arrays, such as pictures, are only counted.
        const std::string text = item.is_string() ? item.get<std::string>() : item.dump();
        if (item.is_array() && item.size() > 16) {
            std::cout << indent << printable(key) << ": " << item.size() << " entries\n";
        } else if (item.is_structured() && !item.empty() && text.size() > 90) {
            std::cout << indent << printable(key) << ":\n";
            print_metadata(item, indent + "  ");
        } else {
            std::cout << indent << printable(key) << ": "
                      << (text.size() > 200 ? std::to_string(text.size()) + " bytes" : printable(text)) << '\n';
        }
    }
}

} // namespace

void print_bank_info(const std::string& file, bool as_json, bool verify) {
    const auto bank = engine::Bank::open(resolve_bank(file));
    if (verify) bank->verify_pcm();
    const json all = bank_facts(*bank, verify);
    if (as_json) {
        std::cout << all.dump(2, ' ', true, json::error_handler_t::replace) << '\n';
        return;
    }
    const auto pitches = bank->pitches();
    const auto velocities = bank->velocities();
    std::printf("%s\n", printable(bank->path(), max_printed_line).c_str());
    std::printf("  %.1f MB, %u Hz stereo, id %s%s\n", static_cast<double>(bank->file_bytes()) / 1e6, bank->rate(),
                lv2::bank_id(bank->head_hash()).c_str(), verify ? ", checksums right" : "");
    std::printf("  plane of %u × %u cells\n", bank->columns(), bank->rows());
    std::printf("  %zu pitches from %s to %s, %d of them looped; velocities", pitches.size(),
                note_name(pitches.front()).c_str(), note_name(pitches.back()).c_str(),
                all["looped_pitches"].get<int>());
    for (const int velocity : velocities) std::printf(" %d", velocity);
    std::printf("\n  %.1f minutes of sound\n", all["seconds"].get<double>() / 60);
    std::printf("  natural vibrato: %s\n", describe_vibrato(*bank).c_str());
    std::fflush(stdout);
    print_metadata(bank->metadata(), "  ");
}

} // namespace timbrel::host
