// SPDX-License-Identifier: GPL-3.0-or-later
// timbrel-sampler URI[#PRESET] RATE: plays notes of an LV2 instrument for timbrel-bake, in a separate process, because
// the instrument may crash. Requests and replies go through the socket on standard input; see
// host/lv2/sampler_protocol.h.
#include "common/error.h"
#include "host/lv2/note_player.h"
#include "host/lv2/sampler_protocol.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>

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

bool receive_all(void* to, size_t bytes) {
    return bytes == 0 || recv(STDIN_FILENO, to, bytes, MSG_WAITALL) == static_cast<ssize_t>(bytes);
}

bool play_note(NotePlayer& player, const std::string& content) {
    NoteRequest request;
    if (content.size() != sizeof request) throw timbrel::Error("the request for a note has the wrong size");
    std::memcpy(&request, content.data(), sizeof request);
    return reply(player.play(request.pitch, request.velocity, request.hold, request.release));
}

bool set_controls(NotePlayer& player, const std::string& content) {
    player.set_controls(nlohmann::json::parse(content).get<ControlValues>());
    return reply(ReplyKind::controls_set, "");
}

// False once the socket is closed, or if its content cannot be parsed any more.
bool handle_request(NotePlayer& player) {
    RequestHeader head;
    if (!receive_all(&head, sizeof head)) return false;
    if (head.bytes > max_request_bytes) {
        reply(ReplyKind::failure, "a request is longer than " + std::to_string(max_request_bytes) + " bytes");
        return false;
    }
    std::string content(head.bytes, '\0');
    if (!receive_all(content.data(), content.size())) return false;
    try {
        switch (head.kind) {
        case RequestKind::note:
            return play_note(player, content);
        case RequestKind::controls:
            return set_controls(player, content);
        }
        return reply(ReplyKind::failure, "a request has no known kind");
    } catch (const nlohmann::json::exception&) {
        return reply(ReplyKind::failure, "the request for controls is malformed");
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
    setenv("QT_QPA_PLATFORM", "offscreen", 0); // plugins that use Qt end the process where there is no display
    try {
        NotePlayer player(arguments[1], std::atof(arguments[2]));
        const InstrumentDescription& about = player.description();
        const nlohmann::json description{{"plugin", about.plugin}, {"preset", about.preset},
                                         {"author", about.author}, {"licence", about.licence},
                                         {"binary", about.binary}, {"presets", about.presets}};
        bool connected =
            reply(ReplyKind::description, description.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
        while (connected) connected = handle_request(player);
    } catch (const std::exception& error) {
        reply(ReplyKind::failure, error.what());
    }
    return 0;
}
