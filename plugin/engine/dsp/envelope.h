// The loudness envelope of a note: attack, decay, sustain, release, and the fade of a stolen one. Real time.
#pragma once

#include <cstdint>

namespace timbrel::engine {

// The parameters' envelope in per-frame numbers; the same for all notes.
struct EnvelopeShape {
    float attack_step = 1.0f;   // amplitude gained each frame
    float decay_octaves = 0.0f; // halvings of amplitude each frame
    float sustain = 1.0f;       // amplitude
    float fade_frames = 240.0f;

    static EnvelopeShape make(float attack_seconds, float decay_seconds, float sustain_db, float rate);
};

// Halvings of amplitude each frame for a fall by 60 dB in `seconds`, no shorter than a few milliseconds.
float release_octaves(float seconds, float rate);

class Envelope {
  public:
    void start(const EnvelopeShape& shape);
    // Lets go `early` frames before the coming advance() begins: it then falls for as much longer.
    void release(uint32_t early);
    void fade(const EnvelopeShape& shape); // to silence in a few milliseconds, whatever the stage

    bool released() const { return stage_ >= Stage::release; }
    bool fading() const { return stage_ == Stage::fade; }
    bool finished() const { return stage_ == Stage::end; }
    float level() const { return level_; }

    // Goes on by `frames`; the level between is meant as a straight line. `octaves`: see release_octaves().
    void advance(const EnvelopeShape& shape, float octaves, uint32_t frames);

  private:
    enum class Stage { attack, decay, release, fade, end };
    void decay(const EnvelopeShape& shape, float frames);

    Stage stage_ = Stage::end;
    float level_ = 0.0f;
    float fade_step_ = 0.0f;
    uint32_t early_ = 0;
};

} // namespace timbrel::engine
