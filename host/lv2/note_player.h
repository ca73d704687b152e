// SPDX-License-Identifier: GPL-3.0-or-later
// Renders single notes of an LV2 instrument, faster than real time, so that a corner of a plane can be sampled from it.
// Thread: control.
#pragma once

#include "host/lv2/instance.h"
#include "host/lv2/sampler_protocol.h"
#include "host/lv2/state.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace timbrel::host {

struct InstrumentDescription {
    std::string plugin, preset, author, licence; // names for display; empty where the plugin gives none
    std::string binary;                          // file of the plugin's library
    std::vector<std::string> presets;            // names of all presets
};

struct RenderedNote {
    std::vector<float> left, right; // equal lengths; equal samples for a mono plugin
};

class NotePlayer {
  public:
    // `instrument` is a plugin's URI, optionally followed by # and the name of one of its presets, or by #program N for
    // MIDI program N (0–127). `rate`: frames per second. Throws Error or UsageError, listing the alternatives, if the
    // plugin is not installed, does not start, has no MIDI input, no audio output or no such preset.
    NotePlayer(const std::string& instrument, double rate);

    const InstrumentDescription& description() const { return description_; }

    // Sets the controls of all later notes, in place of former ones; a value outside a port's range is moved to its
    // end. Throws Error for a symbol that is no control input and for a value that is no number; then the former
    // controls stay.
    void set_controls(const ControlValues& controls);

    // Renders `hold` frames up to the note-off and `release` frames after it, with the plugin's latency removed. Each
    // note is played by a new instance, so that it does not depend on earlier ones. Throws Error for samples that are
    // not finite.
    RenderedNote play(int pitch, int velocity, uint32_t hold, uint32_t release);

  private:
    InstanceOptions instance_options() const;
    void find_ports(const Instance& instance);
    void choose_preset(const Instance& instance, const std::string& preset);
    void fill_description(const Instance& instance, const std::string& preset);
    void prepare(Instance& instance);

    double rate_;
    World world_;
    UridTable urids_;
    const LilvPlugin* plugin_ = nullptr;
    State preset_; // null for none
    std::optional<int> program_;
    std::vector<Port> ports_;
    std::vector<std::pair<uint32_t, float>> controls_; // by index of the port
    InstrumentDescription description_;
    uint32_t left_ = 0, right_ = 0; // output ports; equal for a mono plugin
};

} // namespace timbrel::host
