// SPDX-License-Identifier: GPL-3.0-or-later
// The bundle's description and binaries.
#define BOOST_TEST_MODULE description
#include <boost/test/unit_test.hpp>

#include "host/lv2/port.h"
#include "host/lv2/state.h"
#include "plugin/lv2/shared/ports.h"
#include "tests/host/support/process.h"

#include <lv2/core/lv2.h>
#include <lv2/options/options.h>
#include <lv2/port-groups/port-groups.h>
#include <lv2/presets/presets.h>
#include <lv2/state/state.h>
#include <lv2/ui/ui.h>
#include <lv2/units/units.h>

#include <dlfcn.h>
#include <iterator>
#include <set>
#include <sstream>

using namespace timbrel::test;
using namespace timbrel;
using namespace timbrel::engine;

namespace {

const std::string folder = BUNDLE;
const std::string binary = folder + "/timbrel.so";

std::vector<std::string> split_words(const std::string& text) {
    std::istringstream in(text);
    return {std::istream_iterator<std::string>(in), {}};
}

struct DescribedPlugin {
    explicit DescribedPlugin(const char* uri) : plugin((world.timbrel_plugin(), world.require_installed(uri))) {
        ports = host::read_ports(world, plugin);
    }
    host::World world;
    const LilvPlugin* plugin;
    std::vector<host::Port> ports;
};

} // namespace

BOOST_AUTO_TEST_CASE(the_ports_are_those_of_the_code) {
    for (const char* uri : {lv2::morph_uri, lv2::morph_cv_uri}) {
        const DescribedPlugin described(uri);
        const bool cv = uri == lv2::morph_cv_uri;
        BOOST_REQUIRE(described.ports.size() == (cv ? lv2::port_count_morph_cv : lv2::port_count_morph));
        const char* first[] = {"control", "notify",  "out_left",  "out_right", "x",
                               "y",       "enabled", "freewheel", "latency"};
        for (size_t i = 0; i < std::size(first); ++i) BOOST_TEST(described.ports[i].symbol == first[i]);
        for (size_t i = 0; i < parameter_count; ++i) {
            const auto& port = described.ports[lv2::parameter_port(static_cast<Parameter>(i))];
            BOOST_TEST(port.symbol == parameters[i].symbol);
            BOOST_TEST(port.minimum == parameters[i].minimum);
            BOOST_TEST(port.maximum == parameters[i].maximum);
            BOOST_TEST(port.default_value == parameters[i].initial);
        }
        if (cv) BOOST_TEST(described.ports[lv2::port_y_cv].symbol == "y_cv");
    }
}

BOOST_AUTO_TEST_CASE(every_control_says_what_it_is) {
    for (const char* uri : {lv2::morph_uri, lv2::morph_cv_uri}) {
        const DescribedPlugin described(uri);
        const host::Node unit = described.world.uri(LV2_UNITS__unit),
                         group = described.world.uri(LV2_PORT_GROUPS__group),
                         short_name = described.world.uri(LV2_CORE_PREFIX "shortName"),
                         comment = described.world.uri("http://www.w3.org/2000/01/rdf-schema#comment");
        std::set<std::string> short_names;
        for (size_t i = 0; i < parameter_count; ++i) {
            const LilvPort* const port =
                lilv_plugin_get_port_by_index(described.plugin, lv2::parameter_port(static_cast<Parameter>(i)));
            for (const host::Node* term : {&unit, &group, &comment}) {
                const host::Node value(lilv_port_get(described.plugin, port, term->get()));
                BOOST_TEST((value != nullptr), parameters[i].symbol << " lacks " << lilv_node_as_uri(term->get()));
            }
            const host::Node shown(lilv_port_get(described.plugin, port, short_name.get()));
            BOOST_REQUIRE((shown != nullptr));
            const std::string name = lilv_node_as_string(shown.get());
            BOOST_TEST(name == parameters[i].short_name);
            BOOST_TEST(name.size() <= 16u, name << " is longer than LV2 recommends");
            BOOST_TEST(short_names.insert(name).second, name << " names two parameters");
        }
    }
}

BOOST_AUTO_TEST_CASE(little_is_required_and_all_claims_are_kept) {
    const DescribedPlugin described(lv2::morph_uri);
    LilvNodes* const required = lilv_plugin_get_required_features(described.plugin);
    BOOST_TEST(lilv_nodes_size(required) == 1u);
    lilv_nodes_free(required);
    BOOST_TEST(lilv_plugin_verify(described.plugin));
    const host::Node is_a = described.world.uri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
                     instrument = described.world.uri(LV2_CORE__InstrumentPlugin);
    LilvNodes* const types = lilv_plugin_get_value(described.plugin, is_a.get());
    BOOST_TEST(lilv_nodes_contains(types, instrument.get()));
    lilv_nodes_free(types);
    const host::Node name(lilv_plugin_get_name(described.plugin)),
        author(lilv_plugin_get_author_name(described.plugin));
    BOOST_TEST((name && author));
}

