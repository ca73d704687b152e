// SPDX-License-Identifier: GPL-3.0-or-later
// A small SFZ player for single notes, written from the format's specification and independent of Timbrel's exporter.
// Thread: the test's.
#pragma once

#include "tests/host/support/play_sample.h"
#include "tests/host/support/sound_file.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace timbrel::test {

class SfzInstrument {
  public:
    explicit SfzInstrument(const std::string& path) : folder_(std::filesystem::path(path).parent_path()) {
        std::ifstream in(path);
        std::map<std::string, std::string> global, group, *open = nullptr;
        for (std::string line; std::getline(in, line);) {
            std::istringstream words(line.substr(0, line.find("//")));
            for (std::string word; words >> word;) {
                if (word == "<control>") open = &control_;
                if (word == "<global>") open = &global;
                if (word == "<group>") group = global, open = &group;
                if (word == "<region>") regions.push_back(group), open = &regions.back();
                const size_t equals = word.find('=');
                if (open && equals != std::string::npos) (*open)[word.substr(0, equals)] = word.substr(equals + 1);
            }
        }
        for (const auto& [name, value] : control_)
            if (name.starts_with("set_cc")) controllers[std::stoi(name.substr(6))] = std::stoi(value);
    }

    // The left channel of a note at 48 kHz; `hold` and `seconds` are times of note-off and end.
    std::vector<float> play(int key, int velocity, double hold, double seconds) const {
        std::vector<float> out(static_cast<size_t>(seconds * 48000));
        for (const auto& region : regions)
            if (const double gain = gain_of(region, key, velocity); gain > 0) add(region, key, gain, hold, out);
        return out;
    }

    // Whether a key takes a voice for the region, which may be silent.
    bool plays(const std::map<std::string, std::string>& region, int key, int velocity) const {
        return key >= number(region, "lokey", 0) && key <= number(region, "hikey", 127) &&
               velocity >= number(region, "lovel", 0) && velocity <= number(region, "hivel", 127);
    }

    std::string sample(const std::map<std::string, std::string>& region) const {
        return (folder_ / region.at("sample")).string();
    }

    std::vector<std::map<std::string, std::string>> regions;
    std::map<int, int> controllers;

  private:
    using Region = std::map<std::string, std::string>;

    static double number(const Region& region, const std::string& name, double fallback) {
        const auto found = region.find(name);
        return found == region.end() ? fallback : std::stod(found->second);
    }

    static double fade(const Region& region, const std::string& kind, const std::string& by, double value) {
        const double low = number(region, kind + "_lo" + by, kind == "xfin" ? -2 : 998);
        const double high = number(region, kind + "_hi" + by, kind == "xfin" ? -1 : 999);
        const double gain = std::clamp((value - low) / (high - low), 0.0, 1.0);
        return kind == "xfin" ? gain : 1 - gain;
    }

    double gain_of(const Region& region, int key, int velocity) const {
        if (!plays(region, key, velocity)) return 0;
        double gain = std::pow(10, number(region, "volume", 0) / 20);
        const double track = number(region, "amp_veltrack", 100) / 100;
        gain *= 1 - track + track * std::pow(velocity / 127.0, 2);
        for (const std::string kind : {"xfin", "xfout"}) {
            gain *= fade(region, kind, "vel", velocity);
            for (const auto& [controller, value] : controllers)
                gain *= fade(region, kind, "cc" + std::to_string(controller), value);
        }
        return gain;
    }

    void add(const Region& region, int key, double gain, double hold, std::vector<float>& out) const {
        SampleLoop loop;
        if (region.at("loop_mode") == "loop_continuous")
            loop = {number(region, "loop_start", 0), number(region, "loop_end", 0) + 1};
        const SoundFile file(sample(region));
        const double ratio = std::exp2((key - number(region, "pitch_keycenter", 60)) / 12) * file.rate / 48000;
        const std::vector<float> played = play_sample(file.left, loop, ratio, out.size());
        const double release = number(region, "ampeg_release", 0);
        for (size_t i = 0; i < out.size(); ++i) {
            const double release_time = static_cast<double>(i) / 48000 - hold;
            out[i] += static_cast<float>(played[i] * gain *
                                         (release_time > 0 ? std::pow(10, -3 * release_time / release) : 1));
        }
    }

    std::filesystem::path folder_;
    Region control_;
};

} // namespace timbrel::test
