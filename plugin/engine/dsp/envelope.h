// SPDX-License-Identifier: GPL-3.0-or-later
// The amplitude envelope of a note: attack, decay, sustain, release, and the fade of a stolen note.
// Thread: audio. Amplitudes are linear, 0–1.
#pragma once

#include "common/realtime.h"

#include <cstdint>

namespace timbrel::engine {

// The envelope parameters in per-frame units; shared by all notes.
struct EnvelopeShape {
    float attack_step = 1.0f;   // amplitude per frame
    float decay_octaves = 0.0f; // halvings of the amplitude per frame
    float sustain = 1.0f;       // amplitude
    float fade_frames = 240.0f;

    // `rate`: frames per second.
    static EnvelopeShape make(float attack_seconds, float decay_seconds, float sustain_db,
                              float rate) noexcept TIMBREL_REALTIME;
};

// Halvings of the amplitude per frame for a fall by 60 dB in `seconds`, which is at least steal_fade_seconds.
float release_octaves(float seconds, float rate) noexcept TIMBREL_REALTIME;

class Envelope {
  public:
    void start(const EnvelopeShape& shape) noexcept TIMBREL_REALTIME;

    // Releases the note. The release began `frames_ago` frames before the coming advance(), which catches up on them.
    void release(uint32_t frames_ago) noexcept TIMBREL_REALTIME;

    // Fades to silence within shape.fade_frames, from any stage.
    void fade(const EnvelopeShape& shape) noexcept TIMBREL_REALTIME;

    bool released() const noexcept TIMBREL_REALTIME { return stage_ >= Stage::release; } // or fading, or finished
    bool fading() const noexcept TIMBREL_REALTIME { return stage_ == Stage::fade; }
    bool finished() const noexcept TIMBREL_REALTIME { return stage_ == Stage::end; }
    float level() const noexcept TIMBREL_REALTIME { return level_; }

    // Advances by `frames`; interpolate level() linearly in between. `octaves`: see release_octaves().
    void advance(const EnvelopeShape& shape, float octaves, uint32_t frames) noexcept TIMBREL_REALTIME;

  private:
    enum class Stage { attack, decay, release, fade, end };
    void decay(const EnvelopeShape& shape, float frames);

    Stage stage_ = Stage::end;
    float level_ = 0.0f;
    float fade_step_ = 0.0f; // amplitude per frame
    uint32_t release_frames_ago_ = 0;
};

} // namespace timbrel::engine
