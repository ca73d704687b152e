// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/export/zip_file.h"

#include <minizip/zip.h>

#include <algorithm>
#include <utility>

namespace timbrel::host {

namespace {

constexpr uLong first_of_1980 = 0x21;             // the oldest date of the format, instead of the time of day
constexpr size_t written_bytes = size_t{1} << 30; // at a time; minizip counts them in 32 bits
constexpr char disk_full[] = "the disk may be full";

} // namespace

// minizip opens the file once more, by its temporary name.
ZipFile::ZipFile(const std::string& path)
    : file_(path, advice_other_output), archive_(zipOpen64(file_.part_path().c_str(), APPEND_STATUS_CREATE)) {
    if (!archive_) file_.fail(disk_full);
}

ZipFile::~ZipFile() {
    if (archive_) zipClose(archive_, nullptr);
}

void ZipFile::add(const std::string& name, std::span<const std::byte> content) {
    zip_fileinfo info{};
    info.dosDate = first_of_1980;
    constexpr int stored = 0, no_level = 0, zip64 = 0;
    bool written = zipOpenNewFileInZip64(archive_, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, stored,
                                         no_level, zip64) == ZIP_OK;
    while (written && !content.empty()) {
        const auto part = content.first(std::min(content.size(), written_bytes));
        written = zipWriteInFileInZip(archive_, part.data(), static_cast<unsigned>(part.size())) == ZIP_OK;
        content = content.subspan(part.size());
    }
    if (!written || zipCloseFileInZip(archive_) != ZIP_OK) file_.fail(disk_full);
}

void ZipFile::finish() {
    if (zipClose(std::exchange(archive_, nullptr), nullptr) != ZIP_OK) file_.fail(disk_full);
    file_.finish();
}

} // namespace timbrel::host
