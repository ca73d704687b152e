// SPDX-License-Identifier: GPL-3.0-or-later
// The host's table of URIs and their numbers (URIDs), with the LV2 features that give plugins access to it.
// Threads: any but audio; map() and unmap() lock a mutex, and map() may allocate.
#pragma once

#include <lv2/urid/urid.h>

#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

namespace timbrel::host {

class UridTable {
  public:
    UridTable();
    UridTable(const UridTable&) = delete;
    UridTable& operator=(const UridTable&) = delete;

    // The number of a URI, added if new.
    LV2_URID map(const char* uri);
    // The URI of a number, valid as long as the table; null for an unknown number.
    const char* unmap(LV2_URID urid);

    LV2_URID_Map* map_feature() { return &map_feature_; }
    LV2_URID_Unmap* unmap_feature() { return &unmap_feature_; }

  private:
    std::mutex mutex_;
    std::unordered_map<std::string, LV2_URID> urids_;
    std::deque<std::string> uris_; // a deque, so that pointers into it stay valid as it grows
    LV2_URID_Map map_feature_;
    LV2_URID_Unmap unmap_feature_;
};

} // namespace timbrel::host
