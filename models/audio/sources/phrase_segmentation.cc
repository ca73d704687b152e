#include "models/audio/sources/phrase_segmentation.h"

#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/analysis/yin.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace timbrel::audio {
namespace {

constexpr double step_seconds = 0.01;
constexpr double together = 0.8;       // semitones from a note's median
constexpr size_t patience = 4;         // frames that may stray before a note is over
constexpr size_t shortest = 15;        // frames of a note
constexpr double onset_seconds = 0.03; // kept before a note's first clear frame

struct Frame {
    double pitch, clarity, level; // level in dB
};

std::vector<Frame> frames_of(const Audio& audio) {
    std::vector<float> samples = heard(audio);
    const size_t window = static_cast<size_t>(audio.rate * 0.04), step = static_cast<size_t>(audio.rate * step_seconds);
    Yin yin(audio.rate, window);
    // Frames are centred on their time.
    samples.insert(samples.begin(), yin.span() / 2, 0.0f);
    samples.resize(samples.size() + yin.span());
    std::vector<Frame> frames;
    for (size_t at = 0; at < audio.frames() && step > 0; at += step) {
        const FramePitch frame = yin.listen(samples.data() + at);
        frames.push_back({frame.pitch, frame.clarity, 10 * std::log10(frame.energy + 1e-12)});
    }
    return frames;
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

// A fresh attack: the level has risen by 8 dB in 40 ms.
bool attacks(const std::vector<Frame>& frames, size_t at) {
    return at >= 4 && frames[at].level > frames[at - 4].level + 8;
}

struct Run {
    size_t first, last; // frames, the last one belongs to it
    std::vector<double> pitches;
};

std::vector<Run> runs_of(const std::vector<Frame>& frames) {
    double loudest = -120;
    for (const Frame& frame : frames) loudest = std::max(loudest, frame.level);
    std::vector<Run> runs;
    bool open = false;
    for (size_t i = 0; i < frames.size(); ++i) {
        const bool clear = frames[i].clarity > 0.7 && frames[i].level > loudest - 40;
        if (open) {
            Run& run = runs.back();
            const bool again = run.pitches.size() >= shortest && attacks(frames, i);
            if (clear && !again && std::abs(frames[i].pitch - median(run.pitches)) <= together) {
                run.pitches.push_back(frames[i].pitch);
                run.last = i;
                continue;
            }
            if (!again && i - run.last < patience) continue;
            // What strayed may have been the next note's beginning.
            if (!again) i = run.last + 1;
            open = false;
            if (!(frames[i].clarity > 0.7 && frames[i].level > loudest - 40)) continue;
        } else if (!clear) {
            continue;
        }
        runs.push_back({i, i, {frames[i].pitch}});
        open = true;
    }
    std::erase_if(runs, [](const Run& run) { return run.pitches.size() < shortest; });
    return runs;
}

double quality(const Run& run, const std::vector<Frame>& frames, double pitch, double loudest) {
    double stray = 0, clarity = 0, level = -120;
    for (size_t i = run.first; i <= run.last; ++i) {
        clarity += frames[i].clarity / static_cast<double>(run.last - run.first + 1);
        level = std::max(level, frames[i].level);
    }
    for (const double value : run.pitches) stray += std::abs(value - pitch) / static_cast<double>(run.pitches.size());
    const double seconds = static_cast<double>(run.last - run.first + 1) * step_seconds;
    return std::min(1.0, seconds / 1.5) * clarity * (1 - stray) * std::clamp(1 + (level - loudest) / 40, 0.0, 1.0);
}

} // namespace

std::vector<PhraseNote> notes_in(const Audio& audio) {
    const std::vector<Frame> frames = frames_of(audio);
    double loudest = -120;
    for (const Frame& frame : frames) loudest = std::max(loudest, frame.level);
    const auto frame_at = [&](double seconds) { return static_cast<size_t>(std::max(0.0, seconds) * audio.rate); };
    std::vector<PhraseNote> notes;
    for (const Run& run : runs_of(frames)) {
        PhraseNote note;
        note.pitch = median(run.pitches);
        note.quality = quality(run, frames, note.pitch, loudest);
        note.start = frame_at(static_cast<double>(run.first) * step_seconds - onset_seconds);
        note.end = std::min(audio.frames(), frame_at(static_cast<double>(run.last + 1) * step_seconds));
        if (!notes.empty()) note.start = std::max(note.start, notes.back().end);
        notes.push_back(note);
    }
    return notes;
}

std::vector<PhraseNote> best_notes(const std::vector<PhraseNote>& notes) {
    std::map<long, PhraseNote> best;
    for (const PhraseNote& note : notes) {
        const auto [at, fresh] = best.try_emplace(std::lround(note.pitch), note);
        if (!fresh && note.quality > at->second.quality) at->second = note;
    }
    std::vector<PhraseNote> found;
    for (const auto& [pitch, note] : best) found.push_back(note);
    return found;
}

Audio excerpt(const Audio& audio, const PhraseNote& note) {
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
