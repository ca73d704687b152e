// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/plugin/engine/support/stress_session.h"

#include "tests/plugin/engine/support/synthetic_bank.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace timbrel::test {

namespace {

constexpr uint32_t max_block = 2048, max_messages = 400;

std::shared_ptr<const engine::Bank> make_bank(uint16_t columns, uint16_t rows, bool looped) {
    SyntheticBank bank;
    bank.columns = columns;
    bank.rows = rows;
    bank.pitches = {48, 55, 62, 69, 76};
    bank.velocities = {40, 100};
    bank.shape = {6000, looped ? 1200u : 0u, looped ? 6000u : 0u};
    bank.sound = [](const SamplePosition& at) { return 0.05 * sine(100.0 * (1 + at.column + at.row), at.frame); };
    bank.decay = [](uint32_t column, uint32_t) { return 5.0f * static_cast<float>(column); };
    std::vector<double> depths{30, 0, 10, 50}, rates{5, 0, 4, 7}, delays{0.1, 0, 0, 0.02};
    for (auto* numbers : {&depths, &rates, &delays}) numbers->resize(rows > 1 ? 4 : 2); // corners
    for (const int pitch : {48, 62, 76})
        bank.metadata["vibrato"].push_back({{"pitch", pitch},
                                            {"velocity", 100},
                                            {"depth_cents", depths},
                                            {"rate_hz", rates},
                                            {"delay_seconds", delays}});
    for (const int pitch : {48, 55}) {
        std::vector<int16_t> points;
        for (uint64_t i = 0; i < depths.size() * engine::pitch_track_points(bank.shape.frames, 240); ++i)
            points.push_back(static_cast<int16_t>(i * 7919 % 1000 - 500));
        bank.tracks.add(pitch, 100, points);
    }
    return bank.open();
}

} // namespace

StressSession::StressSession() : banks_{make_bank(5, 4, true), make_bank(3, 1, false)} {
    messages_.reserve(max_messages);
    for (auto* channel : {&left_, &right_, &x_cv_, &y_cv_}) channel->assign(max_block, 0.0f);
    synth_.exchange_bank(banks_[0]);
}

// A MIDI Tuning Standard message that retunes one key in real time, in the first program or in any program and bank.
StressSession::Message StressSession::make_retuning_message() {
    Message message{0, {0xf0, 0x7f, 0x7f, 0x08, 0x07, 0, 0, 1, 0, 0, 0, 0, 0xf7}, 13};
    for (size_t i = 8; i < 12; ++i) message.bytes[i] = static_cast<uint8_t>(random_() % 128);
    if (random_() % 2)
        for (size_t i = 5; i < 7; ++i) message.bytes[i] = static_cast<uint8_t>(random_() % 128);
    return message;
}

void StressSession::generate_input(uint32_t frames) {
    messages_.clear();
    const uint32_t count = random_() % 50 == 0 ? max_messages : random_() % 4;
    for (uint32_t i = 0; i < count; ++i) {
        static constexpr uint8_t controllers[] = {1,  5,  6,  7,  11, 16, 17,  38,  64,  65,  66,  67,
                                                  74, 84, 96, 97, 98, 99, 100, 101, 120, 121, 123, 126};
        Message message{static_cast<uint32_t>(random_() % frames), {}, 3};
        static constexpr uint8_t kinds[] = {0x90, 0x90, 0x90, 0x80, 0xb0, 0xb0, 0xe0, 0xd0, 0xa0, 0xf0};
        message.bytes[0] = static_cast<uint8_t>(kinds[random_() % 10] | random_() % 16);
        message.bytes[1] = static_cast<uint8_t>(random_() % 128);
        message.bytes[2] = static_cast<uint8_t>(random_() % 128);
        if (message.bytes[0] >> 4 == 0xb && random_() % 8)
            message.bytes[1] = controllers[random_() % std::size(controllers)];
        if (random_() % 20 == 0)
            message.bytes[random_() % 3] = static_cast<uint8_t>(random_()), message.size = random_() % 5;
        if (random_() % 20 == 0) message = make_retuning_message();
        messages_.push_back(message);
    }
    for (uint32_t n = 0; n < frames; ++n) {
        x_cv_[n] = static_cast<float>(random_() % 1000) / 500.0f - 1.0f;
        y_cv_[n] = static_cast<float>(random_() % 1000) / 500.0f - 1.0f;
    }
    const auto parameter = static_cast<engine::Parameter>(random_() % engine::parameter_count);
    const auto& parameter_info = info(parameter);
    const float fraction = static_cast<float>(random_() % 101) / 100.0f;
    synth_.set_parameter(parameter,
                         parameter_info.minimum + fraction * (parameter_info.maximum - parameter_info.minimum));
}

float StressSession::render(uint32_t frames) {
    const bool cv = random_() % 4 == 0;
    for (uint32_t i = random_() % 20 == 0 ? random_() % 50 : 0; i > 0; --i)
        synth_.set_transport(random_() % (2 * frames),
                             {random_() % 4 > 0, static_cast<double>(random_() % 1000),
                              static_cast<double>(random_() % 1000), static_cast<double>(random_() % 300)});
    for (const auto& message : messages_) synth_.midi(message.frame, message.bytes, message.size);
    synth_.render(left_.data(), right_.data(), cv ? x_cv_.data() : nullptr, cv ? y_cv_.data() : nullptr, frames);
    if (random_() % 500 == 0) synth_.release_all();
    engine::PlanePoint outline[100];
    if (random_() % 100 == 0) synth_.outline_gesture(outline, 100);
    return *std::max_element(left_.begin(), left_.begin() + frames);
}

float StressSession::run(uint32_t blocks, const std::function<void()>& before_block,
                         const std::function<void()>& after_block) {
    std::atomic<bool> playing{true};
    std::thread bank_thread([&] {
        for (uint32_t i = 0; playing; ++i) {
            const auto& bank = banks_[i % 2];
            if (i % 7 == 0)
                synth_.exchange_bank(nullptr);
            else if (i % 3 == 0)
                synth_.exchange_bank(bank, 0); // streamed
            else
                synth_.exchange_bank(bank);
            engine::Tuning tuning = engine::Tuning::equal();
            tuning.pitch[i % 128] = i % 5 ? 50.5f : engine::Tuning::silent;
            synth_.set_tuning(tuning);
            if (i % 10 == 5) synth_.restore_tunings(synth_.received_tunings());
            synth_.free_unused_banks();
            const engine::Gesture recorded = synth_.gesture();
            if (i % 50 == 0) synth_.set_gesture({0.0, 0.0, {{0, 0, 0}, {1000 + i, 65535, 30000}}});
            if (i % 50 == 25 && recorded.valid()) synth_.set_gesture(recorded);
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    });
    static constexpr uint32_t sizes[] = {1, 2, 16, 31, 64, 64, 64, 64, 128, 256, 1000, max_block};
    float peak = 0.0f;
    for (uint32_t i = 0; i < blocks; ++i) {
        const uint32_t frames = sizes[random_() % std::size(sizes)];
        generate_input(frames);
        before_block();
        peak = std::max(peak, render(frames));
        after_block();
    }
    playing = false;
    bank_thread.join();
    return peak;
}

} // namespace timbrel::test
