// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/network/safetensors.h"

#include "common/atomic_file.h"
#include "models/recipe/installed_file.h"

#include <nlohmann/json.hpp>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <stdexcept>

namespace timbrel::models {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error(path + ": cannot be read");
    return {std::istreambuf_iterator<char>(in), {}};
}

std::optional<torch::ScalarType> type_of(const std::string& name) {
    if (name == "F16") return torch::kHalf;
    if (name == "F32") return torch::kFloat;
    return {};
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
    const auto file = read_file(path);
    const auto damaged = [&](const std::string& what) { return std::runtime_error(path + ": " + what); };
    uint64_t length = 0;
    if (file.size() < sizeof length) throw damaged("too short for a safetensors file");
    std::memcpy(&length, file.data(), sizeof length);
    if (length > file.size() - sizeof length) throw damaged("its header is cut off");
    const auto header =
        json::parse(file.begin() + sizeof length, file.begin() + int64_t(sizeof length + length), nullptr, false);
    if (!header.is_object()) throw damaged("its header is not JSON");
    const char* data = file.data() + sizeof length + length;
    const uint64_t available = file.size() - sizeof length - length;
    torch::NoGradGuard no_grad;
    try {
        for (auto& p : module.named_parameters()) {
            if (!header.contains(p.key())) throw damaged("lacks " + p.key() + "; it was made for another network");
            const auto& entry = header.at(p.key());
            const auto from = entry.at("data_offsets").at(0).get<uint64_t>(),
                       to = entry.at("data_offsets").at(1).get<uint64_t>();
            const auto type = type_of(entry.at("dtype").get<std::string>());
            if (!type) throw damaged(p.key() + " has a type other than F16 and F32");
            auto copy = torch::empty(p.value().sizes(), *type);
            if (entry.at("shape").get<std::vector<int64_t>>() != p.value().sizes().vec() || to > available ||
                from > to || to - from != uint64_t(copy.numel()) * copy.element_size())
                throw damaged(p.key() + " has another shape than this network's");
            std::memcpy(copy.data_ptr(), data + from, to - from);
            p.value().copy_(copy);
        }
        return header.value("__metadata__", Metadata{});
    } catch (const json::exception&) {
        throw damaged("its header does not describe tensors");
    }
}

std::string find_model(const std::string& name) {
    if (name.find('/') != std::string::npos || name.ends_with(".safetensors")) return name;
    if (const auto path = find_installed_file(name + ".safetensors"); !path.empty()) return path;
    throw std::runtime_error("no model named " + name + "; give a .safetensors file with --model");
}

} // namespace timbrel::models
