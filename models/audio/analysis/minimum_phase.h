// SPDX-License-Identifier: GPL-3.0-or-later
// Filters with any magnitude response, without ringing before an attack.
// Thread: control, worker; every call is independent.
#pragma once

#include "models/audio/io/audio.h"

#include <functional>

namespace timbrel::audio {

// The sound through a minimum-phase filter with this gain in dB at each frequency in Hz. Of the same length; the
// filter's response is cut off after 2^14 frames.
Audio minimum_phase_filtered(const Audio& audio, const std::function<double(double hz)>& gain_db);

} // namespace timbrel::audio
