// SPDX-License-Identifier: GPL-3.0-or-later
// A file system (FUSE) that shows the files of a folder. While that folder holds a file named "broken", reading fails
// with an input/output error, as on a disk that breaks. Arguments: the folder, the mount point. Ends when unmounted.
#define FUSE_USE_VERSION 31
#include <fuse.h>

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

std::string shown_folder;

std::string path_of(const char* name) { return shown_folder + name; }

int result(int value) { return value < 0 ? -errno : value; }

int get_attributes(const char* name, struct stat* status, fuse_file_info*) {
    return result(lstat(path_of(name).c_str(), status));
}

int open_file(const char* name, fuse_file_info* file) {
    const int descriptor = open(path_of(name).c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    file->fh = static_cast<uint64_t>(descriptor);
    file->direct_io = 1; // every read comes here, none is served from the cache
    return 0;
}

int read_file(const char*, char* to, size_t bytes, off_t offset, fuse_file_info* file) {
    if (access(path_of("/broken").c_str(), F_OK) == 0) return -EIO;
    return result(static_cast<int>(pread(static_cast<int>(file->fh), to, bytes, offset)));
}

int close_file(const char*, fuse_file_info* file) { return close(static_cast<int>(file->fh)); }

} // namespace

int main(int count, char** arguments) {
    if (count != 3) return 2;
    shown_folder = arguments[1];
    fuse_operations operations{};
    operations.getattr = get_attributes;
    operations.open = open_file;
    operations.read = read_file;
    operations.release = close_file;
    std::string foreground = "-f", single_thread = "-s";
    char* fuse_arguments[] = {arguments[0], foreground.data(), single_thread.data(), arguments[2], nullptr};
    return fuse_main(4, fuse_arguments, &operations, nullptr);
}
