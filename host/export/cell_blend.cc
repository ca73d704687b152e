#include "host/export/cell_blend.h"

#include "common/error.h"

#include <soxr.h>

#include <algorithm>
#include <cmath>

namespace timbrel::host {

namespace {

constexpr double silence = 60;             // dB
constexpr uint32_t least_loop_seconds = 1; // of a resampled one: what rounding to frames then detunes is not heard
constexpr uint32_t filter_reach = 512;     // frames of either rate over which soxr's filter looks

double amplitude(double db) { return std::pow(10.0, db / 20); }

// Goes on round the loop, `frames` more.
void go_round(NoteSound& note, size_t frames) {
    const size_t length = note.loop_end - note.loop_start;
    note.stereo.resize(size_t{note.loop_end} * 2);
    note.stereo.reserve((note.loop_end + frames) * 2);
    for (size_t i = 0; i < frames * 2; ++i) note.stereo.push_back(note.stereo[note.stereo.size() - length * 2]);
}

std::vector<float> converted(const std::vector<float>& stereo, double ratio) {
    const size_t frames = stereo.size() / 2;
    std::vector<float> out(static_cast<size_t>(std::ceil(static_cast<double>(frames) * ratio)) * 2);
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
    size_t taken = 0, made = 0;
    if (soxr_error_t error = soxr_oneshot(1, ratio, 2, stereo.data(), frames, &taken, out.data(), out.size() / 2, &made,
                                          nullptr, &quality, nullptr))
        throw Error(std::string("the rate cannot be converted: ") + error);
    out.resize(made * 2);
    return out;
}

} // namespace

std::vector<CellShare> cells_at(const engine::Bank& bank, PlanePlace place) {
    const double column = place.x * (bank.columns() - 1), row = (1 - place.y) * (bank.rows() - 1);
    const auto west = static_cast<uint32_t>(column), north = static_cast<uint32_t>(row);
    std::vector<CellShare> shares;
    for (const uint32_t down : {0u, 1u})
        for (const uint32_t across : {0u, 1u}) {
            const double share = (1 - std::abs(column - west - across)) * (1 - std::abs(row - north - down));
            if (share > 1e-9)
                shares.push_back({(north + down) * bank.columns() + west + across, static_cast<float>(share)});
        }
    return shares;
}

NoteSound note_at(const engine::Bank& bank, uint32_t note, PlanePlace place) {
    const engine::BankEntry& shape = bank.entry(note, 0);
    NoteSound sound{std::vector<float>(size_t{shape.frames} * 2), bank.rate(), shape.loop_start, shape.loop_end};
    for (const auto& [cell, share] : cells_at(bank, place)) {
        const engine::BankEntry& entry = bank.entry(note, cell);
        const int16_t* const pcm = bank.pcm(entry);
        const float gain = entry.gain / 32767.0f * share;
        for (size_t i = 0; i < sound.stereo.size(); ++i) sound.stereo[i] += gain * static_cast<float>(pcm[i]);
        sound.decay += double{share} * entry.decay;
        sound.release += double{share} * entry.release;
    }
    if (!sound.loops()) sound.loop_start = sound.loop_end = 0, sound.decay = 0;
    return sound;
}

void unroll(NoteSound& note) {
    if (!note.loops() || note.decay < slowest_unrolled) return;
    const auto frames = static_cast<size_t>(silence / note.decay * note.rate);
    const size_t loop = note.loop_end - note.loop_start;
    if (frames > loop) go_round(note, frames - loop);
    const size_t start = note.loop_start, end = std::max<size_t>(note.frames(), start + 1);
    for (size_t i = start; i < end; ++i) {
        // Straight to nothing over the last tenth, so that the end is none that is heard.
        const double left = std::min(1.0, 10.0 * static_cast<double>(end - 1 - i) / static_cast<double>(end - start));
        const auto gain =
            static_cast<float>(left * amplitude(-note.decay * static_cast<double>(i - start) / note.rate));
        note.stereo[2 * i] *= gain;
        note.stereo[2 * i + 1] *= gain;
    }
    note.loop_start = note.loop_end = 0;
    note.decay = 0;
}

NoteSound resampled(const NoteSound& note, uint32_t rate) {
    if (rate == note.rate) return note;
    const double ratio = static_cast<double>(rate) / note.rate;
    NoteSound out{{}, rate, 0, 0, note.decay, note.release};
    if (!note.loops()) {
        out.stereo = converted(note.stereo, ratio);
        return out;
    }
    NoteSound longer = note;
    const uint32_t once = note.loop_end - note.loop_start;
    const uint32_t loop = (note.rate * least_loop_seconds + once - 1) / once * once;
    const auto reach = static_cast<uint32_t>(filter_reach * (1 + std::max(1.0, 1 / ratio)));
    go_round(longer, loop - once + 2 * size_t{reach});
    const auto new_loop = static_cast<uint32_t>(std::lround(loop * ratio));
    const double exact = static_cast<double>(new_loop) / loop;
    out.stereo = converted(longer.stereo, exact);
    // A little into the loop, where the filter sees nothing of what comes before it.
    out.loop_start = static_cast<uint32_t>(std::ceil((note.loop_start + reach) * exact));
    out.loop_end = out.loop_start + new_loop;
    out.stereo.resize(size_t{out.loop_end} * 2);
    return out;
}

} // namespace timbrel::host
