// SPDX-License-Identifier: GPL-3.0-or-later
// Arbitrary MIDI, MPE, system exclusives, parameters, banks and transports: the output is finite, within the safety
// limiter's threshold, and no voice exceeds its bound.
//
// An input is a byte of options and a MIDI stream. A byte below 0x80 where a message would begin is an action, see
// Session::act(). With option 1 the level is 50 dB lower, so that the limiter never acts and the voices are measured.
#include "plugin/engine/core/engine_limits.h"
#include "plugin/engine/core/parameters.h"
#include "plugin/engine/dsp/safety_limiter.h"
#include "plugin/engine/synth.h"
#include "tests/fuzz/fuzz.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <array>
#include <bit>
#include <cmath>
#include <vector>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

constexpr uint32_t max_block = 512;
constexpr uint32_t max_frames = 8192; // of an input
constexpr size_t max_sysex = 600;
constexpr float quiet_level_db = -50.0f;

std::shared_ptr<const Bank> make_bank(uint16_t side, NoteShape shape, double gain) {
    SyntheticBank bank;
    bank.columns = bank.rows = side;
    bank.pitches = {36, 60, 61, 96};
    bank.velocities = {1, 90};
    bank.shape = shape;
    bank.sound = [=](const SamplePosition& at) {
        return gain * ((at.frame / 24 + at.column) % 2 == 0 ? 1.0 : -1.0 / (1 + at.row));
    };
    bank.right_gain = -0.7;
    bank.decay = [](uint32_t column, uint32_t) { return 500.0f * static_cast<float>(column); };
    bank.release = [](uint32_t, uint32_t row) { return row > 0 ? 1e4f : 0.0f; };
    for (const int pitch : {36, 60})
        bank.metadata["vibrato"].push_back({{"pitch", pitch},
                                            {"velocity", 90},
                                            {"depth_cents", {200, 0, 10, 50}},
                                            {"rate_hz", {20, 0, 4, 1}},
                                            {"delay_seconds", {0, 0, 0, 60}},
                                            {"phase_turns", {0, 0, 0.5, 1}}});
    constexpr int16_t lowest = -32768, highest = 32767;
    std::vector<int16_t> points(4 * pitch_track_points(shape.frames, 240), lowest);
    for (size_t i = 0; i < points.size(); i += 2) points[i] = highest;
    bank.tracks.add(60, 90, points);
    return bank.open();
}

const std::shared_ptr<const Bank>& bank(size_t number) {
    static const std::array<std::shared_ptr<const Bank>, 4> banks{
        nullptr, make_bank(2, {3000, 1000, 1064}, 15.8), make_bank(3, {300, 0, 0}, 1.0), make_bank(1, {1, 0, 0}, 15.8)};
    return banks[number % banks.size()];
}

// The only one, because making it takes longer than an input; as if new.
Synth& renewed_synth() {
    static Synth synth(48000);
    if (synth.bank() != bank(1)) synth.exchange_bank(bank(1));
    for (size_t i = 0; i < parameter_count; ++i) synth.set_parameter(static_cast<Parameter>(i), parameters[i].initial);
    synth.set_tuning(Tuning::equal());
    synth.restore_tunings({});
    synth.set_gesture({});
    synth.wait_for_disk(true);
    float silence[1];
    synth.render(silence, silence, nullptr, nullptr, 1); // replaces what MIDI has set
    synth.reset();
    return synth;
}

class Session {
  public:
    Session(uint8_t options, Input input) : quiet_((options & 1) != 0), input_(input) {
        if (quiet_) synth_.set_parameter(Parameter::level, quiet_level_db);
        cv_.fill(0.0f);
    }

    void play() {
        while (!input_.empty() && frames_ < max_frames) {
            const uint8_t byte = input_.number();
            if (byte < 0x80)
                act(byte);
            else
                send(byte);
        }
        render(max_block);
    }

  private:
    void act(uint8_t action) {
        switch (action % 12) {
        case 0:
            return render(1 + input_.number() % 64);
        case 1:
            return render(input_.number<uint16_t>() % max_block);
        case 2:
            offset_ = input_.number<uint16_t>() % max_block;
            return;
        case 3:
            return set_parameter(input_.number(), input_.number<uint16_t>() / 65535.0f);
        case 4:
            return set_raw_parameter(input_.number(), input_.number<float>());
        case 5:
            return synth_.exchange_bank(bank(action / 12), action < 64 ? ~uint64_t{0} : 0);
        case 6:
            return synth_.release_all();
        case 7:
            return synth_.reset();
        case 8:
            return set_transport();
        case 9:
            return set_gesture();
        case 10:
            return set_tuning();
        default:
            return set_cv();
        }
    }

