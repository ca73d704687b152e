// SPDX-License-Identifier: GPL-3.0-or-later
// Checks a rendering of a Standard MIDI File: format, loudness, true peak, stereo width, and, with the song, the pitch
// of every note whose fundamental is not masked by partials of other notes. The rendering must then be at constant
// pitch (natural_pitch and natural_vibrato at 0), unless the recordings neither scoop nor drift nor vibrate. Exit
// status 1 if a value is out of bounds.
//
// usage: measure SOUND.wav [SONG.mid [LOWEST_LUFS HIGHEST_LUFS]]
#include "common/units.h"
#include "host/render/midi_file.h"

#include <ebur128.h>
#include <sndfile.hh>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdio>
#include <iostream>
#include <limits>
#include <numbers>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr int rate = 48000;
constexpr double max_true_peak = -1;   // dBFS
constexpr double min_side_level = -40; // dB relative to mid
constexpr double max_deviation = 3;    // cents
constexpr size_t min_clear_notes = 8;
constexpr double attack_seconds = 0.06;           // skipped
constexpr double min_span = 0.24, max_span = 0.8; // seconds of a note that are measured
constexpr double release_seconds = 0.5;           // during which a released note may still be audible
constexpr int masking_partials = 16;              // of each other note

struct Note {
    double start, end; // seconds; the sustain pedal extends the end
    int key;
    double frequency() const { return timbrel::note_to_hertz(key); }
};

double power_db(double power) { return timbrel::power_to_db(power + 1e-20); }

std::vector<Note> read_notes(const char* path) {
    constexpr double open = std::numeric_limits<double>::infinity();
    std::vector<Note> notes;
    std::vector<size_t> pedalled;
    bool pedal = false;
    for (const auto& [now, message] : timbrel::host::read_song(path).events) {
        std::array<int, 3> bytes{};
        for (size_t i = 0; i < std::min(message.size(), bytes.size()); ++i) bytes[i] = std::to_integer<int>(message[i]);
        const int kind = bytes[0] & 0xf0;
        if (kind == 0x90 && bytes[2] > 0) {
            notes.push_back({now, open, bytes[1]});
        } else if (kind == 0x80 || kind == 0x90) {
            for (size_t i = 0; i < notes.size(); ++i) {
                if (notes[i].key != bytes[1] || notes[i].end != open) continue;
                if (pedal && std::ranges::find(pedalled, i) == pedalled.end()) pedalled.push_back(i);
                if (!pedal) notes[i].end = now;
            }
        } else if (kind == 0xb0 && bytes[1] == 64) {
            pedal = bytes[2] >= 64;
            if (pedal) continue;
            for (size_t i : pedalled) notes[i].end = now;
            pedalled.clear();
        }
    }
    return notes;
}

struct Span {
    double start, length; // seconds
};

// The part of a note that can be measured; nullopt if it is too short or masked by another note.
std::optional<Span> clear_span(const std::vector<Note>& notes, const Note& note) {
    const Span span{note.start + attack_seconds, std::min(note.end - note.start - attack_seconds, max_span)};
    if (span.length < min_span) return {};
    const double near = std::max(3 / span.length, note.frequency() * (timbrel::cents_to_ratio(60) - 1)); // Hz
    for (const Note& other : notes) {
        if (&other == &note || other.start > span.start + span.length || other.end + release_seconds < span.start)
            continue;
        for (int k = 1; k <= masking_partials; ++k)
            if (std::abs(k * other.frequency() - note.frequency()) < near) return {};
    }
    return span;
}

// Power at one frequency under a Blackman window.
double power_at(const std::vector<float>& mono, size_t start, size_t length, double frequency) {
    std::complex<double> sum = 0, turn = 1;
    const std::complex<double> step = std::polar(1.0, -2 * std::numbers::pi * frequency / rate);
    for (size_t i = 0; i < length; ++i, turn *= step) {
        const double phase = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(length);
        sum += turn * (mono[start + i] * (0.42 - 0.5 * std::cos(phase) + 0.08 * std::cos(2 * phase)));
    }
    return std::norm(sum);
}

