// SPDX-License-Identifier: GPL-3.0-or-later
// `timbrel doctor`: checks the audio setup and says how to fix each problem. Thread: control.
#pragma once

namespace timbrel::host {

// Prints the findings to standard output, as a JSON array or as text. Returns true when there is no problem.
bool run_doctor(bool json);

} // namespace timbrel::host
