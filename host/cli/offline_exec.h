// Commands that the offline program timbrel-bake carries out.
#pragma once

#include <string>
#include <string_view>

namespace timbrel::host {

// Whether this command is one of them.
bool is_offline_command(std::string_view command);

// Where timbrel-bake is: beside this program, in the same build, or on the PATH; empty when it is nowhere.
std::string find_baker();

// Becomes `timbrel-bake` with the same arguments. Returns only by throwing Error, when that program is nowhere.
[[noreturn]] void hand_over(char** arguments);

} // namespace timbrel::host
