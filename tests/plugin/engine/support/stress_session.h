// SPDX-License-Identifier: GPL-3.0-or-later
// A stress session, for tests that the audio thread never waits: random block sizes, many MIDI messages and retunings,
// random positions and parameters, and banks that change during play. Thread: control; run() starts a
// second thread.
#pragma once

#include "plugin/engine/synth.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace timbrel::test {

class StressSession {
  public:
    StressSession();

    // Renders `blocks` blocks, while another thread changes the bank. `before_block` and `after_block` are called on
    // the calling thread around the real-time part of each. Returns the largest sample.
    float run(uint32_t blocks, const std::function<void()>& before_block, const std::function<void()>& after_block);

  private:
    struct Message {
        uint32_t frame;
        uint8_t bytes[13];
        uint32_t size;
    };
    Message make_retuning_message();
    void generate_input(uint32_t frames);
    float render(uint32_t frames);

    std::mt19937 random_{1};
    std::shared_ptr<const engine::Bank> banks_[2];
    engine::Synth synth_{48000.0};
    std::vector<Message> messages_;
    std::vector<float> left_, right_, x_cv_, y_cv_;
};

} // namespace timbrel::test
