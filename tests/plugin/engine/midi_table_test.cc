// SPDX-License-Identifier: GPL-3.0-or-later
// A table of all MIDI messages that the engine understands, and of messages that it must ignore: the effect of each on
// one note. Effects that need more than one note or number are tested by the suites midi, playing, touch and tuning.
#define BOOST_TEST_MODULE midi_table
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

using Messages = std::vector<std::vector<int>>;

struct Row {
    const char* name;
    Messages before; // sent before the note: A4 at X = Y = 0, on channel 1
    Messages after;
    uint32_t voices = 1; // expected 0.2 s after the messages; NAN below: not compared
    double semitones = 0.0, amplitude = 0.1;
};

Messages operator+(Messages first, const Messages& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

Messages controllers(std::initializer_list<std::pair<int, int>> pairs) {
    Messages all;
    for (const auto& [number, value] : pairs) all.push_back({0xb0, number, value});
    return all;
}

int index_of(Parameter parameter) { return static_cast<int>(parameter); }

const Messages bend_up{{0xe0, 127, 127}}, release_a4{{0x80, 69, 64}};
const Messages short_sysex{{0xf0, 0x7e, 0x7f, 6, 1, 0xf7}};
const Messages retune_a4{{0xf0, 0x7f, 0x7f, 8, 2, 0, 1, 69, 70, 64, 0, 0xf7}};

Messages repeat(int count, const Messages& messages) {
    Messages all;
    for (int i = 0; i < count; ++i) all.insert(all.end(), messages.begin(), messages.end());
    return all;
}

// An octave tuning dump of one program: every A a quarter tone up.
Messages octave_dump(int bank = 0, int program = 5) {
    std::vector<int> bytes{0xf0, 0x7e, 0, 8, 5, bank, program};
    bytes.resize(bytes.size() + 16, ' ');
    for (int i = 0; i < 12; ++i) bytes.push_back(i == 9 ? 114 : 64);
    int sum = 0;
    for (size_t i = 1; i < bytes.size(); ++i) sum ^= bytes[i];
    bytes.push_back(sum);
    bytes.push_back(0xf7);
    return {bytes};
}

std::vector<int> resized_sysex(std::vector<int> bytes, size_t size) {
    bytes.resize(size, 0x11);
    bytes.back() = 0xf7;
    return bytes;
}

const double half_value = 64.0 / 127.0;

const std::vector<Row> table{
    {"nothing", {}, {}},
    // Notes.
    {"note off", {}, release_a4, 0},
    {"note on with velocity 0", {}, {{0x90, 69, 0}}, 0},
    {"note off of another channel", {}, {{0x81, 69, 64}}},
    {"note off of another key", {}, {{0x80, 70, 64}}},
    {"another note", {}, {{0x90, 81, 100}}, 2},
    {"the same note again", {}, {{0x90, 69, 100}}},
    // Pressure, bend.
    {"key pressure", {}, {{0xa0, 69, 127}}, 1, 0, 0.3},
    {"key pressure of another key", {}, {{0xa0, 70, 127}}},
    {"channel pressure", {}, {{0xd0, 127}}, 1, 0, 0.3},
    {"channel pressure of another channel", {}, {{0xd1, 127}}},
    {"bend up", {}, bend_up, 1, 2},
    {"bend down", {}, {{0xe0, 0, 0}}, 1, -2},
    {"bend back", bend_up, {{0xe0, 0, 64}}},
    // Controllers.
    {"volume", {}, {{0xb0, 7, 64}}, 1, 0, 0.1 * half_value* half_value},
    {"volume of another channel", {}, {{0xb1, 7, 64}}},
    {"expression", {}, {{0xb0, 11, 64}}, 1, 0, 0.1 * half_value* half_value},
    {"X", {}, {{0xb0, 16, 127}}, 1, 0, 0.3},
    {"Y", {}, {{0xb0, 17, 127}}, 1, 0, 0.3},
    {"timbre", {}, {{0xb0, 74, 127}}, 1, 0, 0.2},
    {"timbre in the middle", {{0xb0, 74, 127}}, {{0xb0, 74, 64}}},
    // Pedals.
    {"sustain", {}, Messages{{0xb0, 64, 127}} + release_a4},
    {"sustain nearly down", {}, Messages{{0xb0, 64, 115}} + release_a4},
    {"sustain half down releases slowly", {}, Messages{{0xb0, 64, 100}} + release_a4, 1, 0, NAN},
    {"sustain nearly up", {}, Messages{{0xb0, 64, 12}} + release_a4, 0},
    {"sustain up", {}, Messages{{0xb0, 64, 127}} + release_a4 + Messages{{0xb0, 64, 0}}, 0},
    {"sostenuto", {}, Messages{{0xb0, 66, 127}} + release_a4},
    {"sostenuto before the note", {{0xb0, 66, 127}}, release_a4, 0},
    {"sostenuto up", {}, Messages{{0xb0, 66, 64}} + release_a4 + Messages{{0xb0, 66, 63}}, 0},
    {"soft", {{0xb0, 67, 127}}, {}, 1, 0, 0.1 * 0.36},
    {"soft after the note", {}, {{0xb0, 67, 127}}},
    // Modes.
    {"all sound off", {}, {{0xb0, 64, 127}, {0xb0, 120, 0}}, 0},
    {"all sound off on another channel", {}, {{0xb1, 120, 0}}},
    {"all notes off", {}, {{0xb0, 123, 0}}, 0},
    {"all notes off respects the pedal", {}, {{0xb0, 64, 127}, {0xb0, 123, 0}}},
    {"omni off", {}, {{0xb0, 124, 0}}, 0},
    {"omni on", {}, {{0xb0, 125, 0}}, 0},
    {"mono", {}, {{0xb0, 126, 1}}, 0},
    {"poly", {}, {{0xb0, 127, 0}}, 0},
    {"local off", {}, {{0xb0, 122, 0}}},
    {"reset: sustain", {}, Messages{{0xb0, 64, 127}} + release_a4 + Messages{{0xb0, 121, 0}}, 0},
    {"reset: sostenuto", {}, Messages{{0xb0, 66, 127}} + release_a4 + Messages{{0xb0, 121, 0}}, 0},
    {"reset: soft", {{0xb0, 67, 127}, {0xb0, 121, 0}}, {}},
    {"reset: bend", {}, bend_up + Messages{{0xb0, 121, 0}}},
    {"reset: channel pressure", {}, {{0xd0, 127}, {0xb0, 121, 0}}},
    {"reset: key pressure", {}, {{0xa0, 69, 127}, {0xb0, 121, 0}}},
    {"reset: expression", {}, {{0xb0, 11, 0}, {0xb0, 121, 0}}},
    {"reset leaves volume", {}, {{0xb0, 7, 64}, {0xb0, 121, 0}}, 1, 0, 0.1 * half_value* half_value},
    {"reset leaves timbre", {}, {{0xb0, 74, 127}, {0xb0, 121, 0}}, 1, 0, 0.2},
    {"reset leaves the bend range", {}, controllers({{101, 0}, {100, 0}, {6, 7}, {121, 0}}) + bend_up, 1, 7},
    {"reset deselects parameters", {}, controllers({{101, 0}, {100, 0}, {121, 0}, {6, 7}}) + bend_up, 1, 2},
    // Registered parameters.
    {"bend range", {}, controllers({{101, 0}, {100, 0}, {6, 12}}) + bend_up, 1, 12},
    {"bend range in cents", {}, controllers({{101, 0}, {100, 0}, {6, 1}, {38, 50}}) + bend_up, 1, 1.5},
    {"fine tuning", {}, controllers({{101, 0}, {100, 1}, {6, 96}}), 1, 0.5},
    {"fine tuning, finer", {}, controllers({{101, 0}, {100, 1}, {6, 64}, {38, 64}}), 1, 64.0 / 8192},
    {"coarse tuning", {}, controllers({{101, 0}, {100, 2}, {6, 67}}), 1, 3},
    {"tuning program", octave_dump() + controllers({{101, 0}, {100, 3}, {6, 5}}), {}, 1, 0.5},
    {"tuning program, for the next note", octave_dump(), controllers({{101, 0}, {100, 3}, {6, 5}})},
    {"tuning bank", octave_dump(7) + controllers({{101, 0}, {100, 4}, {6, 7}, {100, 3}, {6, 5}}), {}, 1, 0.5},
    {"tuning bank, before a program is chosen", octave_dump(7, 0) + controllers({{101, 0}, {100, 4}, {6, 7}}), {}},
    {"another tuning bank", octave_dump(7) + controllers({{101, 0}, {100, 3}, {6, 5}}), {}},
    {"a tuning that was not received", octave_dump() + controllers({{101, 0}, {100, 4}, {6, 1}, {100, 3}, {6, 5}}), {}},
    {"MPE: the master's bend", controllers({{101, 0}, {100, 6}, {6, 3}}), bend_up, 1, 2},
    {"MPE: a member's bend", controllers({{101, 0}, {100, 6}, {6, 3}}), {{0xe1, 127, 127}}},
    {"no parameter", {}, controllers({{101, 127}, {100, 127}, {6, 12}}) + bend_up, 1, 2},
    {"a parameter unknown",
     {},
     controllers({{101, 0}, {100, 99}, {6, 12}, {101, 5}, {100, 0}, {6, 12}}) + bend_up,
     1,
     2},
    // Unregistered parameters.
    {"X by number", {}, controllers({{99, 0}, {98, 0}, {6, 127}}), 1, 0, 0.3},
    {"X by number, finer", {}, controllers({{99, 0}, {98, 0}, {6, 64}, {38, 0}}), 1, 0, 0.1 + 0.2 * 8192 / 16383},
    {"tune by number", {}, controllers({{99, 0}, {98, index_of(Parameter::tune)}, {6, 127}}), 1, 1},
    {"tune by number, down", {}, controllers({{99, 0}, {98, index_of(Parameter::tune)}, {6, 0}}), 1, -1},
    {"level by number", {}, controllers({{99, 0}, {98, index_of(Parameter::level)}, {6, 0}}), 1, NAN, 0.0},
    {"a number beyond the table", {}, controllers({{99, 0}, {98, 127}, {6, 127}, {99, 1}, {98, 0}, {6, 127}})},
    {"registered after unregistered",
     {},
     controllers({{99, 0}, {98, 0}, {101, 0}, {100, 0}, {6, 12}}) + bend_up,
     1,
     12},
    // Data increment and decrement; their value is ignored.
    {"bend range, a cent up", {}, controllers({{101, 0}, {100, 0}, {96, 0}}) + bend_up, 1, 2.01},
    {"bend range, a cent down", {}, controllers({{101, 0}, {100, 0}, {97, 127}}) + bend_up, 1, 1.99},
    {"bend range, a cent up from its upper end",
     {},
     controllers({{101, 0}, {100, 0}, {6, 12}, {38, 127}, {96, 1}}) + bend_up,
     1,
     13},
    {"bend range, at its lower end", {}, controllers({{101, 0}, {100, 0}, {6, 0}, {97, 1}}) + bend_up},
    {"fine tuning, steps up", {}, controllers({{101, 0}, {100, 1}}) + repeat(256, {{0xb0, 96, 1}}), 1, 256.0 / 8192},
    {"fine tuning, steps down", {}, controllers({{101, 0}, {100, 1}}) + repeat(256, {{0xb0, 97, 1}}), 1, -256.0 / 8192},
    {"fine tuning, at its upper end",
     {},
     controllers({{101, 0}, {100, 1}, {6, 127}, {38, 127}, {96, 1}}),
     1,
     8191.0 / 8192},
    {"coarse tuning, a step up", {}, controllers({{101, 0}, {100, 2}, {96, 1}}), 1, 1},
    {"coarse tuning, steps down", {}, controllers({{101, 0}, {100, 2}, {6, 66}, {97, 0}, {97, 0}, {97, 0}}), 1, -1},
    {"tuning program, a step up", octave_dump() + controllers({{101, 0}, {100, 3}, {6, 4}, {96, 1}}), {}, 1, 0.5},
    {"tuning program, a step down", octave_dump() + controllers({{101, 0}, {100, 3}, {6, 6}, {97, 1}}), {}, 1, 0.5},
    {"tuning program, at its lower end", octave_dump(0, 127) + controllers({{101, 0}, {100, 3}, {97, 1}}), {}},
    {"tuning bank, steps",
     octave_dump(1, 0) + controllers({{101, 0}, {100, 4}, {96, 1}, {96, 1}, {97, 1}, {100, 3}, {6, 0}}),
     {},
     1,
     0.5},
    // A new MPE zone would reset the bend range.
    {"MPE has no steps", {}, controllers({{101, 0}, {100, 0}, {6, 12}, {100, 6}, {96, 3}, {97, 3}}) + bend_up, 1, 12},
    {"X, a step up", {}, controllers({{99, 0}, {98, 0}, {96, 1}}), 1, 0, 0.1 + 0.2 / 127},
    {"X, a step from where a controller put it",
     {},
     controllers({{16, 127}, {99, 0}, {98, 0}, {97, 1}}),
     1,
     0,
     0.3 - 0.2 / 127},
    {"X, at its lower end", {}, controllers({{99, 0}, {98, 0}, {97, 1}})},
    {"cutoff, logarithmic steps", // above the minimum, and far below the tone
     {},
     controllers({{99, 0}, {98, index_of(Parameter::cutoff)}}) + repeat(110, {{0xb0, 97, 1}}),
     1,
     NAN,
     0.0},
    {"X, finer after a step",
     {},
     controllers({{99, 0}, {98, 0}, {6, 64}, {96, 1}, {38, 0}}),
     1,
     0,
     0.1 + 0.2 * 65 * 128 / 16383},
    {"X, finer after a step from where a controller put it",
     {},
     controllers({{16, 127}, {99, 0}, {98, 0}, {97, 1}, {38, 0}}),
     1,
     0,
     0.1 + 0.2 * 126 * 128 / 16383},
    {"play mode, at its ends",
     {},
     controllers({{99, 0}, {98, index_of(Parameter::play_mode)}, {97, 1}}) + Messages{{0x90, 81, 100}} +
         controllers({{97, 1}}),
     2},
    {"MPE by number, at its lower end",
     {},
     controllers({{101, 0}, {100, 0}, {6, 12}, {99, 0}, {98, index_of(Parameter::mpe)}, {97, 1}}) + bend_up,
     1,
     12},
    {"bend range by number, at its upper end",
     {},
     controllers({{99, 0},
                  {98, index_of(Parameter::bend_range)},
                  {6, 127},
                  {101, 0},
                  {100, 0},
                  {6, 12},
                  {99, 0},
                  {98, index_of(Parameter::bend_range)},
                  {96, 1}}) +
         bend_up,
     1,
     12},
    {"bend range by number, a whole step up",
     {},
     controllers({{99, 0}, {98, index_of(Parameter::bend_range)}, {96, 1}}) + bend_up,
     1,
     3},
    {"steps of no parameter", {}, controllers({{96, 1}, {101, 127}, {100, 127}, {97, 1}}) + bend_up, 1, 2},
    // Tunings.
    {"a note's tuning, at once", {}, retune_a4, 1, 1.5},
    {"a note's tuning, before it", retune_a4, {}, 1, 1.5},
    // Ignored messages.
    {"program change", {}, {{0xb0, 0, 1}, {0xb0, 32, 1}, {0xc0, 5}}},
    {"system common", {}, {{0xf1, 1}, {0xf2, 1, 2}, {0xf3, 1}, {0xf6}}},
    {"real time", {}, {{0xf8}, {0xfa}, {0xfb}, {0xfc}, {0xfe}, {0xff}}},
    {"real time between other messages", {}, {{0xf8}, {0xb0, 16, 127}, {0xfe}}, 1, 0, 0.3},
    {"real time inside another message", {}, {{0x90, 0xf8, 72, 100}, {0xb0, 0xfe, 7}, {0xb0, 7, 0xf8}, {0xd0, 0xfa}}},
    {"data without status", {}, {{69, 0}, {7, 64}, {69, 100, 1}}},
    {"data beyond 127",
     {},
     {{0x80, 69, 200}, {0x80, 197, 0}, {0xb0, 7, 128}, {0xe0, 0, 255}, {0xd0, 255}, {0xa0, 69, 128}}},
    {"too short", {}, {{}, {0x80}, {0x80, 69}, {0xb0, 120}, {0xe0, 0}, {0xd0}}},
    {"too long", {}, {{0x80, 69, 64, 0}, {0xb0, 120, 0, 0}, {0xd0, 127, 0}}},
    {"exclusive of others", {}, short_sysex + Messages{{0xf0, 0xf7}, {0xf0, 0x43, 1, 2, 3, 0xf7}}},
    {"exclusive cut off", {}, {{0xf0}, {0xf0, 0x7f, 0x7f, 8, 2, 0, 1, 69, 70, 64, 0}, {0xf7}, {0xf7, 1, 0xf7}}},
    {"exclusive with a status inside", {}, {{0xf0, 0x7f, 0x7f, 8, 2, 0, 1, 69, 70, 0x90, 0, 0xf7}}},
    {"exclusive that promises more", {}, {{0xf0, 0x7f, 0x7f, 8, 2, 0, 2, 69, 70, 64, 0, 0xf7}}},
    {"exclusive, huge", {}, {resized_sysex(retune_a4[0], 512), resized_sysex(retune_a4[0], 100000)}},
};

void send_all(Player& player, const Messages& messages) {
    for (const auto& message : messages) {
        const std::vector<uint8_t> bytes(message.begin(), message.end());
        player.synth.midi(0, bytes.data(), static_cast<uint32_t>(bytes.size()));
        player.play(64);
    }
}

void check(const Row& row) {
    Player player(position_level_bank());
    player.set(Parameter::x, 0.0f);
    player.set(Parameter::y, 0.0f);
    player.play(64);
    send_all(player, row.before);
    player.note_on(69);
    player.play(4800);
    send_all(player, row.after);
    player.play(9600);
    BOOST_TEST(player.synth.status().voices == row.voices, row.name);
    BOOST_TEST(player.synth.status().lost_events == 0u, row.name);
    if (row.voices == 0) return;
    const auto sound = std::span(player.left).last(2400);
    const double expected = 1000 * std::exp2((std::isnan(row.semitones) ? 0.0 : row.semitones) / 12);
    const auto partial = row.amplitude > 0 ? find_sinusoid(sound, expected) : fit_sinusoid(sound, expected);
    if (!std::isnan(row.semitones))
        BOOST_TEST(std::abs(12 * std::log2(partial.hertz / expected)) < 0.002, row.name << ": " << partial.hertz);
    if (!std::isnan(row.amplitude))
        BOOST_TEST(std::abs(partial.amplitude - row.amplitude) < 5e-4, row.name << ": " << partial.amplitude);
}

} // namespace

BOOST_AUTO_TEST_CASE(messages_match_the_table) {
    for (const Row& row : table) check(row);
}

BOOST_AUTO_TEST_CASE(undefined_controllers_are_ignored) {
    for (const int number : {2,  3,  4,  8,  9,  10, 12, 13, 14, 15, 18, 19, 20, 31,  33,  63, 68,
                             69, 70, 71, 72, 73, 75, 79, 80, 83, 85, 90, 91, 95, 102, 110, 119})
        check({"an undefined controller", {}, {{0xb0, number, 127}}});
}
