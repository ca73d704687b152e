// SPDX-License-Identifier: GPL-3.0-or-later
// The checks of lv2lint on descriptions, because Debian does not package lv2lint. Those on binaries are in
// description_test.cc.
#define BOOST_TEST_MODULE lint
#include <boost/test/unit_test.hpp>

#include "host/lv2/world.h"
#include "plugin/lv2/midnam.h"
#include "plugin/lv2/shared/ports.h"

#include <lv2/core/lv2.h>
#include <lv2/options/options.h>
#include <lv2/patch/patch.h>
#include <lv2/state/state.h>
#include <lv2/ui/ui.h>
#include <lv2/units/units.h>

#include <cmath>
#include <dlfcn.h>
#include <set>
#include <string>

using namespace timbrel;
using namespace timbrel::engine;

namespace {

constexpr char rdfs_label[] = "http://www.w3.org/2000/01/rdf-schema#label",
               rdfs_comment[] = "http://www.w3.org/2000/01/rdf-schema#comment",
               rdfs_range[] = "http://www.w3.org/2000/01/rdf-schema#range",
               rdf_type[] = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
               doap_license[] = "http://usefulinc.com/ns/doap#license",
               doap_shortdesc[] = "http://usefulinc.com/ns/doap#shortdesc",
               file_types[] = "http://moddevices.com/ns/mod#fileTypes";

struct LintedPlugin {
    explicit LintedPlugin(const std::string& uri) : plugin((world.timbrel_plugin(), world.require_installed(uri))) {
        lilv_world_load_resource(world.get(), lilv_plugin_get_uri(plugin));
        lilv_world_load_resource(world.get(), world.uri(lv2::window_uri).get());
    }
    // The values of a subject's property, as text. Without a subject: of the plugin's.
    std::set<std::string> values(const LilvNode* subject, const char* property) const {
        const host::Node predicate = world.uri(property);
        return take_strings(lilv_world_find_nodes(world.get(), subject, predicate.get(), nullptr));
    }
    std::set<std::string> values(const std::string& subject, const char* property) const {
        return values(world.uri(subject.c_str()).get(), property);
    }
    std::set<std::string> values(const char* property) const { return values(lilv_plugin_get_uri(plugin), property); }
    static std::set<std::string> take_strings(LilvNodes* nodes) {
        std::set<std::string> texts;
        LILV_FOREACH(nodes, entry, nodes) texts.insert(lilv_node_as_string(lilv_nodes_get(nodes, entry)));
        lilv_nodes_free(nodes);
        return texts;
    }
    double number(const LilvNode* subject, const char* property) const {
        const auto found = values(subject, property);
        return found.size() == 1 ? std::stod(*found.begin()) : std::nan("");
    }

    host::World world;
    const LilvPlugin* plugin;
};

const char* const plugins[] = {lv2::morph_uri, lv2::morph_cv_uri};

} // namespace

BOOST_AUTO_TEST_CASE(a_plugin_says_what_it_is_and_of_which_version) {
    for (const char* uri : plugins) {
        const LintedPlugin linted(uri);
        const double minor = linted.number(lilv_plugin_get_uri(linted.plugin), LV2_CORE__minorVersion);
        BOOST_TEST((minor > 0 && std::fmod(minor, 2) == 0));
        BOOST_TEST(linted.number(lilv_plugin_get_uri(linted.plugin), LV2_CORE__microVersion) >= 0);
        for (const char* needed : {doap_license, doap_shortdesc, rdfs_comment, LV2_CORE__project})
            BOOST_TEST(linted.values(needed).size() == 1u, needed);
        BOOST_TEST(linted.values(rdf_type).contains(LV2_CORE__InstrumentPlugin));
        BOOST_TEST(linted.values(LV2_CORE__optionalFeature).contains(LV2_CORE__hardRTCapable));
        BOOST_TEST(linted.values(LV2_CORE__optionalFeature).contains(LV2_STATE__threadSafeRestore));
    }
}

BOOST_AUTO_TEST_CASE(no_feature_is_required_that_hosts_refuse) {
    for (const char* uri : plugins) {
        const LintedPlugin linted(uri);
        BOOST_TEST((linted.values(LV2_CORE__requiredFeature) == std::set<std::string>{LV2_URID__map}));
        BOOST_TEST(linted.values(LV2_OPTIONS__requiredOption).empty());
        const auto optional = linted.values(LV2_CORE__optionalFeature);
        for (const char* discouraged :
             {LV2_CORE__inPlaceBroken, LV2_CORE__isLive, "http://lv2plug.in/ns/ext/instance-access",
              "http://lv2plug.in/ns/ext/data-access"})
            BOOST_TEST(!optional.contains(discouraged), discouraged);
        // Each requires the other.
        const bool has_default = !linted.values(LV2_STATE__state).empty();
        BOOST_TEST(has_default == optional.contains(LV2_STATE__loadDefaultState));
    }
    const LintedPlugin linted(lv2::morph_uri);
    for (const char* list : {LV2_CORE__requiredFeature, LV2_CORE__optionalFeature})
        for (const std::string& feature : linted.values(lv2::window_uri, list))
            BOOST_TEST(feature.find("access") == std::string::npos, feature);
}

