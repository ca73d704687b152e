// "Four Rooms": the demo song, 80 beats a minute, in B minor with a visit to C lydian. Writes the Standard MIDI File
// and, from the same score, the way of the finger over the plane.
//
// usage: compose SONG.mid PATH.csv
//
// The plane it is written for: flute in the north-west, choir in the north-east, marimba in the south-west, piano in
// the south-east. X runs from west (0) to east (1), Y from south (0) to north (1).
#include <glib.h> // first: smf.h would include it with C linkage
#include <smf.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr int beats_a_minute = 80;
constexpr int pulses_a_beat = 480;
constexpr double seconds_a_beat = 60.0 / beats_a_minute;
constexpr double roll = 0.04; // beats between the notes of a rolled chord

int pulses(double beats) { return static_cast<int>(std::lround(beats * pulses_a_beat)); }

// "C4" is 60; sharps only.
int pitch_named(const std::string& name) {
    static constexpr int white[] = {9, 11, 0, 2, 4, 5, 7}; // A to G
    const size_t letter = name.find_first_not_of("ABCDEFG");
    if (letter != 1) throw std::invalid_argument("not a note: " + name);
    const bool sharp = name.at(1) == '#';
    return 12 * (std::stoi(name.substr(sharp ? 2 : 1)) + 1) + white[name[0] - 'A'] + (sharp ? 1 : 0);
}

class Track {
  public:
    Track(smf_t* song, const char* name) : track_(smf_track_new()) {
        smf_add_track(song, track_);
        put(0, smf_event_new_textual(3, name));
    }

    // Plays "E5:1.5 -:.5 G2~D3~B3:4": notes, rests and rolled chords with their lengths in beats, from `beat` on.
    // Velocity grows or shrinks evenly from `first` to `last`; `hold` is the share of its length for which a note is
    // held.
    void play(double beat, int first, int last, const std::string& score, double hold = 0.97) {
        std::istringstream words(score);
        const std::vector<std::string> steps{std::istream_iterator<std::string>(words), {}};
        for (size_t i = 0; i < steps.size(); ++i) {
            const size_t colon = steps[i].find(':');
            const double length = std::stod(steps[i].substr(colon + 1));
            const double share = steps.size() > 1 ? static_cast<double>(i) / static_cast<double>(steps.size() - 1) : 0;
            const int velocity = static_cast<int>(std::lround(first + share * (last - first)));
            chord(beat, length * hold, velocity, steps[i].substr(0, colon));
            beat += length;
        }
    }

    void pedal(double down, double up) {
        put(down, smf_event_new_from_bytes(0xb0, 64, 127));
        put(up, smf_event_new_from_bytes(0xb0, 64, 0));
    }

    // Expression, from one value to another.
    void swell(double begin, double end, int first, int last) {
        constexpr int steps = 48;
        for (int i = 0; i <= steps; ++i) {
            const double share = static_cast<double>(i) / steps;
            const int value = static_cast<int>(std::lround(first + share * (last - first)));
            put(begin + share * (end - begin), smf_event_new_from_bytes(0xb0, 11, value));
        }
    }

    void put(double beat, smf_event_t* event) { smf_track_add_event_pulses(track_, event, pulses(beat)); }

  private:
    void chord(double beat, double length, int velocity, const std::string& names) {
        if (names == "-") return;
        std::istringstream notes(names);
        double late = 0;
        for (std::string name; std::getline(notes, name, '~'); late += roll) {
            put(beat + late, smf_event_new_from_bytes(0x90, pitch_named(name), velocity));
            put(beat + length, smf_event_new_from_bytes(0x80, pitch_named(name), 64));
        }
    }

    smf_track_t* track_; // owned by the song
};

void set_tempo(Track& track) {
    const int microseconds = 60000000 / beats_a_minute;
    unsigned char tempo[] = {0xff,
                             0x51,
                             3,
                             static_cast<unsigned char>(microseconds >> 16),
                             static_cast<unsigned char>(microseconds >> 8),
                             static_cast<unsigned char>(microseconds)};
    track.put(0, smf_event_new_from_pointer(tempo, sizeof tempo));
}

constexpr double bar(int number) { return 4.0 * (number - 1); }

