// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/sources/phrase_segmentation.h"

#include "common/stats.h"
#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/analysis/fft.h"
#include "models/audio/analysis/spectra.h"
#include "models/audio/analysis/yin.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <span>

namespace timbrel::audio {
namespace {

constexpr double step_seconds = 0.01;
constexpr double pitch_tolerance = 0.8; // semitones from a note's median pitch
constexpr size_t longest_gap = 4;       // frames without the note's pitch after which the note ends
constexpr size_t shortest_note = 15;    // frames
constexpr double onset_seconds = 0.03;  // kept before a note's first voiced frame
// Chosen on 378 synthesised hits and 276 of fonts, none of which exceeds it, and 171 phrases, of which 166 do.
constexpr double least_new_power = 0.06;

struct PitchFrame {
    double pitch, clarity, level; // level in dB
};

std::vector<PitchFrame> analyse_frames(const Audio& audio) {
    std::vector<float> samples = downmix(audio);
    const size_t window = static_cast<size_t>(audio.rate * 0.04), step = static_cast<size_t>(audio.rate * step_seconds);
    Yin yin(audio.rate, window);
    // Padded so that each frame is centred on its time.
    samples.insert(samples.begin(), yin.input_size() / 2, 0.0f);
    samples.resize(samples.size() + yin.input_size());
    std::vector<PitchFrame> frames;
    for (size_t at = 0; at < audio.frames() && step > 0; at += step) {
        const FramePitch frame = yin.estimate(samples.data() + at);
        frames.push_back({frame.pitch, frame.clarity, power_to_db(frame.energy + 1e-12)});
    }
    return frames;
}

double loudest_level(const std::vector<PitchFrame>& frames) {
    double level = -120;
    for (const PitchFrame& frame : frames) level = std::max(level, frame.level);
    return level;
}

// Whether the level has risen by 8 dB in 40 ms.
bool has_attack(const std::vector<PitchFrame>& frames, size_t at) {
    return at >= 4 && frames[at].level > frames[at - 4].level + 8;
}

struct NoteRun {
    size_t first, last; // frames, inclusive
    std::vector<double> pitches;
};

std::vector<NoteRun> find_runs(const std::vector<PitchFrame>& frames) {
    const double peak_level = loudest_level(frames);
    const auto is_voiced = [&](const PitchFrame& frame) {
        return frame.clarity > 0.7 && frame.level > peak_level - 40;
    };
    std::vector<NoteRun> runs;
    bool in_note = false;
    for (size_t i = 0; i < frames.size(); ++i) {
        const bool voiced = is_voiced(frames[i]);
        if (in_note) {
            NoteRun& run = runs.back();
            const bool new_attack = run.pitches.size() >= shortest_note && has_attack(frames, i);
            if (voiced && !new_attack && std::abs(frames[i].pitch - median(run.pitches)) <= pitch_tolerance) {
                run.pitches.push_back(frames[i].pitch);
                run.last = i;
                continue;
            }
            if (!new_attack && i - run.last < longest_gap) continue;
            // The frames of the gap may belong to the next note.
            if (!new_attack) i = run.last + 1;
            in_note = false;
            if (!is_voiced(frames[i])) continue;
        } else if (!voiced) {
            continue;
        }
        runs.push_back({i, i, {frames[i].pitch}});
        in_note = true;
    }
    std::erase_if(runs, [](const NoteRun& run) { return run.pitches.size() < shortest_note; });
    return runs;
}

double quality(const NoteRun& run, const std::vector<PitchFrame>& frames, double pitch, double peak_level) {
    double deviation = 0, clarity = 0, level = -120;
    for (size_t i = run.first; i <= run.last; ++i) {
        clarity += frames[i].clarity / static_cast<double>(run.last - run.first + 1);
        level = std::max(level, frames[i].level);
    }
    for (const double value : run.pitches)
        deviation += std::abs(value - pitch) / static_cast<double>(run.pitches.size());
    const double seconds = static_cast<double>(run.last - run.first + 1) * step_seconds;
    return std::min(1.0, seconds / 1.5) * clarity * (1 - deviation) *
           std::clamp(1 + (level - peak_level) / 40, 0.0, 1.0);
}

// The fraction of a note's power at its start that is at frequencies with less before, by 6 dB. All that a hit will
// ever sound at sounds soon after it, whatever the pitch seems to be while its partials beat and end one after the
// other; another note has partials of its own.
class NewPower {
  public:
    explicit NewPower(const Audio& audio)
        : rate_(audio.rate), size_(fast_fft_size(static_cast<size_t>(audio.rate * spectrum_seconds))),
          hop_(size_ / overlap), power_(power_spectra(downmix(audio), size_, hop_)), before_(power_.columns) {}

