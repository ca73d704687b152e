// SPDX-License-Identifier: GPL-3.0-or-later
// The meeting point of windows and the bake service, `timbrel-bake serve`, which bakes sounds that are dropped on a
// window. One service works for all windows of a user. Both sides send lines of JSON over a local socket:
//
//   window   {"bake": [ARGUMENT...]}          the arguments of `timbrel bake`, paths absolute
//            {"check": [SOURCE...]}           answered by "source" or "refused" for each, then "finished"
//   service  {"source": N, "hash": HASH}      source N can be used; HASH is that of its contents in banks
//            {"waiting": true}                another window's bake runs first
//            {"refused": N, "why": TEXT}      source N of the recipe cannot be used; may come several times, then error
//            {"stage": I, "of": N, "done": D, "left": S}
//                                             I counts from 1; D: the finished part of all work, 0 to 1; S: seconds
//                                             to the end, estimated; missing at the beginning
//            {"noticed": N, "what": [TEXT...]} what was noticed about source N; each stage replaces the one before
//            {"bank": PATH, "stage": I}       stage I is written; each stage replaces the one before
//            {"finished": true}               the last stage was the bank that was asked for
//            {"error": TEXT}                  nothing more follows
//
// A window cancels by closing the connection. Thread: control.
#pragma once

#include <string>
#include <sys/un.h>

namespace timbrel {

// The socket's path: timbrel/bake.socket in $XDG_RUNTIME_DIR; without that variable, in /tmp/timbrel-UID. Creates the
// folder, which only the user may enter. Throws Error if it belongs to another user or cannot be created.
std::string bake_service_path();

// Throws Error if the path is too long for a socket.
sockaddr_un socket_address(const std::string& path);

inline constexpr size_t max_service_line = 1 << 16; // bytes

} // namespace timbrel
