// SPDX-License-Identifier: GPL-3.0-or-later
// The .multisample format of Bitwig and PreSonus: https://github.com/bitwig/multisample.
#include "common/progress.h"
#include "host/export/bank_sources.h"
#include "host/export/sampled_instrument.h"
#include "host/export/sound_file.h"
#include "host/export/zip_file.h"

#include <cstdio>
#include <locale>
#include <sstream>

namespace timbrel::host {

namespace {

std::string escape_xml(const std::string& text) {
    std::string escaped;
    for (const char letter : text) {
        if (letter == '&')
            escaped += "&amp;";
        else if (letter == '<')
            escaped += "&lt;";
        else if (letter == '"')
            escaped += "&quot;";
        else
            escaped += letter;
    }
    return escaped;
}

std::string file_name(int pitch, int velocity) {
    char name[32];
    std::snprintf(name, sizeof name, "k%03d_v%03d.wav", pitch, velocity);
    return name;
}

// `position`: a player offers it as a source of modulation, from -1 to 1.
void add_sample(std::ostream& out, const Zone& zone, uint32_t frames, std::span<const uint8_t> velocities,
                PlanePosition position) {
    const auto [low, high] = velocity_range(velocities, zone.layer);
    const NoteSound& sound = zone.sound;
    out << "  <sample file=\"" << zone.file << "\" gain=\"0\" sample-start=\"0\" sample-stop=\"" << frames
        << "\" parameter-1=\"" << 2 * position.x - 1 << "\" parameter-2=\"" << 2 * position.y - 1
        << "\" zone-logic=\"always-play\">\n    <key root=\"" << zone.pitch << "\" low=\"" << zone.low_key
        << "\" high=\"" << zone.high_key << "\" track=\"1\" tune=\"0\"/>\n    <velocity low=\"" << low << "\" high=\""
        << high << "\"/>\n    <select/>\n    <loop mode=\"" << (sound.loops() ? "loop" : "off") << "\" start=\""
        << sound.loop_start << "\" stop=\"" << (sound.loops() ? sound.loop_end : frames) << "\"/>\n  </sample>\n";
}

} // namespace

void write_multisample(const engine::Bank& bank, const InstrumentPlan& plan, const std::string& folder) {
    const float loudest = loudest_peak(bank);
    ZipFile archive(folder + "/" + plan.name + ".multisample");
    std::ostringstream xml;
    xml.imbue(std::locale::classic());
    xml << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<multisample name=\"" << escape_xml(plan.name)
        << "\">\n  <generator>Timbrel</generator>\n  <category/>\n  <creator/>\n  <description>"
        << escape_xml(describe_sources(bank, plan.name)) << "</description>\n";
    Progress progress("exporting", bank.notes());
    for (size_t p = 0; p < bank.pitches().size(); ++p)
        for (size_t v = 0; v < bank.velocities().size(); ++v) {
            const int pitch = bank.pitches()[p];
            const auto [low, high] = key_range(bank, p);
            Zone zone{file_name(pitch, bank.velocities()[v]), pitch, low, high, v, 0, {}};
            zone.sound = sampled_note(bank, bank.note(static_cast<uint32_t>(p), static_cast<uint32_t>(v)),
                                      plan.position(), plan.rate);
            for (float& sample : zone.sound.stereo) sample /= loudest;
            archive.add(zone.file, encode_sound_file({zone.sound.stereo, 2, plan.rate, pitch, zone.sound.loop_start,
                                                      zone.sound.loop_end},
                                                     SoundFileFormat::wav24));
            add_sample(xml, zone, zone.sound.frames(), bank.velocities(), plan.position());
            progress.step();
        }
    xml << "</multisample>\n";
    const std::string text = xml.str();
    archive.add("multisample.xml", std::as_bytes(std::span(text)));
    archive.finish();
}

} // namespace timbrel::host
