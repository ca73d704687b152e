// The host's table of URIs and their numbers, with the LV2 features that hand it to plugins.
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

    // Any thread but the audio thread: both take a lock, and map() may allocate. The text that unmap() returns lives as
    // long as the table; it is null for an unknown number.
    LV2_URID map(const char* uri);
    const char* unmap(LV2_URID urid);

    LV2_URID_Map* map_feature() { return &map_feature_; }
    LV2_URID_Unmap* unmap_feature() { return &unmap_feature_; }

  private:
    std::mutex mutex_;
    std::unordered_map<std::string, LV2_URID> numbers_;
    std::deque<std::string> uris_; // a deque, because pointers into it must outlive its growth
    LV2_URID_Map map_feature_;
    LV2_URID_Unmap unmap_feature_;
};

} // namespace timbrel::host
