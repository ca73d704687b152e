// Where the host's song stands, and how a host's news of it reach the ticks of the engine. Real time.
#pragma once

#include <array>
#include <cstdint>

namespace timbrel::engine {

struct Transport {
    bool rolling = false;
    double seconds = 0.0; // from the song's start
    double beat = 0.0;    // likewise, in beats as the host counts them
    double beats_per_minute = 120.0;

    double beats_in(double time) const { return time * beats_per_minute / 60.0; } // seconds
    void advance(double time) {
        if (!rolling) return;
        seconds += time;
        beat += beats_in(time);
    }
};

class SongClock {
  public:
    // `frame` of the coming block at which the song stands there; frames do not descend.
    void hear(uint32_t frame, const Transport& transport) {
        if (count_ == heard_.size()) --count_;
        heard_[count_++] = {frame, transport};
    }

    bool rolling() const { return now_.rolling; } // at the end of the last tick

    // The song at the end of the tick that begins at `frame` of the block.
    const Transport& step(uint32_t frame, uint32_t frames, double rate) {
        uint32_t past = 0;
        for (; past < count_ && heard_[past].frame <= frame; ++past) {
            now_ = heard_[past].transport;
            now_.advance(static_cast<double>(frame - heard_[past].frame) / rate);
        }
        forget(past);
        now_.advance(frames / rate);
        return now_;
    }

    // What was heard within the block's last tick is told from the next block's start.
    void end_block(uint32_t frames) {
        for (uint32_t i = 0; i < count_; ++i) heard_[i].frame -= frames;
    }

  private:
    struct Heard {
        int64_t frame; // negative: in an earlier block
        Transport transport;
    };
    void forget(uint32_t first) {
        for (uint32_t i = first; i < count_; ++i) heard_[i - first] = heard_[i];
        count_ -= first;
    }

    Transport now_;
    std::array<Heard, 32> heard_;
    uint32_t count_ = 0;
};

} // namespace timbrel::engine
