// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/file_hash.h"

#include "common/error.h"

#include <xxhash.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <vector>

namespace timbrel {
namespace {

std::string hexadecimal(XXH64_hash_t hash) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    return text;
}

} // namespace

std::string hash_of_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Error(path + ": cannot be read");
    const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(), XXH3_freeState);
    XXH3_64bits_reset(state.get());
    std::vector<char> block(1 << 20);
    while (file) {
        file.read(block.data(), static_cast<std::streamsize>(block.size()));
        XXH3_64bits_update(state.get(), block.data(), static_cast<size_t>(file.gcount()));
    }
    if (file.bad()) throw Error(path + ": cannot be read to its end");
    return hexadecimal(XXH3_64bits_digest(state.get()));
}

std::string hash_of_text(const std::string& text) { return hexadecimal(XXH3_64bits(text.data(), text.size())); }

} // namespace timbrel
