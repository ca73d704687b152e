// SPDX-License-Identifier: GPL-3.0-or-later
// Values as Turtle text, for the bundle's description and for presets. Thread: control.
#pragma once

#include <string>
#include <string_view>

namespace timbrel::lv2 {

// A decimal number, independent of the locale.
std::string turtle_number(float value);

// A string literal.
std::string turtle_quoted(std::string_view text);

} // namespace timbrel::lv2