    void send(uint8_t status) {
        std::vector<uint8_t> message{status};
        if (status == 0xf0) {
            do message.push_back(input_.number());
            while (message.back() != 0xf7 && !input_.empty() && message.size() < max_sysex);
        } else {
            for (int i = (status & 0xe0) == 0xc0 ? 1 : 2; i > 0 && !input_.empty(); --i)
                message.push_back(input_.number());
        }
        // Data entry may change the level.
        const bool is_data_entry = (status & 0xf0) == 0xb0 && message.size() > 1 &&
                                   (message[1] == 6 || message[1] == 38 || message[1] == 96 || message[1] == 97);
        if (quiet_ && is_data_entry) return;
        if ((status & 0xf0) == 0x90) ++starts_;
        synth_.midi(offset_, message.data(), static_cast<uint32_t>(message.size()));
    }

    void set_parameter(uint8_t number, float part) {
        const auto parameter = static_cast<Parameter>(number % parameter_count);
        const ParameterInfo& range = info(parameter);
        set_raw_parameter(number, range.minimum + part * (range.maximum - range.minimum));
    }

    void set_raw_parameter(uint8_t number, float value) {
        const auto parameter = static_cast<Parameter>(number % parameter_count);
        // Echoes add up to more than the voices.
        const bool adds_level = parameter == Parameter::level || parameter == Parameter::width ||
                                parameter == Parameter::delay_mix || parameter == Parameter::reverb_mix;
        if (!quiet_ || !adds_level) synth_.set_parameter(parameter, value);
    }

    void set_transport() {
        Transport transport;
        transport.rolling = input_.number() % 2 != 0;
        transport.seconds = input_.number<double>();
        transport.beat = input_.number<double>();
        transport.beats_per_minute = input_.number<double>();
        synth_.set_transport(offset_, transport);
    }

    void set_gesture() {
        Gesture gesture = synth_.gesture();
        require(gesture.points.empty() || gesture.valid());
        for (uint8_t i = input_.number() % 8; i > 0; --i)
            gesture.points.push_back({input_.number<uint32_t>(), input_.number<uint16_t>(), input_.number<uint16_t>()});
        gesture.song_beat = input_.number<double>();
        if (gesture.valid()) synth_.set_gesture(gesture);
    }

    void set_tuning() {
        Tuning tuning = Tuning::equal();
        tuning.pitch[input_.number() % 128] = Tuning::silent;
        for (int key = input_.number() % 128; key < 128; ++key)
            tuning.pitch[static_cast<size_t>(key)] += input_.number<int16_t>() / 100.0f;
        synth_.set_tuning(tuning);
        synth_.restore_tunings(synth_.received_tunings());
    }

    void set_cv() {
        const uint8_t pattern = input_.number();
        for (size_t i = 0; i < cv_.size(); ++i) cv_[i] = i % (1 + pattern) == 0 ? input_.number<float>() : -0.5f;
        cv_connected_ = pattern != 0;
    }

    void render(uint32_t frames) {
        const uint32_t voices = std::min(synth_.status().voices + starts_, max_voices);
        synth_.render(left_.data(), right_.data(), cv_connected_ ? cv_.data() : nullptr,
                      cv_connected_ ? cv_.data() + 1 : nullptr, frames);
        const float level = std::pow(10.0f, quiet_level_db / 20.0f) * 1.0001f;
        const float bound =
            quiet_ ? static_cast<float>(voices) * max_voice_amplitude * level : SafetyLimiter::threshold;
        for (const auto* channel : {&left_, &right_})
            for (uint32_t i = 0; i < frames; ++i) require(std::abs((*channel)[i]) <= bound); // false for NaN
        const EngineStatus status = synth_.status();
        require(status.x >= 0 && status.x <= 1 && status.y >= 0 && status.y <= 1 && status.voices <= max_voices);
        std::array<ActiveNote, 8> notes;
        require(synth_.active_notes(notes) <= notes.size());
        frames_ += std::max(frames, 1u);
        if (frames > 0) starts_ = 0;
        offset_ = 0;
    }

    bool quiet_;
    Input input_;
    Synth& synth_ = renewed_synth();
    uint32_t offset_ = 0; // of the next message in its block
    uint32_t frames_ = 0, starts_ = 0;
    std::array<float, max_block> left_{}, right_{};
    std::array<float, max_block + 1> cv_;
    bool cv_connected_ = false;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size > 0) Session(data[0], Input({data + 1, size - 1})).play();
    return 0;
}
