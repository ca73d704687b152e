// Single notes of an LV2 instrument, faster than real time: how corners of a plane are sampled. One thread.
#pragma once

#include "host/lv2/instance.h"
#include "host/lv2/state.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace timbrel::host {

struct InstrumentDescription {
    std::string plugin, preset, author, licence; // for people; empty where nothing is told
    std::string binary;                          // file
    std::vector<std::string> presets;            // names of all that there are
};

struct PlayedNote {
    std::vector<float> left, right; // of the same length; the same sound from a mono plugin
};

class NotePlayer {
  public:
    // `instrument` is a plugin's URI, alone or with # and the name of one of its presets, or #program N for a MIDI
    // program of a plugin that keeps its sounds that way (0 to 127; which there are, only it knows). Throws Error or
    // UsageError, saying what there is, when it is not installed, plays no notes, does not start or has no such preset.
    NotePlayer(const std::string& instrument, double rate);

    const InstrumentDescription& description() const { return description_; }

    // Every note is played by a new instance, so that none depends on those before it. Lengths in frames. Throws Error.
    PlayedNote play(int pitch, int velocity, uint32_t hold, uint32_t release);

  private:
    Hosting hosting() const;
    void find_ports(const Instance& instance);
    void choose(const Instance& instance, const std::string& preset);
    void prepare(Instance& instance);

    double rate_;
    World world_;
    UridTable urids_;
    const LilvPlugin* plugin_ = nullptr;
    State preset_; // null for none
    std::optional<int> program_;
    InstrumentDescription description_;
    uint32_t left_ = 0, right_ = 0; // ports
};

} // namespace timbrel::host
