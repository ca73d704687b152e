// One sounding note: its source, resampled to pitch, under its envelope. Real time.
#pragma once

#include "plugin/engine/envelope.h"
#include "plugin/engine/note_source.h"
#include "plugin/engine/resampling_kernel.h"

#include <cstdint>

namespace timbrel {

// What all voices of an instrument share during a tick.
struct VoiceContext {
    const Simd& simd = timbrel::simd();
    const ResamplingKernels& kernels = ResamplingKernels::instance();
    double rate; // output frames per second
    EnvelopeShape envelope{};
    bool gated = false;         // release by the parameter instead of the sound's own
    float gated_octaves = 0.0f; // see release_octaves()
    PlanePoint place{};         // at the end of the tick
};

// What a MIDI channel does to its voices, at the end of the tick.
struct ChannelControl {
    float bend = 0.0f; // semitones
    float gain = 1.0f;
};

class Voice {
  public:
    // `velocity`: 1–127, after sensitivity. The first frame is heard at the next output frame, on `path`.
    void start(const VoiceContext& context, HeldBank& bank, uint8_t key, float velocity, const ChannelControl& channel,
               const PlanePath& path);

    // Plans the coming `frames`, up to the tick's end.
    void begin_segment(const VoiceContext& context, const ChannelControl& channel, uint32_t frames);
    // Adds `frames`, at most tick_frames and within the segment.
    void render(const VoiceContext& context, const PlanePath& path, float* left, float* right, uint32_t frames);

    // Both take effect with the next segment.
    void release() { envelope_.release(); }
    void fade(const VoiceContext& context) { envelope_.fade(context.envelope); }

    bool released() const { return envelope_.released(); }
    bool fading() const { return envelope_.fading() || envelope_.finished(); }
    bool finished() const; // once the segment has been rendered
    float amplitude() const { return amplitude_; }
    HeldBank* bank() const { return bank_; }

  private:
    static constexpr uint32_t capacity = 1024; // the most that one tick can need at the largest ratio
    static constexpr uint32_t compact_above = 256;

    void tune(const VoiceContext& context, float bend);
    uint32_t history(const VoiceContext& context) const;
    void fill(const VoiceContext& context, const PlanePath& path, uint32_t filled);
    void compact(const VoiceContext& context);

    NoteSource source_;
    Envelope envelope_;
    HeldBank* bank_ = nullptr;
    float amplitude_ = 0.0f, amplitude_step_ = 0.0f;
    float interval_ = 0.0f; // semitones from the stored pitch, without bend
    float bend_ = 0.0f;
    uint32_t kernel_ = 0;
    uint64_t step_ = 0;   // input frames per output frame, 32 bits of fraction
    uint64_t centre_ = 0; // of the kernel for the next output frame, in the buffer, 32 bits of fraction
    uint32_t filled_ = 0; // frames in the buffer
    alignas(64) float left_[capacity + simd_slack];
    alignas(64) float right_[capacity + simd_slack];
};

} // namespace timbrel
