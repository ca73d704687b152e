// Commands that the offline program timbrel-bake carries out.
#pragma once

#include <string_view>

namespace timbrel::host {

// Whether this command is one of them.
bool is_offline_command(std::string_view command);

// Becomes `timbrel-bake` with the same arguments. Returns only by throwing Error, when that program is nowhere.
[[noreturn]] void hand_over(char** arguments);

} // namespace timbrel::host
