// SPDX-License-Identifier: GPL-3.0-or-later
// Arguments of liblo's messages. Thread: any.
#pragma once

#include <lo/lo_cpp.h>

namespace timbrel::host {

// A text argument, which the message's types declare as s. Not through lo_arg's members: an argument is aligned to 4
// bytes, and the union to 8. Valid as long as the message.
inline const char* osc_text(const lo::Message& message, int index) {
    return reinterpret_cast<const char*>(message.argv()[index]);
}

} // namespace timbrel::host
