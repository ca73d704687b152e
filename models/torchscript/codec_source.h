// SPDX-License-Identifier: GPL-3.0-or-later
// Sources of corners, among them those that sound through a model of a TorchScript file.
// Thread: as audio::Source.
#pragma once

#include "models/audio/sources/source.h"

#include <memory>
#include <string>

namespace timbrel::models {

// Opens nn:FILE<SOURCE, which is SOURCE encoded and decoded by the model in FILE (sound_codec.h), or what
// audio::open_source opens. SOURCE may itself begin with nn:. Options stand in front of all. Throws std::exception with
// one line that names the file or source.
std::unique_ptr<audio::Source> open_corner_source(const std::string& notation);

} // namespace timbrel::models
