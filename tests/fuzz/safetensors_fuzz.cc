// SPDX-License-Identifier: GPL-3.0-or-later
// Weights of arbitrary bytes: every tensor that is read lies within the file and has the size of its shape. The length
// of the header is put before the input, so that mutations of the header keep it: 2 bytes and the file behind its
// length; with a length of 0 the input is the whole file. The tensors are called a and b.
#include "models/network/tensor_file.h"
#include "tests/fuzz/fuzz.h"

#include <stdexcept>

using namespace timbrel::models;
using namespace timbrel::test;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Input input({data, size});
    const uint64_t header_bytes = input.number<uint16_t>();
    std::string contents = input.text(size);
    if (header_bytes > 0)
        contents.insert(0, std::string(reinterpret_cast<const char*>(&header_bytes), sizeof header_bytes));
    const std::span<const char> whole(contents);
    try {
        const TensorFile file(contents, "fuzz");
        for (const char* const name : {"a", "b"}) {
            try {
                const StoredTensor tensor = file.tensor(name);
                uint64_t bytes = tensor.type == StoredTensor::Type::half ? 2 : 4;
                for (const int64_t length : tensor.shape) bytes *= static_cast<uint64_t>(length);
                require(tensor.bytes.size() == bytes && bytes <= whole.size());
                uint8_t sum = 0; // reads them
                for (const char byte : tensor.bytes) sum = static_cast<uint8_t>(sum + byte);
                static_cast<void>(sum);
            } catch (const std::runtime_error& error) {
                require(std::string_view(error.what()).starts_with("fuzz: "));
            }
        }
        file.metadata();
    } catch (const std::runtime_error& error) {
        require(std::string_view(error.what()).starts_with("fuzz: "));
    }
    return 0;
}
