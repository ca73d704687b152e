// How loud a blend shall be: in dB as far between its two sounds as its place is, over a few seconds. Moment by moment
// it keeps the movement it has, for that is what makes a pad talk. One thread at a time.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace timbrel::audio {

class Leveller {
  public:
    static constexpr double reach_seconds = 1.5; // heard to either side of a moment

    struct Moment {
        double share = 0;               // of the second sound
        double loud[2] = {}, blend = 0; // powers of the two sounds and of their blend
        bool counts = false;            // both sounds are there
        double authority = 1;           // 1: the gain is what is wanted; 0: none
    };

    // `floor`: powers of the two sounds that count as silence. Moments come every `seconds`.
    Leveller(const double (&floor)[2], double seconds);

    void push(const Moment& moment);

    // The gain in dB of the next moment, in order, once a reach of moments after it was pushed.
    std::optional<double> next();

  private:
    double floor_[2];
    std::vector<double> window_; // weights from a reach before to a reach after
    std::deque<Moment> heard_;
    size_t before_ = 0; // how many of them lie before the next one
};

} // namespace timbrel::audio
