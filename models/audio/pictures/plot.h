// What `timbrel plot` draws.
#pragma once

#include <string>
#include <vector>

namespace timbrel::audio {

// One bank: its poster. Sound files: their rainbowgrams, titled by the files' names. Throws AudioError, BankError,
// PictureError.
void plot_files(const std::vector<std::string>& files, const std::string& out);

} // namespace timbrel::audio
