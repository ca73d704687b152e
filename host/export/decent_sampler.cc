// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/atomic_file.h"
#include "common/units.h"
#include "host/export/sampled_instrument.h"

#include <cmath>
#include <sstream>

namespace timbrel::host {

namespace {

// A Decent Sampler translation table: gain 1 at position `index`, 0 at the others, linear in between.
std::string crossfade_table(const std::vector<double>& positions, size_t index) {
    std::ostringstream text;
    for (size_t i = 0; i < positions.size(); ++i) text << (i ? ";" : "") << positions[i] << ',' << (i == index ? 1 : 0);
    return text.str();
}

// The gain at the initial position of the pad, 0.5.
double initial_gain(const std::vector<double>& positions, size_t index) {
    if (positions.size() == 1) return 1;
    return std::max(0.0, 1 - std::abs(positions[index] - 0.5) / (positions[1] - positions[0]));
}

void add_binding(std::ostream& out, const std::string& target, const std::string& values) {
    out << "          <binding type=\"amp\" " << target << " translation=\"table\" translationTable=\"" << values
        << "\"/>\n";
}

// X controls the volumes of groups and Y those of tags, because two bindings on one volume do not multiply.
void add_pad(std::ostream& out, const InstrumentPlan& plan) {
    out << "  <ui width=\"812\" height=\"375\">\n    <tab name=\"main\">\n"
        << "      <xyPad x=\"250\" y=\"30\" width=\"312\" height=\"312\" parameterName=\"Plane\" xMin=\"0\" xMax=\"1\" "
           "xValue=\"0.5\" yMin=\"0\" yMax=\"1\" yValue=\"0.5\">\n        <x>\n";
    for (size_t group = 0; plan.xs.size() > 1 && group < plan.xs.size() * plan.ys.size(); ++group)
        add_binding(out, "level=\"group\" position=\"" + std::to_string(group) + "\" parameter=\"AMP_VOLUME\"",
                    crossfade_table(plan.xs, group % plan.xs.size()));
    out << "        </x>\n        <y>\n";
    for (size_t row = 0; plan.ys.size() > 1 && row < plan.ys.size(); ++row)
        add_binding(out, "level=\"tag\" identifier=\"row" + std::to_string(row) + "\" parameter=\"TAG_VOLUME\"",
                    crossfade_table(plan.ys, row));
    out << "        </y>\n      </xyPad>\n    </tab>\n  </ui>\n";
}

// Velocity layers switch half-way between their velocities, because Decent Sampler has no velocity crossfade. Within a
// layer the volume follows the velocity.
void add_sample(std::ostream& out, const Zone& zone, std::span<const uint8_t> layers) {
    const int velocity = layers[zone.layer];
    const auto [low, high] = velocity_range(layers, zone.layer);
    const NoteSound& sound = zone.sound;
    out << "      <sample path=\"" << zone.file << "\" rootNote=\"" << zone.pitch << "\" loNote=\"" << zone.low_key
        << "\" hiNote=\"" << zone.high_key << "\" loVel=\"" << low << "\" hiVel=\"" << high << "\" volume=\""
        << zone.gain + amplitude_to_db(127.0 / velocity) << "dB\" release=\"" << sound.release << "\" loopEnabled=\""
        << (sound.loops() ? "true" : "false") << '"';
    if (sound.loops())
        out << " loopStart=\"" << sound.loop_start << "\" loopEnd=\"" << sound.loop_end - 1 << "\" loopCrossfade=\"0\"";
    out << "/>\n";
}

} // namespace

void write_decent_sampler(const engine::Bank& bank, const InstrumentPlan& plan, const std::string& folder) {
    const auto cells = write_samples(bank, plan, folder);
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DecentSampler minVersion=\"1.10.0\">\n";
    if (cells.size() > 1) add_pad(out, plan);
    out << "  <groups ampVelTrack=\"1\">\n";
    for (const InstrumentCell& cell : cells) {
        out << "    <group tags=\"row" << cell.row << "\" volume=\"" << initial_gain(plan.xs, cell.column) << "\">\n";
        for (const Zone& zone : cell.zones) add_sample(out, zone, plan.velocities(bank));
        out << "    </group>\n";
    }
    out << "  </groups>\n";
    if (plan.ys.size() > 1) {
        out << "  <tags>\n";
        for (size_t row = 0; row < plan.ys.size(); ++row)
            out << "    <tag name=\"row" << row << "\" enabled=\"true\" volume=\"" << initial_gain(plan.ys, row)
                << "\"/>\n";
        out << "  </tags>\n";
    }
    out << "</DecentSampler>\n";
    const std::string text = out.str();
    AtomicFile file(folder + "/" + plan.name + ".dspreset", advice_other_output);
    file.write(std::as_bytes(std::span(text)));
    file.finish();
}

} // namespace timbrel::host
