// `timbrel doctor`: what playing needs of the system, checked, each with how to mend it.
#pragma once

namespace timbrel::host {

// Prints to standard output, as a JSON array or for people. True when everything is well.
bool print_health(bool json);

} // namespace timbrel::host
