// SPDX-License-Identifier: GPL-3.0-or-later
// Names for JACK servers that this program starts. JACK's registry has eight entries, and the entry of a killed server
// becomes free only when a server of the same name starts. Hence few names, which are used again. Thread: control.
#pragma once

#include <string>

namespace timbrel::host {

class ServerName {
  public:
    ServerName() = default;
    // Releases the name.
    ~ServerName();
    ServerName(const ServerName&) = delete;
    ServerName& operator=(const ServerName&) = delete;

    // Releases the name and takes the next one that no other object of this user has. False if there is none; get() is
    // then invalid. Throws Error if the lock file cannot be opened.
    bool take_next();

    // How many names there are. Two of the registry's eight entries are left to other programs.
    static constexpr int count = 6;

    const std::string& get() const { return name_; }

  private:
    std::string name_;
    int number_ = -1; // in the name; counted on by the next take_next()
    int lock_ = -1;   // descriptor of the lock file
};

} // namespace timbrel::host
