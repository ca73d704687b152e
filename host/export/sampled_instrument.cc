// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/export/sampled_instrument.h"

#include "common/error.h"
#include "common/note_name.h"
#include "common/output_guard.h"
#include "common/progress.h"
#include "common/units.h"
#include "host/export/sound_file.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <filesystem>

namespace timbrel::host {

namespace {

namespace fs = std::filesystem;

constexpr char sample_folder[] = "samples";

float peak_of(const std::vector<float>& samples) {
    float peak = 0;
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    return peak;
}

// The shortest exact text of a number, independent of the locale.
std::string format_number(double number) {
    char text[32];
    return {text, std::to_chars(text, std::end(text), number).ptr};
}

// Percent-encodes the characters of a bank's name that have a meaning in SFZ, XML or paths. Different names stay
// different.
std::string escape_name(const std::string& name) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string text;
    for (const char letter : name) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte >= 0x80 || std::isalnum(byte) || letter == '-' || letter == '.')
            text += letter;
        else
            text.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return text;
}

// Subfolder for the samples. Its name contains everything that the samples depend on, so that several exports fit into
// one folder, and equal ones share their samples.
std::string samples_folder(const InstrumentPlan& plan) {
    const bool one_position = plan.xs.size() == 1 && plan.ys.size() == 1;
    const std::string positions = one_position ? "x" + format_number(plan.xs[0]) + "_y" + format_number(plan.ys[0])
                                               : std::to_string(plan.xs.size()) + "x" + std::to_string(plan.ys.size());
    return std::string(sample_folder) + "/" + escape_name(plan.name) + "_" + positions + "_" +
           std::to_string(plan.rate);
}

std::string file_name(size_t column, size_t row, int pitch, int velocity) {
    char name[96];
    std::snprintf(name, sizeof name, "x%zu-y%zu_k%03d_v%03d.flac", column, row, pitch, velocity);
    return name;
}

Zone write_zone(const engine::Bank& bank, uint32_t note, Zone zone, PlanePosition position, uint32_t rate,
                const std::string& folder) {
    zone.sound = sampled_note(bank, note, position, rate);
    const float peak = peak_of(zone.sound.stereo);
    if (peak > 0)
        for (float& sample : zone.sound.stereo) sample /= peak;
    zone.gain = peak > 0 ? amplitude_to_db(peak) : 0;
    write_sound_file(folder + "/" + zone.file, {zone.sound.stereo, 2, rate}, SoundFileFormat::flac16);
    zone.sound.stereo = {};
    return zone;
}

} // namespace

std::pair<int, int> key_range(const engine::Bank& bank, size_t pitch_index) {
    const auto pitches = bank.pitches();
    const auto lowest_key = [&](size_t index) { return (pitches[index - 1] + pitches[index] + 1) / 2; };
    return {pitch_index == 0 ? 0 : lowest_key(pitch_index),
            pitch_index + 1 == pitches.size() ? 127 : lowest_key(pitch_index + 1) - 1};
}

std::pair<int, int> velocity_range(std::span<const uint8_t> velocities, size_t layer) {
    return {layer == 0 ? 1 : (velocities[layer - 1] + velocities[layer]) / 2 + 1,
            layer + 1 == velocities.size() ? 127 : (velocities[layer] + velocities[layer + 1]) / 2};
}

std::vector<InstrumentCell> write_samples(const engine::Bank& bank, const InstrumentPlan& plan,
                                          const std::string& folder) {
    const std::string samples = samples_folder(plan);
    create_folder(fs::path(folder) / samples, "choose another with -o");
    std::vector<InstrumentCell> cells;
    const auto velocities = plan.velocities(bank);
    Progress progress("exporting", plan.xs.size() * plan.ys.size() * bank.pitches().size() * velocities.size());
    for (size_t row = 0; row < plan.ys.size(); ++row)
        for (size_t column = 0; column < plan.xs.size(); ++column) {
            InstrumentCell cell{column, row, {}};
            for (size_t p = 0; p < bank.pitches().size(); ++p)
                for (size_t v = 0; v < velocities.size(); ++v) {
                    const int pitch = bank.pitches()[p];
                    const auto [low, high] = key_range(bank, p);
                    const std::string file = samples + "/" + file_name(column, row, pitch, velocities[v]);
                    const uint32_t note =
                        bank.note(static_cast<uint32_t>(p), static_cast<uint32_t>(plan.first_layer + v));
                    cell.zones.push_back(write_zone(bank, note, {file, pitch, low, high, v, 0, {}},
                                                    {plan.xs[column], plan.ys[row]}, plan.rate, folder));
                    progress.step();
                }
            cells.push_back(std::move(cell));
        }
    return cells;
}

float loudest_peak(const engine::Bank& bank) {
    float loudest = 1;
    for (uint32_t note = 0; note < bank.notes(); ++note)
        for (uint32_t cell = 0; cell < bank.cells(); ++cell) loudest = std::max(loudest, bank.entry(note, cell).gain);
    return loudest;
}

void write_wav_folder(const engine::Bank& bank, const InstrumentPlan& plan, const std::string& folder) {
    const float loudest = loudest_peak(bank);
    Progress progress("exporting", bank.notes());
    for (size_t p = 0; p < bank.pitches().size(); ++p)
        for (size_t v = 0; v < bank.velocities().size(); ++v) {
            const int pitch = bank.pitches()[p];
            NoteSound sound = sampled_note(bank, bank.note(static_cast<uint32_t>(p), static_cast<uint32_t>(v)),
                                           plan.position(), plan.rate);
            for (float& sample : sound.stereo) sample /= loudest;
            write_sound_file(folder + "/" + plan.name + "_" + note_name(pitch) + "_v" +
                                 std::to_string(bank.velocities()[v]) + ".wav",
                             {sound.stereo, 2, plan.rate, pitch, sound.loop_start, sound.loop_end},
                             SoundFileFormat::wav24);
            progress.step();
        }
}

} // namespace timbrel::host
