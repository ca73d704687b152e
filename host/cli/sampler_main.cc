// timbrel-sampler URI[#PRESET] RATE: plays notes of an LV2 instrument for the baker, see lv2/sampler_protocol.h.
#include "host/lv2/note_player.h"
#include "host/lv2/sampler_protocol.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>

#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace timbrel::host;

bool put(const void* data, size_t bytes) {
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
    const ReplyHead head{kind, static_cast<uint32_t>(text.size())};
    return put(&head, sizeof head) && put(text.data(), text.size());
}

bool reply(const PlayedNote& note) {
    const size_t bytes = note.left.size() * sizeof(float);
    const ReplyHead head{ReplyKind::sound, static_cast<uint32_t>(2 * bytes)};
    return put(&head, sizeof head) && put(note.left.data(), bytes) && put(note.right.data(), bytes);
}

bool answer(NotePlayer& player, const NoteRequest& request) {
    try {
        return reply(player.play(request.pitch, request.velocity, request.hold, request.release));
    } catch (const std::exception& error) {
        return reply(ReplyKind::failure, error.what());
    }
}

} // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("timbrel-sampler: works for timbrel bake, not by itself\n", stderr);
        return 2;
    }
    try {
        NotePlayer player(arguments[1], std::atof(arguments[2]));
        const InstrumentDescription& about = player.description();
        const nlohmann::json description{{"plugin", about.plugin}, {"preset", about.preset},
                                         {"author", about.author}, {"licence", about.licence},
                                         {"binary", about.binary}, {"presets", about.presets}};
        bool going =
            reply(ReplyKind::description, description.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
        for (NoteRequest request; going && recv(STDIN_FILENO, &request, sizeof request, MSG_WAITALL) == sizeof request;)
            going = answer(player, request);
    } catch (const std::exception& error) {
        reply(ReplyKind::failure, error.what());
    }
    return 0;
}
