// SPDX-License-Identifier: GPL-3.0-or-later
// A ZIP archive whose files are stored without compression, so that players can stream them from it. The archive
// appears under its name when it is complete; equal contents give equal bytes. Thread: control.
#pragma once

#include "common/atomic_file.h"

#include <cstddef>
#include <span>
#include <string>

namespace timbrel::host {

class ZipFile {
  public:
    // All functions throw Error when the file cannot be written.
    explicit ZipFile(const std::string& path);
    ~ZipFile();
    ZipFile(const ZipFile&) = delete;
    ZipFile& operator=(const ZipFile&) = delete;

    // `name`: ASCII, relative, with slashes.
    void add(const std::string& name, std::span<const std::byte> content);

    void finish();

  private:
    AtomicFile file_;
    void* archive_; // minizip's zipFile; null once it is closed
};

} // namespace timbrel::host
