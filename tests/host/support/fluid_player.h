// SPDX-License-Identifier: GPL-3.0-or-later
// Plays a SoundFont with libfluidsynth, without effects. Thread: the test's.
#pragma once

#include "models/audio/io/audio.h"

#include <fluidsynth.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>

namespace timbrel::test {

class FluidPlayer {
  public:
    explicit FluidPlayer(const std::string& font)
        : settings_(new_fluid_settings(), delete_fluid_settings), font_(font) {
        fluid_set_log_function(FLUID_WARN, nullptr, nullptr); // it misses a preset for drums
        fluid_settings_setnum(settings_.get(), "synth.sample-rate", 48000);
        fluid_settings_setnum(settings_.get(), "synth.gain", 0.5);
        fluid_settings_setint(settings_.get(), "synth.reverb.active", 0);
        fluid_settings_setint(settings_.get(), "synth.chorus.active", 0);
    }

    // Bank 0, preset 0; `hold` and `seconds` are times of note-off and end.
    audio::Audio play(int key, int velocity, double hold, double seconds) const {
        const std::unique_ptr<fluid_synth_t, void (*)(fluid_synth_t*)> synth(new_fluid_synth(settings_.get()),
                                                                             delete_fluid_synth);
        if (fluid_synth_sfload(synth.get(), font_.c_str(), 1) == FLUID_FAILED)
            throw std::runtime_error(font_ + ": refused by libfluidsynth");
        fluid_synth_set_interp_method(synth.get(), -1, FLUID_INTERP_7THORDER);
        const auto frames = static_cast<size_t>(seconds * 48000), held = static_cast<size_t>(hold * 48000);
        audio::Audio audio{48000, std::vector<float>(frames), std::vector<float>(frames)};
        const auto render = [&](size_t from, size_t to) {
            fluid_synth_write_float(synth.get(), static_cast<int>(to - from), audio.left.data(), static_cast<int>(from),
                                    1, audio.right.data(), static_cast<int>(from), 1);
        };
        fluid_synth_noteon(synth.get(), 0, key, velocity);
        render(0, std::min(held, frames));
        fluid_synth_noteoff(synth.get(), 0, key);
        if (held < frames) render(held, frames);
        return audio;
    }

  private:
    std::unique_ptr<fluid_settings_t, void (*)(fluid_settings_t*)> settings_;
    std::string font_;
};

} // namespace timbrel::test
