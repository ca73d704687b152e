// SPDX-License-Identifier: GPL-3.0-or-later
// Lets programs on one machine, and threads of one program, notice that they write the same file. Each writer owns a
// socket whose name is made of the file's; a new one sends a datagram to the others. Nothing is left behind by a killed
// program. Thread: control or worker; an object serves one thread at a time.
#pragma once

#include <string>

namespace timbrel {

class RivalWriters {
  public:
    // Announces a writer of the file, which need not exist. Without effect where sockets are not available.
    explicit RivalWriters(const std::string& file);
    ~RivalWriters();
    RivalWriters(const RivalWriters&) = delete;
    RivalWriters& operator=(const RivalWriters&) = delete;

    // Whether another writer was there when this one came, or has come since. True once.
    bool noticed();

  private:
    int socket_ = -1;
    bool noticed_ = false;
};

} // namespace timbrel