BOOST_AUTO_TEST_CASE(all_extension_data_is_listed_and_all_that_is_listed_is_there) {
    const LintedPlugin linted(lv2::morph_uri);
    BOOST_TEST((linted.values(LV2_CORE__extensionData) ==
                std::set<std::string>{LV2_STATE__interface, lv2::midnam_interface_uri}));
    BOOST_TEST((linted.values(lv2::window_uri, LV2_CORE__extensionData) ==
                std::set<std::string>{LV2_UI__idleInterface, LV2_UI__resize}));
    void* const library = dlopen(BUNDLE "/timbrel.so", RTLD_NOW);
    BOOST_REQUIRE(library);
    const auto descriptor = reinterpret_cast<LV2_Descriptor_Function>(dlsym(library, "lv2_descriptor"));
    for (const char* unlisted :
         {"http://lv2plug.in/ns/ext/worker#interface", "http://lv2plug.in/ns/ext/options#interface",
          "http://harrisonconsoles.com/lv2/inlinedisplay#interface",
          "http://kxstudio.sf.net/ns/lv2ext/programs#Interface"})
        for (uint32_t i = 0; i < 2; ++i) BOOST_TEST(descriptor(i)->extension_data(unlisted) == nullptr);
    dlclose(library);
}

BOOST_AUTO_TEST_CASE(window_and_sound_are_binaries_of_their_own_and_no_toolkits) {
    const LintedPlugin linted(lv2::morph_uri);
    const auto sound = linted.values(LV2_CORE__binary), window = linted.values(lv2::window_uri, LV2_CORE__binary);
    BOOST_TEST((sound.size() == 1 && window.size() == 1 && sound != window));
    BOOST_TEST((linted.values(lv2::window_uri, rdf_type) == std::set<std::string>{LV2_UI__X11UI}));
}

BOOST_AUTO_TEST_CASE(every_property_is_declared) {
    for (const char* uri : plugins) {
        const LintedPlugin linted(uri);
        for (const char* kind : {LV2_PATCH__writable, LV2_PATCH__readable})
            for (const std::string& property : linted.values(kind)) {
                BOOST_TEST(linted.values(property, rdf_type).contains("http://lv2plug.in/ns/lv2core#Parameter"),
                           property);
                for (const char* needed : {rdfs_label, rdfs_comment, rdfs_range})
                    BOOST_TEST(linted.values(property, needed).size() == 1u, property << " lacks " << needed);
            }
        // Ardour and Carla offer a chooser of files for these.
        for (const char* file : {lv2::bank_property, lv2::tuning_property, lv2::keyboard_map_property}) {
            BOOST_TEST(linted.values(LV2_PATCH__writable).contains(file));
            BOOST_TEST(linted.values(file, file_types).size() == 1u);
        }
        BOOST_TEST(linted.values(file_types, rdf_type).size() == 1u); // declared elsewhere too, by its owner
    }
}

BOOST_AUTO_TEST_CASE(every_ports_values_lie_in_its_range) {
    for (const char* uri : plugins) {
        const LintedPlugin linted(uri);
        const host::Node control = linted.world.uri(LV2_CORE__ControlPort);
        std::set<std::string> symbols, names;
        for (uint32_t index = 0; index < lilv_plugin_get_num_ports(linted.plugin); ++index) {
            const LilvPort* const port = lilv_plugin_get_port_by_index(linted.plugin, index);
            const std::string symbol = lilv_node_as_string(lilv_port_get_symbol(linted.plugin, port));
            const host::Node name(lilv_port_get_name(linted.plugin, port));
            BOOST_TEST(symbols.insert(symbol).second, symbol);
            BOOST_TEST(names.insert(lilv_node_as_string(name.get())).second, symbol);
            if (!lilv_port_is_a(linted.plugin, port, control.get())) continue;
            LilvNode *normal = nullptr, *minimum = nullptr, *maximum = nullptr;
            lilv_port_get_range(linted.plugin, port, &normal, &minimum, &maximum);
            const host::Node owned[] = {host::Node(normal), host::Node(minimum), host::Node(maximum)};
            BOOST_REQUIRE_MESSAGE(normal && minimum && maximum, symbol);
            const float lowest = lilv_node_as_float(minimum), highest = lilv_node_as_float(maximum);
            BOOST_TEST(lowest < highest, symbol);
            BOOST_TEST((lowest <= lilv_node_as_float(normal) && lilv_node_as_float(normal) <= highest), symbol);
            LilvScalePoints* const points = lilv_port_get_scale_points(linted.plugin, port);
            LILV_FOREACH(scale_points, entry, points) {
                const float value =
                    lilv_node_as_float(lilv_scale_point_get_value(lilv_scale_points_get(points, entry)));
                BOOST_TEST((lowest <= value && value <= highest), symbol);
            }
            lilv_scale_points_free(points);
        }
    }
}
