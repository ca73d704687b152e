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

namespace timbrel::audio {
namespace {

constexpr double step_seconds = 0.01;
constexpr double pitch_tolerance = 0.8; // semitones from a note's median pitch
constexpr size_t longest_gap = 4;       // frames without the note's pitch after which the note ends
constexpr size_t shortest_note = 15;    // frames
constexpr double onset_seconds = 0.03;  // kept before a note's first voiced frame
constexpr size_t onset_frames = 6;      // around a note's first voiced frame, in which its attack is looked for
constexpr double spectrum_seconds = 0.17;
constexpr float new_power = 4;      // a bin is new where its power exceeds all before by this factor
constexpr double new_fraction = 0.3; // of a note's power, in new bins

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

// The fraction of a note's power at frequencies at which there was less before, by 6 dB. All that one hit will ever
// sound at sounds at its attack; another note has partials of its own.
class NewPower {
  public:
    explicit NewPower(const Audio& audio)
        : size_(fast_fft_size(static_cast<size_t>(audio.rate * spectrum_seconds))), hop_(size_ / 4),
          power_(power_spectra(downmix(audio), size_, hop_)), loudest_(power_.columns) {}

    // Notes in order of time.
    double fraction(const PhraseNote& note) {
        for (; frame_ < power_.frames && frame_ * hop_ + hop_ <= note.start; ++frame_) {
            const auto row = power_.row(frame_);
            for (size_t bin = 1; bin + 1 < row.size(); ++bin)
                loudest_[bin] = std::max({loudest_[bin], row[bin - 1], row[bin], row[bin + 1]});
        }
        std::vector<float> peak(power_.columns);
        for (size_t i = note.start / hop_ + 1; i < power_.frames && i * hop_ < note.end; ++i) {
            const auto row = power_.row(i);
            for (size_t bin = 0; bin < row.size(); ++bin) peak[bin] = std::max(peak[bin], row[bin]);
        }
        double total = 1e-20, fresh = 0;
        for (size_t bin = 0; bin < peak.size(); ++bin) {
            total += peak[bin];
            if (peak[bin] > new_power * loudest_[bin]) fresh += peak[bin];
        }
        return fresh / total;
    }

  private:
    size_t size_, hop_;
    FrameTable power_;
    std::vector<float> loudest_; // of each bin and its neighbours, in the frames before frame_
    size_t frame_ = 0;
};

bool has_attack_near(const std::vector<PitchFrame>& frames, size_t at) {
    for (size_t i = at - std::min(at, onset_frames); i < std::min(frames.size(), at + onset_frames); ++i)
        if (has_attack(frames, i)) return true;
    return false;
}

} // namespace

std::vector<PhraseNote> segment_phrase(const Audio& audio) {
    const std::vector<PitchFrame> frames = analyse_frames(audio);
    const double peak_level = loudest_level(frames);
    const auto frame_at = [&](double seconds) { return static_cast<size_t>(std::max(0.0, seconds) * audio.rate); };
    std::vector<PhraseNote> notes;
    NewPower fresh(audio);
    for (const NoteRun& run : find_runs(frames)) {
        PhraseNote note;
        note.pitch = median(run.pitches);
        note.quality = quality(run, frames, note.pitch, peak_level);
        note.start = frame_at(static_cast<double>(run.first) * step_seconds - onset_seconds);
        note.end = std::min(audio.frames(), frame_at(static_cast<double>(run.last + 1) * step_seconds));
        if (!notes.empty()) note.start = std::max(note.start, notes.back().end);
        const double fraction = fresh.fraction(note);
        note.onset = notes.empty() || fraction > new_fraction || has_attack_near(frames, run.first);
        notes.push_back(note);
    }
    return notes;
}

bool is_phrase(const std::vector<PhraseNote>& notes) {
    size_t total = 0, longest = 0;
    std::vector<PhraseNote> begun;
    for (const PhraseNote& note : notes) {
        total += note.end - note.start;
        longest = std::max(longest, note.end - note.start);
        if (note.onset) begun.push_back(note);
    }
    return best_note_per_semitone(begun).size() > 1 && 10 * longest < 6 * total;
}

std::vector<PhraseNote> best_note_per_semitone(const std::vector<PhraseNote>& notes) {
    std::map<long, PhraseNote> best;
    for (const PhraseNote& note : notes) {
        const auto [at, inserted] = best.try_emplace(std::lround(note.pitch), note);
        if (!inserted && note.quality > at->second.quality) at->second = note;
    }
    std::vector<PhraseNote> result;
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
