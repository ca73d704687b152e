// SPDX-License-Identifier: GPL-3.0-or-later
// Replaces osc.cc and nsm_session.cc in a build with -Dosc=disabled.
#include "common/error.h"
#include "host/player/nsm_session.h"
#include "host/player/osc.h"

namespace timbrel::host {

std::unique_ptr<Osc> make_osc(const std::string&) {
    throw UsageError("--osc: this build has no Open Sound Control; configure it with -Dosc=enabled");
}

std::unique_ptr<NsmSession> join_session(SessionClient&, const std::string&) {
    if (!has_session_manager()) return nullptr;
    throw Error("NSM_URL is set, but this build has no sessions; configure it with -Dosc=enabled, or unset NSM_URL");
}

} // namespace timbrel::host
