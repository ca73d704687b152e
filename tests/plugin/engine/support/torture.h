// An hour's worth of abuse in seconds, for the proofs that the audio thread never waits: blocks of all sizes, floods of
// MIDI and retunings, storms on the plane and on the parameters, banks that change under the player's fingers.
#pragma once

#include "plugin/engine/engine.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace timbrel::test {

class Torture {
  public:
    Torture();

    // Renders `blocks` blocks, while another thread changes the bank. `enter` and `leave` are called right before and
    // after what the audio thread does in each of them. Returns the largest sample heard.
    float run(uint32_t blocks, const std::function<void()>& enter, const std::function<void()>& leave);

  private:
    struct Message {
        uint32_t frame;
        uint8_t bytes[13];
        uint32_t size;
    };
    Message retuning();
    void invent(uint32_t frames);
    float render(uint32_t frames);

    std::mt19937 random_{1};
    std::shared_ptr<const engine::Bank> banks_[2];
    engine::Instrument instrument_{48000.0};
    std::vector<Message> messages_;
    std::vector<float> left_, right_, x_cv_, y_cv_;
};

} // namespace timbrel::test
