// SPDX-License-Identifier: GPL-3.0-or-later
// Merges the shards that `timbrel bake --shard` writes into one bank. Thread: control.
#pragma once

#include <string>
#include <vector>

namespace timbrel::host {

// Shards may be given in any order. The bank has the same bytes as one baked at once under this name. Throws Error or
// BankError when a shard is missing, repeated, from another bank or from another number of shards, and unless the
// shards contain every pitch of their bank exactly once. Leaves no partial file.
void merge_shards(const std::vector<std::string>& shards, const std::string& output);

} // namespace timbrel::host
