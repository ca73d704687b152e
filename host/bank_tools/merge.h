// Puts together a bank from shards that `timbrel bake --shard` has written. Off the audio thread.
#pragma once

#include <string>
#include <vector>

namespace timbrel::host {

// In any order. The bank gets the bytes that a bake in one go would have written under this name. Throws Error or
// BankError when a shard is missing, given twice, of another bank or of another number of shards, and when they do not
// hold the pitches of their bank, each once; leaves no half file.
void merge_shards(const std::vector<std::string>& shards, const std::string& output);

} // namespace timbrel::host
