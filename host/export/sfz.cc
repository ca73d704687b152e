// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/atomic_file.h"
#include "common/units.h"
#include "host/export/sampled_instrument.h"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>

namespace timbrel::host {

namespace {

constexpr int x_controller = 16, y_controller = 17;
constexpr size_t usual_voices = 64; // of players, by default
constexpr double decay_range = 78;  // dB, nine nepers: how far sfizz decays within ampeg_decay

__attribute__((format(printf, 2, 3))) void append(std::string& text, const char* format, ...) {
    char line[512];
    va_list values;
    va_start(values, format);
    std::vsnprintf(line, sizeof line, format, values);
    va_end(values);
    text += line;
}

int controller_value(double position) { return static_cast<int>(std::lround(position * 127)); }

// Full level at position `index`, silence at its neighbours.
void add_crossfade(std::string& text, int controller, const std::vector<double>& positions, size_t index) {
    const int here = controller_value(positions[index]);
    if (index > 0)
        append(text, " xfin_locc%d=%d xfin_hicc%d=%d", controller, controller_value(positions[index - 1]), controller,
               here);
    if (index + 1 < positions.size())
        append(text, " xfout_locc%d=%d xfout_hicc%d=%d", controller, here, controller,
               controller_value(positions[index + 1]));
}

void add_region(std::string& text, const Zone& zone, double gain, const std::string& velocities) {
    const NoteSound& sound = zone.sound;
    text += "<region> sample=" + zone.file; // may exceed the buffer of append()
    append(text, " pitch_keycenter=%d lokey=%d hikey=%d volume=%.3f", zone.pitch, zone.low_key, zone.high_key,
           zone.gain + gain);
    text += velocities;
    // The loop continues after the release, because the sample ends with it.
    if (sound.loops())
        append(text, " loop_mode=loop_continuous loop_start=%u loop_end=%u", sound.loop_start, sound.loop_end - 1);
    else
        text += " loop_mode=no_loop";
    if (sound.decay > 0)
        append(text, " ampeg_hold=%.4f ampeg_decay=%.3f ampeg_sustain=0",
               static_cast<double>(sound.loop_start) / sound.rate, decay_range / sound.decay);
    append(text, " ampeg_release=%.4f\n", sound.release);
}

// Between the velocities of two layers both play, crossfaded; outside them the level follows the square of the
// velocity.
void add_layers(std::string& text, const Zone& zone, std::span<const uint8_t> layers) {
    const auto squared = [&](const char* range, int from, int to) {
        std::string velocities;
        append(velocities, range, from, to);
        add_region(text, zone, 2 * amplitude_to_db(127.0 / layers[zone.layer]), velocities);
    };
    const auto crossfaded = [&](const char* fade, size_t lower) {
        const int low = layers[lower], high = layers[lower + 1];
        std::string velocities;
        append(velocities, " lovel=%d hivel=%d amp_veltrack=0 %s_lovel=%d %s_hivel=%d", low + 1, high, fade, low, fade,
               high);
        add_region(text, zone, 0, velocities);
    };
    if (zone.layer == 0) squared(" lovel=%d hivel=%d amp_veltrack=100", 1, layers[0]);
    if (zone.layer > 0) crossfaded("xfin", zone.layer - 1);
    if (zone.layer + 1 < layers.size()) crossfaded("xfout", zone.layer);
    if (zone.layer + 1 == layers.size() && layers.back() < 127)
        squared(" lovel=%d hivel=%d amp_veltrack=100", layers.back() + 1, 127);
}

// A player gives a voice to every region of a note, also to those that are silent at the present position.
void add_voice_count(std::string& text, size_t cells, size_t layers) {
    const size_t voices = cells * std::min<size_t>(layers, 2);
    append(text, "// A note takes %zu %s", cells, cells == 1 ? "voice" : "voices");
    if (layers > 1) append(text, ", and %zu between the velocities of two layers", voices);
    append(text,
           ": a player that is limited to %zu voices plays %zu notes at once. Raise its polyphony to play more.\n",
           usual_voices, usual_voices / voices);
}

} // namespace

void write_sfz(const engine::Bank& bank, const InstrumentPlan& plan, const std::string& folder) {
    const auto cells = write_samples(bank, plan, folder);
    const auto velocities = plan.velocities(bank);
    std::string text = "// " + plan.name + ", a plane of sounds made by Timbrel; " + sources_file(plan.name) +
                       " lists their sources.\n";
    add_voice_count(text, cells.size(), velocities.size());
    if (plan.xs.size() > 1 || plan.ys.size() > 1) {
        text += "<control>";
        for (const auto& [controller, name, positions] :
             {std::tuple(x_controller, "X", plan.xs), std::tuple(y_controller, "Y", plan.ys)})
            if (positions.size() > 1)
                append(text, " set_cc%d=%d label_cc%d=%s", controller, controller_value(0.5), controller, name);
        text += "\n";
    }
    text += "<global> xf_cccurve=gain xf_velcurve=gain\n";
    for (const InstrumentCell& cell : cells) {
        text += "<group>";
        add_crossfade(text, x_controller, plan.xs, cell.column);
        add_crossfade(text, y_controller, plan.ys, cell.row);
        text += "\n";
        for (const Zone& zone : cell.zones) add_layers(text, zone, velocities);
    }
    AtomicFile file(folder + "/" + plan.name + ".sfz", advice_other_output);
    file.write(std::as_bytes(std::span(text)));
    file.finish();
}

} // namespace timbrel::host
