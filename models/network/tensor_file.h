// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a safetensors file: a 64-bit length, a JSON header of that length, the tensors. Independent of libTorch.
// Source: huggingface.co/docs/safetensors. Thread: control.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace timbrel::models {

using Metadata = std::map<std::string, std::string>; // a file's __metadata__

struct StoredTensor {
    enum class Type { half, single } type; // F16, F32
    std::vector<int64_t> shape;            // none is negative
    std::span<const char> bytes;           // as many as type and shape need; not aligned
};

class TensorFile {
  public:
    // Every function throws std::runtime_error with a line that names the file.

    static TensorFile read(const std::string& path);

    // A file in memory; `name` begins the messages.
    TensorFile(std::string contents, std::string name);

    // The tensor of that name, which refers to this object's memory. Throws where it is missing, of another type, or
    // does not lie within the file.
    StoredTensor tensor(const std::string& name) const;

    // Throws where it is not a map of texts; empty where the file has none.
    Metadata metadata() const;

    [[noreturn]] void fail(const std::string& what) const;

  private:
    std::string contents_, name_;
    nlohmann::json header_;
    std::span<const char> data_; // behind the header
};

} // namespace timbrel::models
