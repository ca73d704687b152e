// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/state.h"

#include "common/atomic_file.h"
#include "common/error.h"

#include <lv2/atom/atom.h>
#include <lv2/state/state.h>

#include <filesystem>
#include <memory>
#include <span>

namespace timbrel::host {

namespace fs = std::filesystem;

namespace {

// lilv writes a state without its prefixes.
constexpr char prefixes[] = "@prefix atom: <http://lv2plug.in/ns/ext/atom#> .\n"
                            "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
                            "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
                            "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
                            "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
                            "@prefix state: <http://lv2plug.in/ns/ext/state#> .\n"
                            "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n";

// Makes relative URIs that leave the state's folder (<../…>) absolute, so that the folder can be moved.
std::string absolute_outside_paths(std::string text, const std::string& address) {
    for (size_t at; (at = text.find("<../")) != std::string::npos;) {
        std::string folder = address.substr(0, address.rfind('/'));
        size_t end = at + 1;
        for (; text.compare(end, 3, "../") == 0; end += 3) folder.erase(folder.rfind('/'));
        text.replace(at + 1, end - at - 1, folder + "/");
    }
    return text;
}

struct PortValues {
    const Instance& instance;
    const LV2_URID float_type;
};

const void* port_value(const char* symbol, void* data, uint32_t* size, uint32_t* type) {
    const auto& values = *static_cast<PortValues*>(data);
    const Port* const port = values.instance.find(symbol);
    if (!port || port->kind != Port::Kind::control || !port->input) {
        *size = *type = 0;
        return nullptr;
    }
    *size = sizeof(float);
    *type = values.float_type;
    return values.instance.control_address(port->index);
}

struct RestoreContext {
    Instance& instance;
    const LV2_URID float_type;
    bool complete = true;
};

void set_port_value(const char* symbol, void* data, const void* value, uint32_t size, uint32_t type) {
    auto& context = *static_cast<RestoreContext*>(data);
    const Port* const port = context.instance.find(symbol);
    if (port && port->kind == Port::Kind::control && size == sizeof(float) && type == context.float_type)
        context.complete &= context.instance.send_control(port->index, *static_cast<const float*>(value));
}

// `folder`: paths below it are saved relative to it; null for none.
State capture(UridTable& urids, const Instance& instance, const char* folder) {
    PortValues values{instance, urids.map(LV2_ATOM__Float)};
    State state(lilv_state_new_from_instance(instance.plugin(), instance.lilv(), urids.map_feature(), nullptr, nullptr,
                                             nullptr, folder, port_value, &values, 0, nullptr));
    if (!state) throw Error("the plugin gave no state");
    return state;
}

} // namespace

State capture_state(UridTable& urids, const Instance& instance) { return capture(urids, instance, nullptr); }

bool saves_property(UridTable& urids, const Instance& instance, const char* property) {
    const auto* const plugin_state = static_cast<const LV2_State_Interface*>(
        lilv_instance_get_extension_data(instance.lilv(), LV2_STATE__interface));
    if (!plugin_state) return false;
    struct Search {
        LV2_URID wanted;
        bool found = false;
    } search{urids.map(property)};
    const auto store = [](LV2_State_Handle data, uint32_t key, const void*, size_t, uint32_t, uint32_t) {
        auto& state = *static_cast<Search*>(data);
        state.found |= key == state.wanted;
        return LV2_STATE_SUCCESS;
    };
    plugin_state->save(lilv_instance_get_handle(instance.lilv()), store, &search, 0, instance.state_features());
    return search.found;
}

void restore_state(UridTable& urids, const LilvState* state, Instance& instance) {
    RestoreContext context{instance, urids.map(LV2_ATOM__Float)};
    lilv_state_restore(state, instance.lilv(), set_port_value, &context, 0, instance.state_features());
    if (!context.complete) throw Error("the state was only partly restored, because the audio thread is not running");
}

void save_state(const World& world, UridTable& urids, const Instance& instance, const std::string& file,
                const std::string& name) {
    const fs::path target = fs::absolute(file);
    const State state = capture(urids, instance, target.parent_path().c_str());
    if (!name.empty()) lilv_state_set_label(state.get(), name.c_str());
    // With the file's own URI as base, the state's subject is <> and files in its folder get relative URIs.
    const Node address(lilv_new_file_uri(world.get(), nullptr, target.c_str()));
    const char* const uri = lilv_node_as_uri(address.get());
    const std::unique_ptr<char, decltype(&lilv_free)> text(
        lilv_state_to_string(world.get(), urids.map_feature(), urids.unmap_feature(), state.get(), uri, uri),
        &lilv_free);
    if (!text) throw Error(file + ": cannot be written (the state cannot be written as Turtle)");
    const std::string turtle = absolute_outside_paths(text.get(), uri);
    AtomicFile out(target);
    out.write(std::as_bytes(std::span(prefixes).first(sizeof prefixes - 1)));
    out.write(std::as_bytes(std::span(turtle)));
    out.finish();
}

void load_state(const World& world, UridTable& urids, Instance& instance, const std::string& file) {
    if (!fs::is_regular_file(file))
        throw Error(file + ": no such file; name a state saved by Timbrel or another LV2 host");
    const State state(lilv_state_new_from_file(world.get(), urids.map_feature(), nullptr, fs::absolute(file).c_str()));
    if (!state) throw Error(file + ": not the state of an LV2 plugin");
    if (!lilv_node_equals(lilv_state_get_plugin_uri(state.get()), lilv_plugin_get_uri(instance.plugin())))
        throw Error(file + ": the state of another plugin, " +
                    lilv_node_as_string(lilv_state_get_plugin_uri(state.get())));
    restore_state(urids, state.get(), instance);
}

} // namespace timbrel::host