    // For notes in order of time that are pitched from `begin` to `end` seconds.
    double fraction(double begin, double end) {
        for (; frame_ < power_.frames && middle(frame_) <= begin - start_from; ++frame_) add_before(power_.row(frame_));
        std::vector<float> after(power_.columns);
        for (size_t i = frame_; i < power_.frames && middle(i) <= std::min(begin + start_to, end); ++i)
            if (middle(i) >= begin + start_from)
                for (size_t bin = 0; bin < after.size(); ++bin) after[bin] = std::max(after[bin], power_.row(i)[bin]);
        double total = 1e-20, fresh = 0;
        for (size_t bin = 0; bin < after.size(); ++bin) {
            total += after[bin];
            if (after[bin] > new_power * before_[bin]) fresh += after[bin];
        }
        return fresh / total;
    }

  private:
    // Seconds.
    double middle(size_t frame) const {
        return (static_cast<double>(frame * hop_) + 0.5 * static_cast<double>(size_)) / rate_;
    }

    void add_before(std::span<const float> row) {
        for (size_t bin = spread; bin + spread < row.size(); ++bin)
            before_[bin] = std::max(before_[bin], *std::max_element(&row[bin - spread], &row[bin + spread] + 1));
    }

    static constexpr size_t overlap = 8, spread = 2;            // bins to either side that count as the same frequency
    static constexpr double spectrum_seconds = 0.17;            // of each frame
    static constexpr double start_from = 0.05, start_to = 0.25; // seconds after a note's first frame
    static constexpr float new_power = 4;

    double rate_;
    size_t size_, hop_;
    FrameTable power_;
    std::vector<float> before_; // the most in the frames before frame_
    size_t frame_ = 0;
};

} // namespace

std::vector<PhraseNote> segment_phrase(const Audio& audio) {
    const std::vector<PitchFrame> frames = analyse_frames(audio);
    const double peak_level = loudest_level(frames);
    const auto frame_at = [&](double seconds) { return static_cast<size_t>(std::max(0.0, seconds) * audio.rate); };
    std::vector<PhraseNote> notes;
    NewPower new_power(audio);
    for (const NoteRun& run : find_runs(frames)) {
        PhraseNote note;
        note.pitch = median(run.pitches);
        note.quality = quality(run, frames, note.pitch, peak_level);
        note.start = frame_at(static_cast<double>(run.first) * step_seconds - onset_seconds);
        note.end = std::min(audio.frames(), frame_at(static_cast<double>(run.last + 1) * step_seconds));
        if (!notes.empty()) note.start = std::max(note.start, notes.back().end);
        note.begins = new_power.fraction(static_cast<double>(run.first) * step_seconds,
                                         static_cast<double>(run.last) * step_seconds) > least_new_power;
        notes.push_back(note);
    }
    return notes;
}

bool is_phrase(const std::vector<PhraseNote>& notes) {
    size_t total = 0, longest = 0;
    std::set<long> begun;
    for (const PhraseNote& note : notes) {
        total += note.end - note.start;
        longest = std::max(longest, note.end - note.start);
        if (note.begins || begun.empty()) begun.insert(std::lround(note.pitch));
    }
    return begun.size() > 1 && 10 * longest < 6 * total;
}

std::vector<PhraseNote> best_note_per_semitone(const std::vector<PhraseNote>& notes) {
    std::map<long, PhraseNote> best;
    for (const PhraseNote& note : notes) {
        const auto [at, inserted] = best.try_emplace(std::lround(note.pitch), note);
        if (!inserted && note.quality > at->second.quality) at->second = note;
    }
    std::vector<PhraseNote> result;
    result.reserve(best.size());
    for (const auto& [pitch, note] : best) result.push_back(note);
    return result;
}

Audio extract_note(const Audio& audio, const PhraseNote& note) {
    const auto cut = [&](const std::vector<float>& samples) {
        const auto at = [&](size_t frame) {
            return samples.begin() + static_cast<std::ptrdiff_t>(std::min(frame, samples.size()));
        };
        std::vector<float> part(at(note.start), at(note.end));
        const size_t in = std::min(part.size(), static_cast<size_t>(audio.rate * 0.003));
        const size_t out = std::min(part.size(), static_cast<size_t>(audio.rate * 0.015));
        for (size_t i = 0; i < in; ++i) part[i] *= static_cast<float>(i) / static_cast<float>(in);
        for (size_t i = 0; i < out; ++i) part[part.size() - 1 - i] *= static_cast<float>(i) / static_cast<float>(out);
        return part;
    };
    return {audio.rate, cut(audio.left), cut(audio.right)};
}

} // namespace timbrel::audio
