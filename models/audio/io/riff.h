// Texts from the INFO list of a RIFF file: WAV files and SF2/SF3 fonts keep title, copyright and comments there.
#pragma once

#include <string>

namespace timbrel::audio {

// `chunk` is a four-letter name such as INAM, ICOP or ICMT. Empty if the file has no such text or is no RIFF file.
std::string riff_info(const std::string& path, const std::string& chunk);

} // namespace timbrel::audio
