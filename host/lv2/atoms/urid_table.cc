// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/atoms/urid_table.h"

namespace timbrel::host {

UridTable::UridTable() {
    map_feature_.handle = this;
    map_feature_.map = [](LV2_URID_Map_Handle self, const char* uri) {
        return static_cast<UridTable*>(self)->map(uri);
    };
    unmap_feature_.handle = this;
    unmap_feature_.unmap = [](LV2_URID_Unmap_Handle self, LV2_URID urid) {
        return static_cast<UridTable*>(self)->unmap(urid);
    };
}

LV2_URID UridTable::map(const char* uri) {
    const std::lock_guard lock(mutex_);
    const auto [entry, inserted] = urids_.try_emplace(uri, static_cast<LV2_URID>(uris_.size() + 1));
    if (inserted) uris_.emplace_back(uri);
    return entry->second;
}

const char* UridTable::unmap(LV2_URID urid) {
    const std::lock_guard lock(mutex_);
    return urid == 0 || urid > uris_.size() ? nullptr : uris_[urid - 1].c_str();
}

} // namespace timbrel::host