BOOST_AUTO_TEST_CASE(presets_are_found_and_set_every_knob) {
    const DescribedPlugin described(lv2::morph_uri);
    const host::Node preset = described.world.uri(LV2_PRESETS__Preset);
    LilvNodes* const presets = lilv_plugin_get_related(described.plugin, preset.get());
    BOOST_TEST(lilv_nodes_size(presets) >= 8u);
    host::UridTable urids;
    std::set<std::string> names;
    LILV_FOREACH(nodes, entry, presets) {
        const LilvNode* const uri = lilv_nodes_get(presets, entry);
        lilv_world_load_resource(described.world.get(), uri);
        const host::State state(lilv_state_new_from_world(described.world.get(), urids.map_feature(), uri));
        BOOST_REQUIRE(state);
        names.insert(lilv_state_get_label(state.get()));
        std::set<std::string> set;
        lilv_state_emit_port_values(
            state.get(),
            [](const char* symbol, void* to, const void*, uint32_t, uint32_t) {
                static_cast<std::set<std::string>*>(to)->insert(symbol);
            },
            &set);
        for (size_t i = 2; i < parameter_count; ++i) BOOST_TEST(set.contains(parameters[i].symbol));
    }
    BOOST_TEST(names.size() == lilv_nodes_size(presets));
    lilv_nodes_free(presets);
}

BOOST_AUTO_TEST_CASE(the_binary_shows_one_symbol_and_needs_little) {
    const std::vector<std::string> symbols = split_words(run({"nm", "-D", "--defined-only", binary}).out);
    BOOST_TEST((symbols.size() == 3u && symbols.back() == "lv2_descriptor"), symbols.size() / 3 << " symbols");
    const std::set<std::string> allowed = {
        "libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"};
    std::istringstream lines(run({"readelf", "-d", binary}).out);
    for (std::string line; std::getline(lines, line);) {
        if (line.find("(NEEDED)") == std::string::npos) continue;
        const std::string library = line.substr(line.find('[') + 1, line.find(']') - line.find('[') - 1);
        BOOST_TEST(allowed.contains(library), library);
    }
    const std::vector<std::string> undefined = split_words(run({"nm", "-D", "--undefined-only", binary}).out);
    for (const std::string& symbol : undefined) BOOST_TEST((symbol != "fork" && !symbol.starts_with("fork@")));
}

BOOST_AUTO_TEST_CASE(the_windows_binary_shows_one_symbol_and_brings_no_toolkit) {
    const std::string window = folder + "/timbrel-window.so";
    const std::vector<std::string> symbols = split_words(run({"nm", "-D", "--defined-only", window}).out);
    BOOST_TEST((symbols.size() == 3u && symbols.back() == "lv2ui_descriptor"), symbols.size() / 3 << " symbols");
    const std::string needed = run({"readelf", "-d", window}).out;
    for (const char* toolkit : {"gtk", "Qt", "fltk"}) BOOST_TEST(needed.find(toolkit) == std::string::npos);
    BOOST_TEST(needed.find("NODELETE") != std::string::npos);
    void* const library = dlopen(window.c_str(), RTLD_NOW);
    BOOST_REQUIRE_MESSAGE(library, dlerror());
    const auto descriptor = reinterpret_cast<LV2UI_DescriptorFunction>(dlsym(library, "lv2ui_descriptor"));
    BOOST_TEST(std::string(descriptor(0)->URI) == lv2::window_uri);
    BOOST_TEST(descriptor(1) == nullptr);
    BOOST_TEST(descriptor(0)->extension_data("urn:unknown") == nullptr);
    for (const char* claimed : {LV2_UI__idleInterface, LV2_UI__resize})
        BOOST_TEST(descriptor(0)->extension_data(claimed) != nullptr);
    const LV2_Feature* const none[] = {nullptr};
    LV2UI_Widget widget = nullptr;
    BOOST_TEST(descriptor(0)->instantiate(descriptor(0), lv2::morph_uri, "", nullptr, nullptr, &widget, none) ==
               nullptr);
}

BOOST_AUTO_TEST_CASE(unknown_things_are_answered_with_null) {
    void* const library = dlopen(binary.c_str(), RTLD_NOW);
    BOOST_REQUIRE(library);
    const auto descriptor = reinterpret_cast<LV2_Descriptor_Function>(dlsym(library, "lv2_descriptor"));
    BOOST_TEST(std::string(descriptor(0)->URI) == lv2::morph_uri);
    BOOST_TEST(std::string(descriptor(1)->URI) == lv2::morph_cv_uri);
    BOOST_TEST(descriptor(2) == nullptr);
    for (uint32_t i = 0; i < 2; ++i) {
        BOOST_TEST(descriptor(i)->extension_data("urn:unknown") == nullptr);
        BOOST_TEST(descriptor(i)->extension_data(LV2_STATE__interface) != nullptr);
        const LV2_Feature* const none[] = {nullptr};
        BOOST_TEST(descriptor(i)->instantiate(descriptor(i), 48000, "", none) == nullptr);
    }
    dlclose(library);
}
