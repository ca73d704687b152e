// SPDX-License-Identifier: GPL-3.0-or-later
// The layout is that of the device's program: https://github.com/googlecreativelab/open-nsynth-super.
#include "host/export/nsynth_pad.h"

#include "common/atomic_file.h"
#include "common/progress.h"
#include "common/units.h"
#include "host/export/bank_sources.h"
#include "host/export/cell_blend.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <set>
#include <span>

namespace timbrel::host {

namespace {

constexpr int side = 9; // positions
constexpr int lowest_pitch = 24, highest_pitch = 84, pitch_step = 4;
constexpr uint32_t pad_rate = 16000;
constexpr size_t pad_frames = 60000;
constexpr double held_seconds = 3; // as in the data that NSynth learned from
constexpr size_t end_frames = 80;  // faded, so that the end is silent
constexpr double release_db = 60;  // to which a bank's release times refer

// The device's names separate instruments by underscores.
std::string instrument_name(const std::string& corner) {
    std::string name;
    for (const char letter : corner)
        if (std::isalnum(static_cast<unsigned char>(letter)))
            name += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return name.empty() ? "corner" : name;
}

std::string pad_name(const engine::Bank& bank) {
    std::string name;
    for (const std::string& corner : corner_names(bank)) name += (name.empty() ? "" : "_") + instrument_name(corner);
    return name + ".bin";
}

uint32_t nearest_note(const engine::Bank& bank, int pitch) {
    const auto pitches = bank.pitches();
    const auto nearest = std::ranges::min_element(pitches, {}, [&](int stored) { return std::abs(stored - pitch); });
    return bank.note(static_cast<uint32_t>(nearest - pitches.begin()),
                     static_cast<uint32_t>(bank.velocities().size() - 1));
}

// Of the notes that the pad takes, mono.
float loudest_peak(const engine::Bank& bank) {
    std::set<uint32_t> notes;
    for (int pitch = lowest_pitch; pitch <= highest_pitch; pitch += pitch_step) notes.insert(nearest_note(bank, pitch));
    float loudest = 0;
    for (const uint32_t note : notes)
        for (uint32_t cell = 0; cell < bank.cells(); ++cell) {
            const engine::BankEntry& entry = bank.entry(note, cell);
            const std::vector<int16_t> pcm = bank.read_pcm(entry);
            int peak = 0;
            for (size_t i = 0; i + 1 < pcm.size(); i += 2) peak = std::max(peak, std::abs(pcm[i] + pcm[i + 1]));
            loudest = std::max(loudest, static_cast<float>(peak) / 2 / 32767 * entry.gain);
        }
    return loudest;
}

// A held note and its release, mono.
std::vector<float> render(const engine::Bank& bank, int pitch, PlanePosition position) {
    const uint32_t note = nearest_note(bank, pitch);
    const int stored = bank.pitches()[note / bank.velocities().size()];
    const double transposition = semitones_to_ratio(pitch - stored);
    NoteSound sound = blended_note(bank, note, position);
    const double ratio = pad_rate / (sound.rate * transposition);
    play_loop(sound, static_cast<size_t>(std::ceil(static_cast<double>(pad_frames) / ratio)));
    std::vector<float> mono(sound.frames());
    for (size_t i = 0; i < mono.size(); ++i) mono[i] = (sound.stereo[2 * i] + sound.stereo[2 * i + 1]) / 2;
    mono = convert_rate(mono, 1, ratio);
    mono.resize(pad_frames);
    const double release = std::max(sound.release, 1e-3);
    for (auto i = static_cast<size_t>(held_seconds * pad_rate); i < pad_frames; ++i) {
        const double seconds = static_cast<double>(i) / pad_rate - held_seconds;
        mono[i] *= static_cast<float>(db_to_amplitude(-release_db * seconds / release));
    }
    fade_out(mono, 1, end_frames);
    return mono;
}

} // namespace

void write_nsynth_pad(const engine::Bank& bank, const std::string& folder) {
    static_assert(std::endian::native == std::endian::little);
    const float loudest = loudest_peak(bank);
    const float scale = loudest > 0 ? 32767 / loudest : 0;
    AtomicFile file(folder + "/" + pad_name(bank), advice_other_output);
    Progress progress("exporting", size_t{side} * side * ((highest_pitch - lowest_pitch) / pitch_step + 1));
    std::vector<int16_t> pcm(pad_frames);
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x)
            for (int pitch = lowest_pitch; pitch <= highest_pitch; pitch += pitch_step) {
                const PlanePosition position{x / (side - 1.0), 1 - y / (side - 1.0)};
                const std::vector<float> sound = render(bank, pitch, position);
                std::ranges::transform(sound, pcm.begin(), [&](float sample) {
                    return static_cast<int16_t>(std::clamp(std::lround(sample * scale), -32768L, 32767L));
                });
                file.write(std::as_bytes(std::span(pcm)));
                progress.step();
            }
    file.finish();
}

} // namespace timbrel::host
