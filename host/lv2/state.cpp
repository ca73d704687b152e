#include "host/lv2/state.h"

#include "host/error.h"

#include <lv2/atom/atom.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>

namespace timbrel::host {

namespace fs = std::filesystem;

namespace {

struct Deleter {
    void operator()(LilvState* state) const { lilv_state_free(state); }
};
using State = std::unique_ptr<LilvState, Deleter>;

struct PortValues {
    const Instance& instance;
    const LV2_URID real;
};

const void* port_value(const char* symbol, void* data, uint32_t* size, uint32_t* type) {
    const auto& values = *static_cast<PortValues*>(data);
    const Port* const port = values.instance.find(symbol);
    if (!port || port->kind != Port::Kind::control || !port->input) {
        *size = *type = 0;
        return nullptr;
    }
    *size = sizeof(float);
    *type = values.real;
    return values.instance.control_address(port->index);
}

struct Restoring {
    Instance& instance;
    const LV2_URID real;
    bool complete = true;
};

void set_port_value(const char* symbol, void* data, const void* value, uint32_t size, uint32_t type) {
    auto& restoring = *static_cast<Restoring*>(data);
    const Port* const port = restoring.instance.find(symbol);
    if (port && port->kind == Port::Kind::control && size == sizeof(float) && type == restoring.real)
        restoring.complete &= restoring.instance.send_control(port->index, *static_cast<const float*>(value));
}

} // namespace

void save_state(const World& world, UridTable& urids, const Instance& instance, const std::string& file) {
    const auto fail = [&](const std::string& why) { throw Error(file + ": cannot be written (" + why + ")"); };
    const fs::path target = fs::absolute(file);
    const fs::path folder = target.parent_path(), part = target.string() + ".part";
    std::error_code error;
    if (!fs::is_directory(folder, error)) fail("no such folder");
    PortValues values{instance, urids.map(LV2_ATOM__Float)};
    const State state(lilv_state_new_from_instance(instance.plugin(), instance.lilv(), urids.map_feature(), nullptr,
                                                   nullptr, nullptr, folder.c_str(), port_value, &values, 0, nullptr));
    if (!state) fail("the plugin gave no state");
    // Written against its own address, so that the file's subject is <> and it can be moved.
    const Node address(lilv_new_file_uri(world.get(), nullptr, target.c_str()));
    const char* const uri = lilv_node_as_uri(address.get());
    const std::unique_ptr<char, decltype(&lilv_free)> text(
        lilv_state_to_string(world.get(), urids.map_feature(), urids.unmap_feature(), state.get(), uri, uri),
        &lilv_free);
    if (!text) fail("the state cannot be put into words");
    std::ofstream out(part);
    out << text.get();
    out.close();
    if (!out) {
        fs::remove(part, error);
        fail("the disk refuses");
    }
    fs::rename(part, target, error);
    if (error) fail(error.message());
}

void load_state(const World& world, UridTable& urids, Instance& instance, const std::string& file) {
    if (!fs::is_regular_file(file))
        throw Error(file + ": no such file; name a state saved by Timbrel or another LV2 host");
    const State state(lilv_state_new_from_file(world.get(), urids.map_feature(), nullptr, fs::absolute(file).c_str()));
    if (!state) throw Error(file + ": not the state of an LV2 plugin");
    if (!lilv_node_equals(lilv_state_get_plugin_uri(state.get()), lilv_plugin_get_uri(instance.plugin())))
        throw Error(file + ": the state of another plugin, " +
                    lilv_node_as_string(lilv_state_get_plugin_uri(state.get())));
    Restoring restoring{instance, urids.map(LV2_ATOM__Float)};
    lilv_state_restore(state.get(), instance.lilv(), set_port_value, &restoring, 0, instance.state_features());
    if (!restoring.complete) throw Error(file + ": only partly restored, because the audio thread stands still");
}

} // namespace timbrel::host
