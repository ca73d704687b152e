// SPDX-License-Identifier: GPL-3.0-or-later
// Renders a Synth in tests and keeps its output. Thread: control.
#pragma once

#include "plugin/engine/synth.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <thread>
#include <vector>

namespace timbrel::test {

class Player {
  public:
    explicit Player(std::shared_ptr<const engine::Bank> bank, double rate = 48000.0, uint32_t block = 64)
        : synth(rate), rate_(rate), block_(block) {
        synth.exchange_bank(std::move(bank));
    }

    void send(std::initializer_list<int> bytes, uint32_t frame = 0) {
        std::vector<uint8_t> message(bytes.begin(), bytes.end());
        synth.midi(frame, message.data(), static_cast<uint32_t>(message.size()));
    }
    void note_on(int key, int velocity = 100, uint32_t frame = 0) { send({0x90, key, velocity}, frame); }
    void note_off(int key, uint32_t frame = 0) { send({0x80, key, 0}, frame); }
    void set(engine::Parameter parameter, float value) { synth.set_parameter(parameter, value); }

    // Renders `frames` more; `before` gets the first frame of each block, counted from the call.
    void play(uint32_t frames, const std::function<void(uint32_t)>& before = {}) {
        for (uint32_t done = 0; done < frames;) {
            const uint32_t count = std::min(block_, frames - done);
            if (before) before(done);
            const size_t start = left.size();
            left.resize(start + count);
            right.resize(start + count);
            const auto cv = [&](const std::vector<float>& signal) {
                return signal.empty() ? nullptr : &signal.at(start);
            };
            synth.render(left.data() + start, right.data() + start, cv(x_cv), cv(y_cv), count);
            done += count;
        }
    }

    // The same in real time.
    void play_in_real_time(uint32_t frames, const std::function<void(uint32_t)>& before) {
        const auto start = std::chrono::steady_clock::now();
        play(frames, [&](uint32_t frame) {
            before(frame);
            std::this_thread::sleep_until(start + std::chrono::microseconds(static_cast<int64_t>(1e6 * frame / rate_)));
        });
    }

    // Sets X and Y to a point of a Lissajous figure that fills the plane.
    void set_lissajous_xy(double seconds) {
        set(engine::Parameter::x, static_cast<float>(0.5 + 0.5 * std::sin(1.1 * seconds)));
        set(engine::Parameter::y, static_cast<float>(0.5 + 0.5 * std::cos(1.3 * seconds)));
    }

    engine::Synth synth;
    std::vector<float> left, right;
    std::vector<float> x_cv, y_cv; // control signals; empty, or as long as the whole output

  private:
    double rate_;
    uint32_t block_;
};

} // namespace timbrel::test
