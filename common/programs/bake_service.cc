// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/programs/bake_service.h"

#include "common/error.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace timbrel {

namespace {

// A private folder of this user: nobody else can put a socket of their own there.
void make_private_folder(const std::string& folder) {
    if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) throw Error(folder + ": " + std::strerror(errno));
    struct stat status {};
    if (lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != geteuid() ||
        (status.st_mode & 077) != 0)
        throw Error(folder + ": must be a folder that only you may enter");
}

} // namespace

std::string bake_service_path() {
    const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
    std::error_code error;
    const bool usable = runtime && *runtime == '/' && std::filesystem::is_directory(runtime, error);
    const std::string folder = usable ? std::string(runtime) + "/timbrel" : "/tmp/timbrel-" + std::to_string(geteuid());
    make_private_folder(folder);
    return folder + "/bake.socket";
}

sockaddr_un socket_address(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw Error(path + ": too long for a socket");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

} // namespace timbrel
