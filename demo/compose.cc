// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the demo song "Four Rooms" as a Standard MIDI File, and the path of X and Y for it as a CSV file. 80 beats per
// minute, B minor with an excursion to C lydian.
//
// usage: compose SONG.mid PATH.csv
//
// Corners of the demo bank: flute north-west, choir north-east, marimba south-west, piano south-east. X runs from west
// (0) to east (1), Y from south (0) to north (1).
#include "common/note_name.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr int beats_per_minute = 80;
constexpr int pulses_per_beat = 480;
constexpr double seconds_per_beat = 60.0 / beats_per_minute;
constexpr double roll_beats = 0.04; // between the notes of a rolled chord

int pulses(double beats) { return static_cast<int>(std::lround(beats * pulses_per_beat)); }

// The MIDI note number of a name such as C#4, which is 61. Accepts sharps, not flats.
int parse_pitch(const std::string& name) {
    if (name.size() < 2 || timbrel::pitch_class_of(name[0]) < 0) throw std::invalid_argument("not a note: " + name);
    const bool sharp = name.at(1) == '#';
    return 12 * (std::stoi(name.substr(sharp ? 2 : 1)) + 1) + timbrel::pitch_class_of(name[0]) + (sharp ? 1 : 0);
}

struct Event {
    int pulses; // from the start of the song
    std::string bytes;
};

std::string to_bytes(std::initializer_list<int> values) {
    std::string bytes;
    for (const int value : values) bytes += static_cast<char>(value);
    return bytes;
}

std::string big_endian(size_t value, int size) {
    std::string bytes;
    for (int i = size; i-- > 0;) bytes += static_cast<char>(value >> 8 * i & 0xff);
    return bytes;
}

// A variable-length quantity: seven bits a byte, the most significant first.
std::string variable_length(int value) {
    std::string bytes(1, static_cast<char>(value & 0x7f));
    while (value >>= 7) bytes.insert(bytes.begin(), static_cast<char>(0x80 | (value & 0x7f)));
    return bytes;
}

// A meta event with less than 128 bytes.
std::string meta_event(int type, const std::string& content) {
    return to_bytes({0xff, type, static_cast<int>(content.size())}) + content;
}

class Track {
  public:
    explicit Track(const char* name) { add_event(0, meta_event(3, name)); }

    // Adds notes, rests and rolled chords with their lengths in beats, such as "E5:1.5 -:.5 G2~D3~B3:4", from `beat`
    // on. The velocity changes linearly from `first` to `last`; `hold` is the sounding fraction of a length.
    void play(double beat, int first, int last, const std::string& score, double hold = 0.97) {
        std::istringstream words(score);
        const std::vector<std::string> steps{std::istream_iterator<std::string>(words), {}};
        for (size_t i = 0; i < steps.size(); ++i) {
            const size_t colon = steps[i].find(':');
            const double length = std::stod(steps[i].substr(colon + 1));
            const double fraction =
                steps.size() > 1 ? static_cast<double>(i) / static_cast<double>(steps.size() - 1) : 0;
            const int velocity = static_cast<int>(std::lround(first + fraction * (last - first)));
            chord(beat, length * hold, velocity, steps[i].substr(0, colon));
            beat += length;
        }
    }

    void pedal(double down, double up) {
        add_event(down, to_bytes({0xb0, 64, 127}));
        add_event(up, to_bytes({0xb0, 64, 0}));
    }

    // Ramps the expression controller (11).
    void ramp_expression(double begin, double end, int first, int last) {
        constexpr int steps = 48;
        for (int i = 0; i <= steps; ++i) {
            const double fraction = static_cast<double>(i) / steps;
            const int value = static_cast<int>(std::lround(first + fraction * (last - first)));
            add_event(begin + fraction * (end - begin), to_bytes({0xb0, 11, value}));
        }
    }

    void add_event(double beat, std::string bytes) { events_.push_back({pulses(beat), std::move(bytes)}); }

    // The track as a chunk of a Standard MIDI File.
    std::string chunk() const {
        std::vector<Event> events = events_;
        const auto is_controller = [](const Event& event) { return event.bytes[0] == static_cast<char>(0xb0); };
        std::ranges::stable_sort(events, {}, [&](const Event& event) {
            return std::pair(event.pulses, !is_controller(event)); // controllers before the notes of the same time
        });
        std::string body;
        int previous = 0;
        for (const Event& event : events) {
            body += variable_length(event.pulses - previous) + event.bytes;
            previous = event.pulses;
        }
        body += variable_length(0) + meta_event(0x2f, "");
        return "MTrk" + big_endian(body.size(), 4) + body;
    }

  private:
    void chord(double beat, double length, int velocity, const std::string& names) {
        if (names == "-") return;
        std::istringstream notes(names);
        double delay = 0;
        for (std::string name; std::getline(notes, name, '~'); delay += roll_beats) {
            add_event(beat + delay, to_bytes({0x90, parse_pitch(name), velocity}));
            add_event(beat + length, to_bytes({0x80, parse_pitch(name), 64}));
        }
    }

    std::vector<Event> events_; // in any order
};

constexpr double bar(int number) { return 4.0 * (number - 1); }

