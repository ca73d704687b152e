// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of `timbrel evaluate --parts planes` where a measure has no value.
#include "models/evaluation/evaluate_planes.h"
#include "tests/models/evaluation/printed.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <string>

using namespace timbrel;
using namespace timbrel::models;
using nlohmann::json;

namespace {

void check_no_figures(const json& planes) {
    const std::string text = test::printed([&] { print_planes(planes); });
    BOOST_TEST(text.find("All planes") != std::string::npos);
    for (const char* none : {"nan", "inf"}) BOOST_TEST(text.find(none) == std::string::npos, text);
}

} // namespace

BOOST_AUTO_TEST_SUITE(plane_tables)

BOOST_AUTO_TEST_CASE(no_plane_was_evaluated) { check_no_figures(evaluate_planes(nullptr, {}, torch::kCPU)); }

BOOST_AUTO_TEST_CASE(a_plane_has_no_value_between_its_corners) {
    json planes = evaluate_planes(nullptr, {}, torch::kCPU);
    const json measures{
        {"pair_layer", nullptr}, {"late_index", nullptr}, {"network_change", nullptr}, {"harmonicity_change", nullptr}};
    const json no_paths = json::array(), no_corners = json::array();
    planes["planes"] = json::array({{{"corners", no_corners},
                                     {"between", {{"dB", measures}, {"network", measures}, {"layer", measures}}},
                                     {"grid_error", {{"dB", nullptr}, {"network", nullptr}}},
                                     {"paths", {{"dB", no_paths}, {"network", no_paths}}}}});
    check_no_figures(planes);
}

BOOST_AUTO_TEST_SUITE_END()
