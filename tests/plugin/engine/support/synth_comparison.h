// SPDX-License-Identifier: GPL-3.0-or-later
// The two synthesizers that benchmarks compare: Timbrel with a moving position, and libfluidsynth. Thread: control.
#pragma once

#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <cmath>
#include <fluidsynth.h>
#include <string>

namespace timbrel::test {

inline constexpr double comparison_rate = 48000.0;

// What the notes have in addition: a filter; or LFOs and the second envelope on all targets, filter included; or these
// with delay and reverb.
enum class Extras { none, filter, modulation, space };

// Looped notes between two velocity layers, while X and Y always move.
class TimbrelNotes {
  public:
    TimbrelNotes(std::shared_ptr<const engine::Bank> bank, uint32_t notes, Extras extras) : player_(std::move(bank)) {
        player_.synth.wait_for_disk(true); // a note that pauses costs nothing
        player_.set(engine::Parameter::polyphony, 256);
        player_.set(engine::Parameter::sustain, -1.0f);
        if (extras != Extras::none) player_.set(engine::Parameter::cutoff, 2000.0f);
        if (extras >= Extras::modulation) modulate();
        if (extras == Extras::space)
            for (const auto mix : {engine::Parameter::delay_mix, engine::Parameter::reverb_mix}) player_.set(mix, 50);
        for (uint32_t i = 0; i < notes; ++i)
            player_.send({0x90 + static_cast<int>(i / 48), 36 + static_cast<int>(i % 48), 80});
        render(4800, 64);
    }
    // Renders `frames` in blocks of at most 1024 and discards the output.
    [[gnu::noinline]] void render(uint32_t frames, uint32_t block) {
        float left[1024], right[1024];
        for (uint32_t done = 0; done < frames; done += block) {
            phase_ += 0.01;
            player_.set(engine::Parameter::x, static_cast<float>(0.5 + 0.5 * std::sin(phase_)));
            player_.set(engine::Parameter::y, static_cast<float>(0.5 + 0.5 * std::cos(1.3 * phase_)));
            player_.synth.render(left, right, nullptr, nullptr, block);
        }
    }

  private:
    // LFO 1 for all notes, LFO 2 for each; a tenth of every amount.
    void modulate() {
        player_.set(engine::Parameter::lfo2_scope, 1);
        for (const auto first : {engine::Parameter::lfo1_x, engine::Parameter::lfo2_x, engine::Parameter::env2_x})
            for (size_t i = 0; i < 6; ++i) {
                const auto amount = static_cast<engine::Parameter>(static_cast<size_t>(first) + i);
                player_.set(amount, 0.1f * engine::info(amount).maximum);
            }
    }

    Player player_;
    double phase_ = 0.0;
};

// Notes of libfluidsynth. voices() counts its voices: a preset may use several per note.
class FluidsynthVoices {
  public:
    FluidsynthVoices(const char* font, uint32_t notes, int interpolation) : settings_(new_fluid_settings()) {
        fluid_settings_setnum(settings_, "synth.sample-rate", comparison_rate);
        fluid_settings_setint(settings_, "synth.reverb.active", 0);
        fluid_settings_setint(settings_, "synth.chorus.active", 0);
        fluid_settings_setint(settings_, "synth.polyphony", 512);
        synth_ = new_fluid_synth(settings_);
        fluid_synth_sfload(synth_, font, 1);
        fluid_synth_set_interp_method(synth_, -1, interpolation);
        for (uint32_t i = 0; i < notes; ++i) {
            const int channel = static_cast<int>(i / 48);
            fluid_synth_program_change(synth_, channel, 73); // a flute, which is looped
            fluid_synth_noteon(synth_, channel, 48 + static_cast<int>(i % 48), 80);
        }
        render(4800, 64);
    }
    ~FluidsynthVoices() {
        delete_fluid_synth(synth_);
        delete_fluid_settings(settings_);
    }
    FluidsynthVoices(const FluidsynthVoices&) = delete;
    FluidsynthVoices& operator=(const FluidsynthVoices&) = delete;
    uint32_t voices() const { return static_cast<uint32_t>(fluid_synth_get_active_voice_count(synth_)); }
    [[gnu::noinline]] void render(uint32_t frames, uint32_t block) {
        float left[1024], right[1024];
        for (uint32_t done = 0; done < frames; done += block)
            fluid_synth_write_float(synth_, static_cast<int>(block), left, 0, 1, right, 0, 1);
    }

  private:
    fluid_settings_t* settings_;
    fluid_synth_t* synth_;
};

} // namespace timbrel::test