// Deviation of the strongest frequency near the note from its nominal pitch, in cents.
double deviation(const std::vector<float>& mono, const Note& note, Span span) {
    constexpr int range = 40; // cents to either side
    const auto start = static_cast<size_t>(span.start * rate);
    const size_t length = std::min(static_cast<size_t>(span.length * rate), mono.size() - std::min(start, mono.size()));
    std::array<double, 2 * range + 1> power;
    for (int c = -range; c <= range; ++c)
        power[static_cast<size_t>(c + range)] =
            power_db(power_at(mono, start, length, note.frequency() * timbrel::cents_to_ratio(c)));
    const size_t peak = static_cast<size_t>(std::ranges::max_element(power) - power.begin());
    if (peak == 0 || peak == power.size() - 1) return static_cast<double>(peak) - range;
    const double left = power[peak - 1], top = power[peak], right = power[peak + 1];
    return static_cast<double>(peak) - range + 0.5 * (left - right) / (left - 2 * top + right);
}

class Report {
  public:
    void check(bool good, const std::string& line) {
        std::cout << (good ? "  " : "! ") << line << '\n';
        good_ = good_ && good;
    }
    bool good() const { return good_; }

  private:
    bool good_ = true;
};

std::string format_line(const char* format, auto... values) {
    char line[160];
    std::snprintf(line, sizeof line, format, values...);
    return line;
}

void check_levels(Report& report, const std::vector<float>& stereo, double lowest, double highest) {
    ebur128_state* meter = ebur128_init(2, rate, EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
    if (!meter) throw std::runtime_error("out of memory");
    ebur128_add_frames_float(meter, stereo.data(), stereo.size() / 2);
    double loudness = 0, left = 0, right = 0;
    ebur128_loudness_global(meter, &loudness);
    ebur128_true_peak(meter, 0, &left);
    ebur128_true_peak(meter, 1, &right);
    ebur128_destroy(&meter);
    report.check(loudness >= lowest && loudness <= highest,
                 format_line("loudness %.1f LUFS (%.0f to %.0f)", loudness, lowest, highest));
    const double peak = timbrel::amplitude_to_db(std::max(left, right));
    report.check(peak <= max_true_peak, format_line("true peak %.1f dBFS (at most %.0f)", peak, max_true_peak));

    double mid = 0, side = 0;
    for (size_t i = 0; i + 1 < stereo.size(); i += 2) {
        mid += std::pow(stereo[i] + stereo[i + 1], 2);
        side += std::pow(stereo[i] - stereo[i + 1], 2);
    }
    const double width = power_db(side) - power_db(mid);
    report.check(width >= min_side_level,
                 format_line("side %.1f dB relative to mid (at least %.0f)", width, min_side_level));
}

void check_pitches(Report& report, const std::vector<float>& stereo, const std::vector<Note>& notes) {
    std::vector<float> mono(stereo.size() / 2);
    for (size_t i = 0; i < mono.size(); ++i) mono[i] = stereo[2 * i] + stereo[2 * i + 1];
    size_t count = 0;
    double worst = 0;
    for (const Note& note : notes) {
        const std::optional<Span> span = clear_span(notes, note);
        if (!span) continue;
        ++count;
        const double off = deviation(mono, note, *span);
        worst = std::max(worst, std::abs(off));
        if (std::abs(off) > max_deviation)
            report.check(false, format_line("note %d at %.2f s is %.1f cents off", note.key, note.start, off));
    }
    report.check(count >= min_clear_notes,
                 format_line("%zu of %zu notes are not masked (at least %zu)", count, notes.size(), min_clear_notes));
    report.check(worst <= max_deviation,
                 format_line("largest pitch deviation: %.2f cents (at most %.0f)", worst, max_deviation));
}

} // namespace

int main(int argc, char** argv) try {
    if (argc != 2 && argc != 3 && argc != 5) {
        std::cerr << "usage: measure SOUND.wav [SONG.mid [LOWEST_LUFS HIGHEST_LUFS]]\n";
        return 2;
    }
    SndfileHandle file(argv[1]);
    if (file.error()) throw std::runtime_error(std::string(argv[1]) + ": " + file.strError());

    Report report;
    const double seconds = static_cast<double>(file.frames()) / std::max(file.samplerate(), 1);
    const bool format_ok = file.samplerate() == rate && file.channels() == 2;
    report.check(format_ok, format_line("%.1f s, %d Hz, %d channels", seconds, file.samplerate(), file.channels()));
    if (!format_ok) return 1;
    std::vector<float> stereo(static_cast<size_t>(file.frames()) * 2);
    file.readf(stereo.data(), file.frames());
    check_levels(report, stereo, argc == 5 ? std::stod(argv[3]) : -20, argc == 5 ? std::stod(argv[4]) : -14);
    if (argc > 2) check_pitches(report, stereo, read_notes(argv[2]));
    return report.good() ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "measure: " << error.what() << '\n';
    return 1;
}