// The song as a Standard MIDI File.
std::string compose() {
    Track right("right hand");
    Track left("left hand");
    right.add_event(0, meta_event(0x51, big_endian(60000000 / beats_per_minute, 3))); // microseconds a beat

    // First room, marimba: the theme.
    right.play(bar(1), 70, 100, "B3:.5 F#4:.5 C#5:.5 E5:.5 D5:1 A4:.5 F#4:.5");
    right.play(bar(2), 80, 108, "B3:.5 F#4:.5 C#5:.5 F#5:.5 E5:1 D5:.5 A4:.5");
    left.play(bar(1), 80, 80, "B2:4");
    left.play(bar(2), 86, 86, "G2:4");

    // Second room, piano: the answer.
    left.play(bar(3), 78, 86, "G2:.5 D3:.5 B3:.5 F#4:2.5");
    left.play(bar(4), 84, 72, "F#2:.5 D3:.5 A3:.5 E4:2.5");
    left.pedal(bar(3), bar(4) - 0.05);
    left.pedal(bar(4), bar(5) - 0.05);
    right.play(bar(3), 88, 108, "-:1 A4:.5 B4:.5 D5:1 F#5:1");
    right.play(bar(4), 102, 78, "E5:1.5 D5:.5 A4:2");

    // Third room, choir: a chord crosses over from the piano.
    left.play(bar(5), 84, 84, "E2~B2~G3~D4~F#4:4");
    left.play(bar(6), 70, 78, "A2~E3~D4~B4:2 A2~E3~C#4~A4:2");
    right.play(bar(5), 78, 84, "-:1 B4:1 G4:.5 A4:.5 B4:1");
    right.play(bar(6), 84, 96, "E5:2.5 C#5:.5 E5:1");
    left.play(bar(7), 84, 84, "B2~F#3~D4~A4:2");
    right.play(bar(7), 108, 108, "F#5:2");

    // Fourth room, flute: solo, to the end of B minor.
    right.play(bar(7) + 2.5, 74, 90, "B4:.5 D5:.5 E5:.5");
    right.play(bar(8), 94, 112, "F#5:.5 A5:.5 C6:1.5");
    right.play(bar(8) + 2.5, 96, 70, "B5:.5 G5:1");

    // One sustained C lydian chord while X and Y cross the plane.
    left.ramp_expression(bar(9), bar(10) + 1, 92, 127);
    left.play(bar(9), 96, 96, "C2~G2~E3~B3~F#4:8", 0.985);
    right.play(bar(9), 96, 112, "-:1.5 D5:.5 E5:1 G5:1");
    right.play(bar(10), 96, 84, "A5:2 F#5:.5 E5:.5 B4:1");

    // Return to D, ending in the middle of the plane.
    left.play(bar(11), 94, 94, "D2~A2~E3~F#3~C#4:7.5");
    right.play(bar(11), 84, 104, "F#4:.5 C#5:.5 E5:.5 A5:.5 F#5:1 E5:.5 C#5:.5");
    right.play(bar(12), 98, 76, "D5:.5 E5:.5 A4:2.5");
    left.ramp_expression(bar(12) + 0.5, bar(12) + 3.5, 127, 24);

    return "MThd" + big_endian(6, 4) + big_endian(1, 2) + big_endian(2, 2) + big_endian(pulses_per_beat, 2) +
           right.chunk() + left.chunk();
}

struct PathPoint {
    double beat, x, y;
};

// Joined by smoothstep curves.
const std::vector<PathPoint> xy_path = {
    {bar(1), 0, 0},          {bar(2) + 3, 0, 0},      {bar(3) + 1, 1, 0},        {bar(5) + 0.5, 1, 0},
    {bar(6), 1, 1},          {bar(7) + 0.5, 1, 1},    {bar(7) + 2.5, 0, 1},      {bar(9), 0, 1},
    {bar(9) + 3, 1, 0},      {bar(10), 1, 0.5},       {bar(10) + 0.5, 1, 1},     {bar(10) + 1, 1, 1},
    {bar(11), 0, 0},         {bar(11) + 1, 0, 0},     {bar(11) + 2.5, 0.1, 0.9}, {bar(12), 0.9, 0.8},
    {bar(12) + 1, 0.8, 0.2}, {bar(12) + 2, 0.5, 0.5}, {bar(13), 0.5, 0.5},
};

void write_path(std::ostream& out) {
    constexpr double step = 0.02; // seconds
    out << "# seconds,x,y\n";
    size_t next = 1;
    for (int i = 0; i * step <= xy_path.back().beat * seconds_per_beat + 1e-9; ++i) {
        const double beat = i * step / seconds_per_beat;
        while (next + 1 < xy_path.size() && xy_path[next].beat < beat) ++next;
        const PathPoint &from = xy_path[next - 1], &to = xy_path[next];
        const double fraction = std::min((beat - from.beat) / (to.beat - from.beat), 1.0);
        const double eased = fraction * fraction * (3 - 2 * fraction);
        char line[64];
        std::snprintf(line, sizeof line, "%.2f,%.4f,%.4f\n", i * step, std::lerp(from.x, to.x, eased),
                      std::lerp(from.y, to.y, eased));
        out << line;
    }
}

} // namespace

int main(int argc, char** argv) try {
    if (argc != 3) {
        std::cerr << "usage: compose SONG.mid PATH.csv\n";
        return 2;
    }
    std::ofstream song(argv[1], std::ios::binary);
    song << compose();
    if (!song.flush()) throw std::runtime_error(std::string("cannot write ") + argv[1]);
    std::ofstream path(argv[2]);
    write_path(path);
    if (!path.flush()) throw std::runtime_error(std::string("cannot write ") + argv[2]);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "compose: " << error.what() << '\n';
    return 1;
}
