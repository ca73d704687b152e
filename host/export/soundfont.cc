// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/note_name.h"
#include "common/progress.h"
#include "common/units.h"
#include "host/export/bank_sources.h"
#include "host/export/sampled_instrument.h"
#include "host/export/soundfont_file.h"

#include <algorithm>
#include <cmath>

namespace timbrel::host {

namespace {

using Generator = SoundFontGenerator;

constexpr double envelope_range = 100; // dB that an envelope falls in its time
constexpr double release_range = 60;   // dB to which a bank's release times refer
constexpr double shortest_time = 0.001, longest_time = 101.6, longest_hold = 17.9; // seconds, of envelopes
constexpr uint32_t loop_margin = 64;  // frames after the end of a loop, for the player's interpolation
constexpr int fade_step = 4;          // velocities at most, within which a crossfade is linear in dB
constexpr double least_weight = 1e-3; // of a layer that plays; its level in dB must be finite

// Sources and destinations of modulators.
constexpr uint16_t velocity_rising = 0x0002, velocity_falling = 0x0102; // linear, from 0 to 1 and from 1 to 0
constexpr uint16_t velocity_concave = 0x0502, velocity_switch = 0x0d02, none = 0;
constexpr uint16_t attenuation = 48, filter_cutoff = 8;

// Replaced defaults: a velocity must not darken the sound, whichever of two editions of the specification holds.
const std::vector<SoundFontModulator> constant_filter{{velocity_falling, filter_cutoff, 0, none, 0},
                                                      {velocity_falling, filter_cutoff, 0, velocity_switch, 0}};

int timecents(double seconds) {
    return static_cast<int>(std::lround(1200 * std::log2(std::clamp(seconds, shortest_time, longest_time))));
}

int range(int low, int high) { return low + 256 * high; }

std::vector<int16_t> channel_pcm(const NoteSound& sound, size_t channel, double gain) {
    std::vector<int16_t> pcm(sound.frames());
    for (size_t i = 0; i < pcm.size(); ++i)
        pcm[i] = static_cast<int16_t>(
            std::clamp(std::lround(sound.stereo[2 * i + channel] * gain * 32767), -32768L, 32767L));
    return pcm;
}

// A player plays a sample at full velocity as it is, and softer by the square of the velocity. A layer at its velocity
// is to sound as in the bank.
double layer_gain(int velocity) { return std::pow(127.0 / velocity, 2); }

// The largest sample that the preset would contain at a gain of 1.
double loudest(const engine::Bank& bank, const InstrumentPlan& plan) {
    double peak = 0;
    for (uint32_t note = 0; note < bank.notes(); ++note) {
        double level = 0;
        for (const auto& [cell, weight] : cell_weights(bank, plan.position()))
            level += double{weight} * bank.entry(note, cell).gain;
        peak = std::max(peak, level * layer_gain(bank.velocities()[note % bank.velocities().size()]));
    }
    return peak > 0 ? peak : 1;
}

// The part of a layer's velocities in which its level is linear in dB. Its sound lies between two layers.
struct Span {
    int low, high;
    size_t lower;        // layer
    double upper_weight; // of the next layer, 0 to 1, in the middle of the span
    std::vector<SoundFontModulator> modulators;
};

int16_t centibels(double weight, int velocity) {
    const double decibels = amplitude_to_db(layer_gain(velocity)) - amplitude_to_db(std::max(weight, least_weight));
    return static_cast<int16_t>(std::lround(10 * decibels));
}

// The default attenuation by velocity is replaced by a line through the levels at both ends.
std::vector<SoundFontModulator> fade_modulators(int low, int high, double low_weight, double high_weight,
                                                int velocity) {
    const double from = centibels(low_weight, velocity), to = centibels(high_weight, velocity);
    const double slope = high > low ? (to - from) / (high - low) : 0;
    const auto at = [&](int v) {
        return static_cast<int16_t>(std::clamp(std::lround(from + slope * (v - low)), -32768L, 32767L));
    };
    return {{velocity_concave, attenuation, 0, none, 0},
            {velocity_falling, attenuation, at(0), none, 0},
            {velocity_rising, attenuation, at(127), none, 0}};
}

void add_crossfade(std::vector<Span>& spans, std::span<const uint8_t> layers, size_t layer, size_t lower) {
    const int from = layers[lower], to = layers[lower + 1];
    const auto upper_weight = [&](double velocity) { return (velocity - from) / (to - from); };
    const auto weight = [&](int velocity) {
        return layer == lower ? 1 - upper_weight(velocity) : upper_weight(velocity);
    };
    for (int low = from + 1; low < to; low += fade_step) {
        const int high = std::min(low + fade_step - 1, to - 1);
        spans.push_back({low, high, lower, upper_weight((low + high) / 2.0),
                         fade_modulators(low, high, weight(low), weight(high), layers[layer])});
    }
}

// Below the softest layer, above the hardest one and at the layers' velocities themselves the default holds: the level
// follows the square of the velocity.
std::vector<Span> spans_of(std::span<const uint8_t> layers, size_t layer) {
    std::vector<Span> spans;
    if (layer > 0) add_crossfade(spans, layers, layer, layer - 1);
    spans.push_back({layer == 0 ? 1 : layers[layer], layer + 1 == layers.size() ? 127 : layers[layer], layer, 0, {}});
    if (layer + 1 < layers.size()) add_crossfade(spans, layers, layer, layer);
    return spans;
}

// The decay of a loop, as fast as the loop is played: each key has times of its own. A slower decay than the format has
// is nearer to none.
void add_decay(std::vector<SoundFontValue>& values, const NoteSound& sound, int pitch) {
    if (sound.decay <= envelope_range / longest_time / 2) return;
    const double hold = static_cast<double>(sound.loop_start) / sound.rate, decay = envelope_range / sound.decay;
    const double at_middle_c = semitones_to_ratio(pitch - 60);
    const bool by_key = decay * at_middle_c <= longest_time && hold * at_middle_c <= longest_hold;
    const double factor = by_key ? at_middle_c : 1;
    values.insert(values.end(), {{Generator::hold_envelope, timecents(hold * factor)},
                                 {Generator::decay_envelope, timecents(decay * factor)},
                                 {Generator::sustain, static_cast<int>(10 * envelope_range)}});
    if (by_key) values.insert(values.end(), {{Generator::hold_by_key, 100}, {Generator::decay_by_key, 100}});
}

std::vector<SoundFontValue> envelope(const NoteSound& sound, int pitch) {
    std::vector<SoundFontValue> values{
        {Generator::release_envelope, timecents(sound.release * envelope_range / release_range)},
        {Generator::sample_modes, sound.loops() ? 1 : 0}};
    add_decay(values, sound, pitch);
    return values;
}

// One velocity layer of a pitch.
struct Layer {
    Zone zone;
    SoundFontFile::Pair samples;
};

// The layer's sound with the release and the decay of a span, as the instrument blends them.
NoteSound shape_of(const std::vector<Layer>& layers, size_t layer, const Span& span) {
    NoteSound shape = layers[layer].zone.sound;
    if (span.upper_weight == 0) return shape;
    const NoteSound &lower = layers[span.lower].zone.sound, &upper = layers[span.lower + 1].zone.sound;
    shape.release = std::lerp(lower.release, upper.release, span.upper_weight);
    if (lower.loops() && upper.loops()) shape.decay = std::lerp(lower.decay, upper.decay, span.upper_weight);
    return shape;
}

void add_zones(SoundFontFile& file, const std::vector<Layer>& layers, std::span<const uint8_t> velocities) {
    for (size_t layer = 0; layer < layers.size(); ++layer)
        for (const Span& span : spans_of(velocities, layer)) {
            const auto& [zone, samples] = layers[layer];
            const std::vector<SoundFontValue> shape = envelope(shape_of(layers, layer, span), zone.pitch);
            for (const auto& [pan, sample] : {std::pair(-500, samples.left), std::pair(500, samples.right)}) {
                SoundFontZone part{{{Generator::key_range, range(zone.low_key, zone.high_key)},
                                    {Generator::velocity_range, range(span.low, span.high)},
                                    {Generator::pan, pan}},
                                   span.modulators};
                part.generators.insert(part.generators.end(), shape.begin(), shape.end());
                part.generators.push_back({Generator::sample, sample});
                file.add_zone(std::move(part));
            }
        }
}

// `gain`: of the whole font.
Layer write_layer(SoundFontFile& file, const engine::Bank& bank, const InstrumentPlan& plan, size_t pitch_index,
                  size_t layer, double gain) {
    const int pitch = bank.pitches()[pitch_index], velocity = bank.velocities()[layer];
    const auto [low, high] = key_range(bank, pitch_index);
    Zone zone{{}, pitch, low, high, layer, 0, {}};
    zone.sound = sampled_note(bank, bank.note(static_cast<uint32_t>(pitch_index), static_cast<uint32_t>(layer)),
                              plan.position(), plan.rate);
    const uint32_t loop_start = zone.sound.loop_start, loop_end = zone.sound.loop_end;
    if (zone.sound.loops()) extend_loop(zone.sound, loop_margin);
    gain *= layer_gain(velocity);
    const auto left = channel_pcm(zone.sound, 0, gain), right = channel_pcm(zone.sound, 1, gain);
    const std::string name = note_name(pitch) + " v" + std::to_string(velocity);
    const auto samples = file.add_stereo({name + " L", left, loop_start, loop_end, plan.rate, pitch},
                                         {name + " R", right, loop_start, loop_end, plan.rate, pitch});
    zone.sound.stereo = {};
    return {zone, samples};
}

} // namespace

void write_soundfont(const engine::Bank& bank, const InstrumentPlan& plan, const std::string& folder) {
    const double gain = 1 / loudest(bank, plan);
    SoundFontFile file(folder + "/" + plan.name + ".sf2", {plan.name, describe_sources(bank, plan.name)});
    file.add_zone({{}, constant_filter});
    Progress progress("exporting", bank.notes());
    for (size_t p = 0; p < bank.pitches().size(); ++p) {
        std::vector<Layer> layers;
        for (size_t v = 0; v < bank.velocities().size(); ++v) {
            layers.push_back(write_layer(file, bank, plan, p, v, gain));
            progress.step();
        }
        add_zones(file, layers, bank.velocities());
    }
    file.finish();
}

} // namespace timbrel::host
