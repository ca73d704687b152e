// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/export/cell_blend.h"

#include "common/error.h"
#include "common/units.h"

#include <soxr.h>

#include <algorithm>
#include <cmath>

namespace timbrel::host {

namespace {

constexpr double silence_db = 60;        // below the start of the loop
constexpr size_t fade_fraction = 10;     // of an unrolled loop: fades linearly to 0 over its last tenth
constexpr uint32_t min_loop_seconds = 1; // of a resampled loop: makes the detuning by rounding inaudible
constexpr uint32_t filter_frames = 512;  // that soxr's filter spans, at either rate

} // namespace

std::vector<CellWeight> cell_weights(const engine::Bank& bank, PlanePosition position) {
    const double column = position.x * (bank.columns() - 1), row = (1 - position.y) * (bank.rows() - 1);
    const auto west = static_cast<uint32_t>(column), north = static_cast<uint32_t>(row);
    std::vector<CellWeight> weights;
    for (const uint32_t down : {0u, 1u})
        for (const uint32_t across : {0u, 1u}) {
            const double weight = (1 - std::abs(column - west - across)) * (1 - std::abs(row - north - down));
            if (weight > 1e-9)
                weights.push_back({(north + down) * bank.columns() + west + across, static_cast<float>(weight)});
        }
    return weights;
}

NoteSound blended_note(const engine::Bank& bank, uint32_t note, PlanePosition position) {
    const engine::BankEntry& shape = bank.entry(note, 0);
    NoteSound sound{std::vector<float>(size_t{shape.frames} * 2), bank.rate(), shape.loop_start, shape.loop_end};
    for (const auto& [cell, weight] : cell_weights(bank, position)) {
        const engine::BankEntry& entry = bank.entry(note, cell);
        const std::vector<int16_t> pcm = bank.read_pcm(entry);
        const float gain = entry.gain / 32767.0f * weight;
        for (size_t i = 0; i < sound.stereo.size(); ++i) sound.stereo[i] += gain * static_cast<float>(pcm[i]);
        sound.decay += double{weight} * entry.decay;
        sound.release += double{weight} * entry.release;
    }
    if (!sound.loops()) sound.loop_start = sound.loop_end = 0, sound.decay = 0;
    return sound;
}

void extend_loop(NoteSound& note, size_t frames) {
    const size_t length = note.loop_end - note.loop_start;
    note.stereo.resize(size_t{note.loop_end} * 2);
    note.stereo.reserve((note.loop_end + frames) * 2);
    for (size_t i = 0; i < frames * 2; ++i) note.stereo.push_back(note.stereo[note.stereo.size() - length * 2]);
}

void play_loop(NoteSound& note, size_t frames) {
    if (note.loops() && frames > note.loop_end) extend_loop(note, frames - note.loop_end);
    note.stereo.resize(frames * 2);
    for (size_t i = note.loop_start; note.decay > 0 && i < frames; ++i) {
        const auto gain =
            static_cast<float>(db_to_amplitude(-note.decay * static_cast<double>(i - note.loop_start) / note.rate));
        note.stereo[2 * i] *= gain;
        note.stereo[2 * i + 1] *= gain;
    }
    note.loop_start = note.loop_end = 0;
    note.decay = 0;
}

void unroll_loop(NoteSound& note) {
    if (!note.loops() || note.decay < min_unrolled_decay) return;
    const auto decaying =
        std::max(static_cast<size_t>(silence_db / note.decay * note.rate), size_t{note.loop_end} - note.loop_start);
    play_loop(note, note.loop_start + decaying);
    fade_out(note.stereo, 2, decaying / fade_fraction); // prevents an audible end
}

void fade_out(std::vector<float>& interleaved, size_t channels, size_t frames) {
    for (size_t i = 0; i < frames; ++i)
        for (size_t channel = 0; channel < channels; ++channel)
            interleaved[interleaved.size() - 1 - i * channels - channel] *=
                static_cast<float>(i) / static_cast<float>(frames);
}

std::vector<float> convert_rate(const std::vector<float>& interleaved, int channels, double ratio) {
    const size_t frames = interleaved.size() / static_cast<size_t>(channels);
    const auto room = static_cast<size_t>(std::ceil(static_cast<double>(frames) * ratio));
    std::vector<float> out(room * static_cast<size_t>(channels));
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
    size_t consumed = 0, produced = 0;
    if (soxr_error_t error = soxr_oneshot(1, ratio, static_cast<unsigned>(channels), interleaved.data(), frames,
                                          &consumed, out.data(), room, &produced, nullptr, &quality, nullptr))
        throw Error(std::string("the rate cannot be converted: ") + error);
    out.resize(produced * static_cast<size_t>(channels));
    return out;
}

NoteSound resampled(const NoteSound& note, uint32_t rate) {
    if (rate == note.rate) return note;
    const double ratio = static_cast<double>(rate) / note.rate;
    NoteSound out{{}, rate, 0, 0, note.decay, note.release};
    if (!note.loops()) {
        out.stereo = convert_rate(note.stereo, 2, ratio);
        return out;
    }
    NoteSound longer = note;
    const uint32_t old_loop = note.loop_end - note.loop_start;
    const uint32_t loop = (note.rate * min_loop_seconds + old_loop - 1) / old_loop * old_loop;
    const auto margin = static_cast<uint32_t>(filter_frames * (1 + std::max(1.0, 1 / ratio)));
    extend_loop(longer, loop - old_loop + 2 * size_t{margin});
    const auto new_loop = static_cast<uint32_t>(std::lround(loop * ratio));
    const double exact_ratio = static_cast<double>(new_loop) / loop;
    out.stereo = convert_rate(longer.stereo, 2, exact_ratio);
    // The new loop starts a little later, where the filter no longer reaches the sound before the loop.
    out.loop_start = static_cast<uint32_t>(std::ceil((note.loop_start + margin) * exact_ratio));
    out.loop_end = out.loop_start + new_loop;
    out.stereo.resize(size_t{out.loop_end} * 2);
    return out;
}

NoteSound sampled_note(const engine::Bank& bank, uint32_t note, PlanePosition position, uint32_t rate) {
    NoteSound sound = blended_note(bank, note, position);
    unroll_loop(sound);
    return resampled(sound, rate);
}

} // namespace timbrel::host
