// SPDX-License-Identifier: GPL-3.0-or-later
// timbrel-sampler URI[#PRESET] RATE: plays notes of an LV2 instrument for timbrel-bake, in a separate process, because
// the instrument may crash. Requests and replies go through the socket on standard input; see
// host/lv2/sampler_protocol.h.
#include "host/lv2/note_player.h"
#include "host/lv2/sampler_protocol.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>

#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace timbrel::host;

bool send_all(const void* data, size_t bytes) {
    const auto* from = static_cast<const char*>(data);
    while (bytes > 0) {
        const ssize_t sent = send(STDIN_FILENO, from, bytes, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        from += sent;
        bytes -= static_cast<size_t>(sent);
    }
    return true;
}

bool reply(ReplyKind kind, const std::string& text) {
    const ReplyHeader head{kind, static_cast<uint32_t>(text.size())};
    return send_all(&head, sizeof head) && send_all(text.data(), text.size());
}

bool reply(const RenderedNote& note) {
    const size_t bytes = note.left.size() * sizeof(float);
    const ReplyHeader head{ReplyKind::sound, static_cast<uint32_t>(2 * bytes)};
    return send_all(&head, sizeof head) && send_all(note.left.data(), bytes) && send_all(note.right.data(), bytes);
}

bool handle_request(NotePlayer& player, const NoteRequest& request) {
    try {
        return reply(player.play(request.pitch, request.velocity, request.hold, request.release));
    } catch (const std::exception& error) {
        return reply(ReplyKind::failure, error.what());
    }
}

} // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("timbrel-sampler: is started by timbrel bake, not by hand\n", stderr);
        return 2;
    }
    try {
        NotePlayer player(arguments[1], std::atof(arguments[2]));
        const InstrumentDescription& about = player.description();
        const nlohmann::json description{{"plugin", about.plugin}, {"preset", about.preset},
                                         {"author", about.author}, {"licence", about.licence},
                                         {"binary", about.binary}, {"presets", about.presets}};
        bool connected =
            reply(ReplyKind::description, description.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
        for (NoteRequest request;
             connected && recv(STDIN_FILENO, &request, sizeof request, MSG_WAITALL) == sizeof request;)
            connected = handle_request(player, request);
    } catch (const std::exception& error) {
        reply(ReplyKind::failure, error.what());
    }
    return 0;
}