void compose(smf_t* song) {
    Track right(song, "right hand");
    Track left(song, "left hand");
    set_tempo(right);

    // The first room, of wood: a call in the open.
    right.play(bar(1), 70, 100, "B3:.5 F#4:.5 C#5:.5 E5:.5 D5:1 A4:.5 F#4:.5");
    right.play(bar(2), 80, 108, "B3:.5 F#4:.5 C#5:.5 F#5:.5 E5:1 D5:.5 A4:.5");
    left.play(bar(1), 80, 80, "B2:4");
    left.play(bar(2), 86, 86, "G2:4");

    // The second, of strings and hammers: the call is answered.
    left.play(bar(3), 78, 86, "G2:.5 D3:.5 B3:.5 F#4:2.5");
    left.play(bar(4), 84, 72, "F#2:.5 D3:.5 A3:.5 E4:2.5");
    left.pedal(bar(3), bar(4) - 0.05);
    left.pedal(bar(4), bar(5) - 0.05);
    right.play(bar(3), 88, 108, "-:1 A4:.5 B4:.5 D5:1 F#5:1");
    right.play(bar(4), 102, 78, "E5:1.5 D5:.5 A4:2");

    // Struck by hammers, held by voices: one chord carries from the second room into the third.
    left.play(bar(5), 84, 84, "E2~B2~G3~D4~F#4:4");
    left.play(bar(6), 70, 78, "A2~E3~D4~B4:2 A2~E3~C#4~A4:2");
    right.play(bar(5), 78, 84, "-:1 B4:1 G4:.5 A4:.5 B4:1");
    right.play(bar(6), 84, 96, "E5:2.5 C#5:.5 E5:1");
    left.play(bar(7), 84, 84, "B2~F#3~D4~A4:2");
    right.play(bar(7), 108, 108, "F#5:2");

    // The fourth, of breath: alone, up to where B minor ends.
    right.play(bar(7) + 2.5, 74, 90, "B4:.5 D5:.5 E5:.5");
    right.play(bar(8), 94, 112, "F#5:.5 A5:.5 C6:1.5");
    right.play(bar(8) + 2.5, 96, 70, "B5:.5 G5:1");

    // All doors open: one held chord, while the finger crosses the plane.
    left.swell(bar(9), bar(10) + 1, 92, 127);
    left.play(bar(9), 96, 96, "C2~G2~E3~B3~F#4:8", 0.985);
    right.play(bar(9), 96, 112, "-:1.5 D5:.5 E5:1 G5:1");
    right.play(bar(10), 96, 84, "A5:2 F#5:.5 E5:.5 B4:1");

    // Home, and to the middle of them all.
    left.play(bar(11), 94, 94, "D2~A2~E3~F#3~C#4:7.5");
    right.play(bar(11), 84, 104, "F#4:.5 C#5:.5 E5:.5 A5:.5 F#5:1 E5:.5 C#5:.5");
    right.play(bar(12), 98, 76, "D5:.5 E5:.5 A4:2.5");
    left.swell(bar(12) + 0.5, bar(12) + 3.5, 127, 24);
}

struct Place {
    double beat, x, y;
};

// Between two places the finger starts and stops gently.
const std::vector<Place> way = {
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
    for (int i = 0; i * step <= way.back().beat * seconds_a_beat + 1e-9; ++i) {
        const double beat = i * step / seconds_a_beat;
        while (next + 1 < way.size() && way[next].beat < beat) ++next;
        const Place &from = way[next - 1], &to = way[next];
        const double share = std::min((beat - from.beat) / (to.beat - from.beat), 1.0);
        const double eased = share * share * (3 - 2 * share);
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
    const std::unique_ptr<smf_t, decltype(&smf_delete)> song(smf_new(), smf_delete);
    if (smf_set_ppqn(song.get(), pulses_a_beat)) throw std::runtime_error("resolution refused");
    compose(song.get());
    if (smf_save(song.get(), argv[1])) throw std::runtime_error(std::string("cannot write ") + argv[1]);
    std::ofstream path(argv[2]);
    write_path(path);
    if (!path.flush()) throw std::runtime_error(std::string("cannot write ") + argv[2]);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "compose: " << error.what() << '\n';
    return 1;
}
