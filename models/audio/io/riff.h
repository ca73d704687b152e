// SPDX-License-Identifier: GPL-3.0-or-later
// Reads texts from the INFO list of RIFF files. WAV files and SF2/SF3 fonts store title, copyright and comments there.
// Thread: control, worker.
#pragma once

#include <string>

namespace timbrel::audio {

// `chunk` is a four-letter name such as INAM, ICOP or ICMT. Empty if the file has no such text or is no RIFF file.
std::string riff_info(const std::string& path, const std::string& chunk);

} // namespace timbrel::audio
