// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/network/tensor_file.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <utility>

namespace timbrel::models {

namespace {

using nlohmann::json;

// A whole number; throws json::exception for other values. get() converts fractions of any size.
uint64_t whole_number(const json& value) { return value.get_ref<const json::number_unsigned_t&>(); }

// The bytes of a tensor, or nothing if they are more than `limit`.
std::optional<uint64_t> bytes_of(const std::vector<int64_t>& shape, uint64_t element, uint64_t limit) {
    uint64_t bytes = element;
    for (const int64_t size : shape) {
        if (size < 0 || (size > 0 && bytes > limit / static_cast<uint64_t>(size))) return std::nullopt;
        bytes *= static_cast<uint64_t>(size);
    }
    return bytes;
}

} // namespace

TensorFile TensorFile::read(const std::string& path) {
    std::error_code error;
    std::ifstream in;
    if (std::filesystem::is_regular_file(path, error)) in.open(path, std::ios::binary);
    if (!in.is_open()) throw std::runtime_error(path + ": cannot be read");
    return {{std::istreambuf_iterator<char>(in), {}}, path};
}

TensorFile::TensorFile(std::string contents, std::string name)
    : contents_(std::move(contents)), name_(std::move(name)) {
    uint64_t length = 0;
    if (contents_.size() < sizeof length) fail("too short for a safetensors file");
    std::memcpy(&length, contents_.data(), sizeof length);
    const auto rest = std::span<const char>(contents_).subspan(sizeof length);
    if (length > rest.size()) fail("its header is cut off");
    const auto text = rest.first(length);
    header_ = json::parse(text.begin(), text.end(), nullptr, false);
    if (!header_.is_object()) fail("its header is not JSON");
    data_ = rest.subspan(length);
}

void TensorFile::fail(const std::string& what) const { throw std::runtime_error(name_ + ": " + what); }

StoredTensor TensorFile::tensor(const std::string& name) const {
    if (!header_.contains(name)) fail("lacks " + name + "; it was made for another network");
    try {
        const json& entry = header_.at(name);
        const auto type = entry.at("dtype").get<std::string>();
        if (type != "F16" && type != "F32") fail(name + " has a type other than F16 and F32");
        StoredTensor tensor{type == "F16" ? StoredTensor::Type::half : StoredTensor::Type::single, {}, {}};
        for (const json& size : entry.at("shape")) tensor.shape.push_back(static_cast<int64_t>(whole_number(size)));
        const uint64_t from = whole_number(entry.at("data_offsets").at(0)),
                       to = whole_number(entry.at("data_offsets").at(1));
        const auto bytes = bytes_of(tensor.shape, type == "F16" ? 2 : 4, data_.size());
        if (from > to || to > data_.size() || bytes != to - from) fail(name + " does not lie within the file");
        tensor.bytes = data_.subspan(from, to - from);
        return tensor;
    } catch (const json::exception&) {
        fail("its header does not describe tensors");
    }
}

Metadata TensorFile::metadata() const {
    try {
        return header_.value("__metadata__", Metadata{});
    } catch (const json::exception&) {
        fail("its header does not describe tensors");
    }
}

} // namespace timbrel::models
