// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/network/safetensors.h"

#include "common/atomic_file.h"
#include "models/recipe/installed_file.h"

#include <nlohmann/json.hpp>

#include <cstring>
#include <span>
#include <stdexcept>

namespace timbrel::models {
using nlohmann::json;

namespace {

torch::ScalarType scalar_type(StoredTensor::Type type) {
    return type == StoredTensor::Type::half ? torch::kHalf : torch::kFloat;
}

} // namespace

void save_weights(const std::string& path, const torch::nn::Module& module, const Metadata& metadata) {
    json header;
    header["__metadata__"] = metadata;
    std::string data;
    for (const auto& p : module.named_parameters()) {
        const auto t = p.value().detach().to(torch::kCPU, torch::kHalf).contiguous();
        const auto bytes = size_t(t.numel()) * t.element_size();
        header[p.key()] = {
            {"dtype", "F16"}, {"shape", t.sizes().vec()}, {"data_offsets", {data.size(), data.size() + bytes}}};
        data.append(static_cast<const char*>(t.data_ptr()), bytes);
    }
    auto text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    const uint64_t length = text.size();
    AtomicFile out(path);
    out.write(std::as_bytes(std::span(&length, 1)));
    out.write(std::as_bytes(std::span(text)));
    out.write(std::as_bytes(std::span(data)));
    out.finish_unsynced();
}

Metadata load_weights(const std::string& path, torch::nn::Module& module) {
    const TensorFile file = TensorFile::read(path);
    torch::NoGradGuard no_grad;
    for (auto& p : module.named_parameters()) {
        const StoredTensor stored = file.tensor(p.key());
        if (stored.shape != p.value().sizes().vec()) file.fail(p.key() + " has another shape than this network's");
        auto copy = torch::empty(p.value().sizes(), scalar_type(stored.type));
        std::memcpy(copy.data_ptr(), stored.bytes.data(), stored.bytes.size());
        p.value().copy_(copy);
    }
    return file.metadata();
}

std::string find_model(const std::string& name) {
    if (name.find('/') != std::string::npos || name.ends_with(".safetensors") || name.ends_with(".ts")) return name;
    if (const auto path = find_installed_file(name + ".safetensors"); !path.empty()) return path;
    throw std::runtime_error("no model named " + name + "; give a .safetensors or .ts file with --model");
}

} // namespace timbrel::models
