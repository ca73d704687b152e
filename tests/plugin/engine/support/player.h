// Plays an instrument in tests and keeps what it sounded.
#pragma once

#include "plugin/engine/engine.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <vector>

namespace timbrel::test {

class Player {
  public:
    explicit Player(std::shared_ptr<const engine::Bank> bank, double rate = 48000.0, uint32_t block = 64)
        : instrument(rate), block_(block) {
        instrument.exchange_bank(std::move(bank));
    }

    void send(std::initializer_list<int> bytes, uint32_t frame = 0) {
        std::vector<uint8_t> message(bytes.begin(), bytes.end());
        instrument.midi(frame, message.data(), static_cast<uint32_t>(message.size()));
    }
    void note_on(int key, int velocity = 100, uint32_t frame = 0) { send({0x90, key, velocity}, frame); }
    void note_off(int key, uint32_t frame = 0) { send({0x80, key, 0}, frame); }
    void set(engine::Parameter parameter, float value) { instrument.set_parameter(parameter, value); }

    // Renders on; `before` is called with the position of every block.
    void play(uint32_t frames, const std::function<void(uint32_t)>& before = {}) {
        for (uint32_t done = 0; done < frames;) {
            const uint32_t count = std::min(block_, frames - done);
            if (before) before(done);
            const size_t at = left.size();
            left.resize(at + count);
            right.resize(at + count);
            const auto cv = [&](const std::vector<float>& signal) { return signal.empty() ? nullptr : &signal.at(at); };
            instrument.render(left.data() + at, right.data() + at, cv(x_cv), cv(y_cv), count);
            done += count;
        }
    }

    engine::Instrument instrument;
    std::vector<float> left, right;
    std::vector<float> x_cv, y_cv; // when not empty, as long as all that is played

  private:
    uint32_t block_;
};

} // namespace timbrel::test
