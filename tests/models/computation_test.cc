// SPDX-License-Identifier: GPL-3.0-or-later
// What a process that bakes sets before it computes.
#include "models/tensor/parallel.h"
#include "models/tensor/tensors.h"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <thread>

using namespace timbrel::models;

namespace {

long page_faults() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_minflt;
}

} // namespace

BOOST_AUTO_TEST_SUITE(computation)

BOOST_AUTO_TEST_CASE(every_thread_takes_numbers_of_less_than_full_precision_as_0) {
    std::vector<float> products(2 * size_t(std::thread::hardware_concurrency()) + 2);
    parallel_for(products.size(), [&](size_t i) {
        const auto tiny = torch::full({64, 64}, 1e-22f);
        products[i] = torch::mm(tiny, tiny).max().item<float>();
    });
    for (const float product : products) BOOST_TEST(product == 0);
}

BOOST_AUTO_TEST_CASE(freed_memory_is_used_again_without_the_kernel) {
    const auto work = [] {
        std::vector<Tensor> tensors;
        for (int i = 0; i < 8; ++i) tensors.push_back(torch::ones({4 << 20})); // 16 MiB
    };
    work();
    const long before = page_faults();
    work();
    BOOST_TEST(page_faults() - before < 100);
}

BOOST_AUTO_TEST_SUITE_END()
