#define BOOST_TEST_MODULE models
#include "models/tensor/threads.h"

#include <boost/test/unit_test.hpp>

namespace {

struct OneThread {
    OneThread() { timbrel::models::use_one_thread_per_operator(); }
};

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(OneThread);
