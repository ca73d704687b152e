// `timbrel blend`: two sound files in, one out.
#pragma once

#include "models/audio/blend/cross_synthesis.h"

#include <string>

namespace timbrel::audio {

struct BlendOrder {
    std::string first, second, out;
    std::string picture; // rainbowgrams of first, blend and second, their first minute; none if empty
    BlendWay way;
};

// Reads both files twice, once to hear them through and once to blend, a block at a time: memory does not grow with
// their length. Writes 32-bit floats, so that nothing can clip, at the higher of the two rates, but no lower than 44.1
// and no higher than 96 kHz. Both files begin together. Throws AudioError, PictureError; leaves no half file.
void blend_files(const BlendOrder& order);

} // namespace timbrel::audio
