// SPDX-License-Identifier: GPL-3.0-or-later
#define BOOST_TEST_MODULE models
#include "models/recipe/recipe.h"
#include "models/tensor/computation.h"

#include <boost/test/unit_test.hpp>

namespace {

struct Process {
    Process() {
        timbrel::models::prepare_computation();
        timbrel::models::use_recipe(timbrel::models::load_recipe(TIMBREL_TEST_RECIPE));
    }
};

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(Process);
