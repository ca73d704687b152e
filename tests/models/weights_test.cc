// SPDX-License-Identifier: GPL-3.0-or-later
// Saving and loading of weights, and damaged files.
#include "models/network/safetensors.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

using namespace timbrel;
using namespace timbrel::models;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(weights)

BOOST_AUTO_TEST_CASE(saved_weights_load) {
    const auto path = (fs::temp_directory_path() / "timbrel-test-weights.safetensors").string();
    torch::manual_seed(3);
    Autoencoder saved, loaded;
    save_weights(path, *saved, {{"steps", "7"}});
    BOOST_TEST(load_weights(path, *loaded).at("steps") == "7");
    const auto a = saved->parameters(), b = loaded->parameters();
    size_t count = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        BOOST_TEST(torch::equal(a[i].to(torch::kHalf).to(torch::kFloat), b[i]));
        count += size_t(a[i].numel());
    }
    BOOST_TEST(fs::file_size(path) < 2 * count + 10'000);
    fs::remove(path);
}

BOOST_AUTO_TEST_CASE(single_precision_weights_load) {
    const auto path = (fs::temp_directory_path() / "timbrel-test-single.safetensors").string();
    torch::manual_seed(3);
    Autoencoder network, loaded;
    nlohmann::json header;
    std::string data;
    for (const auto& p : network->named_parameters()) {
        const auto bytes = size_t(p.value().numel()) * sizeof(float);
        header[p.key()] = {
            {"dtype", "F32"}, {"shape", p.value().sizes().vec()}, {"data_offsets", {data.size(), data.size() + bytes}}};
        data.append(static_cast<const char*>(p.value().data_ptr()), bytes);
    }
    const auto text = header.dump();
    const uint64_t length = text.size();
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(&length), sizeof length) << text << data;
    load_weights(path, *loaded);
    const auto a = network->parameters(), b = loaded->parameters();
    for (size_t i = 0; i < a.size(); ++i) BOOST_TEST(torch::equal(a[i], b[i]));
    fs::remove(path);
}

BOOST_AUTO_TEST_CASE(damaged_files_are_refused_by_name) {
    const auto path = (fs::temp_directory_path() / "timbrel-test-damaged.safetensors").string();
    Autoencoder network;
    save_weights(path, *network, {});
    const auto refused = [&] {
        try {
            load_weights(path, *network);
            return false;
        } catch (const std::runtime_error& e) {
            return std::string(e.what()).find(path) == 0;
        }
    };
    for (size_t size : {size_t(0), size_t(5), size_t(100), size_t(fs::file_size(path) - 4)}) {
        save_weights(path, *network, {});
        fs::resize_file(path, size);
        BOOST_TEST(refused(), "cut to " << size);
    }
    std::ofstream(path, std::ios::binary) << std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}");
    BOOST_TEST(refused());
    Critic other;
    save_weights(path, *other, {});
    BOOST_TEST(refused());
    fs::remove(path);
}

BOOST_AUTO_TEST_SUITE_END()
