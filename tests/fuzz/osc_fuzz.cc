// SPDX-License-Identifier: GPL-3.0-or-later
// Datagrams of arbitrary bytes: every request in them is within its bounds, and their number is bounded.
#include "common/foreign_text.h"
#include "host/player/osc/osc_packet.h"
#include "tests/fuzz/fuzz.h"

#include <cmath>

using namespace timbrel::host;
using timbrel::test::require;

namespace {

struct Check {
    void operator()(const OscCommand& command) const {
        require(command.name.size() <= 100 && timbrel::printable(command.name) == command.name);
    }
    void operator()(const OscControl& control) const {
        require(std::isfinite(control.value) && control.symbol.find('\0') == control.symbol.npos);
    }
    void operator()(const OscNote& note) const {
        require(note.key >= 0 && note.key < 128 && note.velocity >= 0 && note.velocity < 128);
    }
    void operator()(const OscListen& listen) const { require(listen.port >= 1 && listen.port <= 65535); }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    // Of exactly this size, so that the sanitizer sees every access beyond it.
    std::vector<char> packet(data, data + size);
    const std::vector<OscRequest> requests = read_osc_packet(packet);
    require(requests.size() <= size / 8);
    for (const OscRequest& request : requests) std::visit(Check(), request);
    return 0;
}
