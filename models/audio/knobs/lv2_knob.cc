// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/knobs/lv2_knob.h"

#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/sources/detuning.h"
#include "models/audio/sources/recording_check.h"
#include "models/audio/sources/sampler_process.h"
#include "models/audio/sources/source.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <random>
#include <tuple>
#include <utility>

namespace timbrel::audio {
namespace {

constexpr std::array reference_settings{0.0, 0.5, 1.0};
constexpr double reference_peak = 0.35;  // of the loudest reference; settings between may be louder
constexpr double audible_peak = 0.001;   // of the sound as the plugin gives it
constexpr double least_confidence = 0.6; // of the pitch

class Lv2Knob final : public Knob {
  public:
    explicit Lv2Knob(const Lv2KnobPlan& plan) : plan_(plan) {
        KnobNote note{60, 100, 0.5, 0, 0};
        pitch_ratio_ = semitones_to_ratio(measure_detuning([&](int key) {
            note.pitch = key;
            return play(note, 0.5);
        }));
    }

    Audio note(const KnobNote& note, double setting) override {
        if (const auto key = std::tuple(note.pitch, note.velocity, note.hold, note.release, note.variant);
            key != reference_key_) {
            reference_key_.reset();
            measure_references(note);
            reference_key_ = key;
        }
        const auto known = std::ranges::find(reference_settings, setting);
        Audio audio = known != reference_settings.end()
                          ? references_[static_cast<size_t>(known - reference_settings.begin())]
                          : play(note, setting);
        double peak = 0;
        for (std::vector<float>* const channel : {&audio.left, &audio.right})
            for (float& sample : *channel) {
                sample *= gain_;
                peak = std::max(peak, std::abs(double(sample)));
            }
        if (peak > 1) throw AudioError(plan_.uri + ": a setting is louder than full scale");
        return audio;
    }

  private:
    using NoteKey = std::tuple<int, int, double, double, uint64_t>;

    host::ControlValues controls(uint64_t variant, double setting) const {
        std::mt19937_64 random(variant * 0x9e3779b97f4a7c15 + 1);
        const auto draw = [&](double low, double high, Scale scale) {
            const double fraction = static_cast<double>(random() >> 11) * 0x1p-53;
            switch (scale) {
            case Scale::linear:
                return low + fraction * (high - low);
            case Scale::logarithmic:
                return low * std::pow(high / low, fraction);
            case Scale::integer:
                return std::min(high, low + std::floor(fraction * (high - low + 1)));
            }
            return low;
        };
        host::ControlValues result;
        for (const Lv2Base& base : plan_.base)
            result[base.symbol] = static_cast<float>(draw(base.low, base.high, base.scale));
        if (random() & 1) setting = 1 - setting;
        for (const Lv2Move& move : plan_.moves) {
            const double from = draw(move.from_low, move.from_high, move.scale),
                         to = draw(move.to_low, move.to_high, move.scale);
            result[move.symbol] = static_cast<float>(
                move.scale == Scale::logarithmic ? from * std::pow(to / from, setting) : from + setting * (to - from));
        }
        return result;
    }

    // A process whose plugin has failed is replaced for the next note.
    Audio play(const KnobNote& note, double setting) {
        Audio audio;
        try {
            if (!sampler_) {
                sampler_ = std::make_unique<SamplerProcess>(plan_.uri, source_rate);
                sampler_->receive_reply(host::ReplyKind::description, "while it was loaded");
            }
            sampler_->set_controls(controls(note.variant, setting));
            sampler_->request_note({note.pitch, note.velocity,
                                    static_cast<uint32_t>(source_frames(note.hold / pitch_ratio_)),
                                    static_cast<uint32_t>(source_frames(note.release / pitch_ratio_))});
            audio = resampled(sampler_->receive_sound(source_rate / pitch_ratio_), source_rate);
        } catch (const AudioError&) {
            sampler_.reset();
            throw;
        }
        const size_t frames = source_frames(note.hold) + source_frames(note.release);
        audio.left.resize(frames);
        audio.right.resize(frames);
        remove_dc_offset(audio, check_recording(audio));
        return audio;
    }

    void measure_references(const KnobNote& note) {
        double peak = 0;
        for (size_t i = 0; i < reference_settings.size(); ++i) {
            references_[i] = play(note, reference_settings[i]);
            peak = std::max(peak, require_pitched(references_[i], note.pitch));
        }
        gain_ = static_cast<float>(reference_peak / peak);
    }

    // Returns the peak.
    double require_pitched(const Audio& audio, int key) const {
        const std::string note = plan_.uri + ": key " + std::to_string(key);
        const double peak = check_recording(audio).peak;
        if (peak < audible_peak) throw AudioError(note + " is silent");
        const auto estimate = detect_pitch(audio);
        if (!estimate || estimate->confidence < least_confidence) throw AudioError(note + " has no pitch");
        if (100 * std::abs(estimate->pitch - key) > plan_.widest_cents)
            throw AudioError(note + " sounds as " + std::to_string(estimate->pitch));
        return peak;
    }

    Lv2KnobPlan plan_;
    std::unique_ptr<SamplerProcess> sampler_; // null until it is needed
    double pitch_ratio_ = 1;                  // of the instrument's pitch to that of its keys
    std::optional<NoteKey> reference_key_;
    std::array<Audio, reference_settings.size()> references_;
    float gain_ = 1;
};

} // namespace

std::unique_ptr<Knob> open_lv2_knob(const Lv2KnobPlan& plan) { return std::make_unique<Lv2Knob>(plan); }

} // namespace timbrel::audio
