// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/plugin_ui.h"

#include "common/error.h"

#include <lv2/atom/atom.h>
#include <lv2/core/lv2.h>
#include <lv2/options/options.h>

#include <dlfcn.h>

#include <array>
#include <limits>
#include <memory>

namespace timbrel::host {

namespace {

struct UisDeleter {
    void operator()(LilvUIs* uis) const { lilv_uis_free(uis); }
};
using Uis = std::unique_ptr<LilvUIs, UisDeleter>;

const LilvUI* x11_ui(const World& world, const LilvUIs* uis) {
    const Node kind = world.uri(LV2_UI__X11UI);
    LILV_FOREACH(uis, entry, uis) {
        const LilvUI* const ui = lilv_uis_get(uis, entry);
        if (lilv_ui_is_a(ui, kind.get())) return ui;
    }
    return nullptr;
}

std::string path_of(const LilvNode* uri) {
    char* const path = lilv_file_uri_parse(lilv_node_as_uri(uri), nullptr);
    const std::string copy = path ? path : "";
    lilv_free(path);
    return copy;
}

} // namespace

bool PluginUi::available(const World& world, const Instance& instance) {
    return x11_ui(world, Uis(lilv_plugin_get_uis(instance.plugin())).get());
}

PluginUi::PluginUi(const World& world, UridTable& urids, Instance& instance, const UiParent& parent)
    : urids_(urids), instance_(instance), parent_(parent), event_transfer_(urids.map(LV2_ATOM__eventTransfer)),
      notify_(instance.find_designated(LV2_CORE__control, false)),
      resize_feature_{this,
                      [](LV2UI_Feature_Handle self, int width, int height) {
                          static_cast<PluginUi*>(self)->parent_.on_resize(width, height);
                          return 0;
                      }},
      touch_feature_{
          this, [](LV2UI_Feature_Handle self, uint32_t port, bool) { static_cast<PluginUi*>(self)->touch(port); }} {
    last_sent_.assign(instance.ports().size(), std::numeric_limits<float>::quiet_NaN());
    try {
        load(world);
        instantiate();
    } catch (const Error&) {
        close();
        throw;
    }
}

PluginUi::~PluginUi() { close(); }

void PluginUi::close() {
    if (handle_) descriptor_->cleanup(handle_);
    if (library_) dlclose(library_);
}

void PluginUi::load(const World& world) {
    const Uis uis(lilv_plugin_get_uis(instance_.plugin()));
    const LilvUI* const ui = x11_ui(world, uis.get());
    if (!ui) throw Error("this plugin has no window");
    uri_ = lilv_node_as_uri(lilv_ui_get_uri(ui));
    bundle_ = path_of(lilv_ui_get_bundle_uri(ui));
    binary_ = path_of(lilv_ui_get_binary_uri(ui));
    library_ = dlopen(binary_.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library_) throw Error(std::string("the plugin's window does not load: ") + dlerror());
    const auto describe = reinterpret_cast<LV2UI_DescriptorFunction>(dlsym(library_, "lv2ui_descriptor"));
    for (uint32_t i = 0; describe && (descriptor_ = describe(i)); ++i)
        if (uri_ == descriptor_->URI) return;
    throw Error(binary_ + ": no window " + uri_ + " in it");
}

void PluginUi::instantiate() {
    const auto rate = static_cast<float>(instance_.options().rate);
    const LV2_URID real = urids_.map(LV2_ATOM__Float);
    const std::array<LV2_Options_Option, 3> options = {
        {{LV2_OPTIONS_INSTANCE, 0, urids_.map(LV2_UI__scaleFactor), sizeof(float), real, &parent_.scale},
         {LV2_OPTIONS_INSTANCE, 0, urids_.map("http://lv2plug.in/ns/ext/parameters#sampleRate"), sizeof(float), real,
          &rate},
         {LV2_OPTIONS_INSTANCE, 0, 0, 0, 0, nullptr}}};
    const LV2_Feature offered[] = {{LV2_URID__map, urids_.map_feature()},
                                   {LV2_URID__unmap, urids_.unmap_feature()},
                                   {LV2_UI__parent, reinterpret_cast<void*>(parent_.window)},
                                   {LV2_UI__resize, &resize_feature_},
                                   {LV2_UI__touch, &touch_feature_},
                                   {LV2_UI__idleInterface, nullptr},
                                   {LV2_OPTIONS__options, const_cast<LV2_Options_Option*>(options.data())}};
    std::vector<const LV2_Feature*> features;
    for (const LV2_Feature& feature : offered) features.push_back(&feature);
    features.push_back(nullptr);
    const LV2UI_Write_Function write = [](LV2UI_Controller self, uint32_t port, uint32_t size, uint32_t protocol,
                                          const void* data) {
        static_cast<PluginUi*>(self)->write(port, size, protocol, data);
    };
    handle_ = descriptor_->instantiate(descriptor_, lilv_node_as_uri(lilv_plugin_get_uri(instance_.plugin())),
                                       bundle_.c_str(), write, this, &widget_, features.data());
    if (!handle_) throw Error("the plugin's window does not open");
    const auto extension = [&](const char* uri) -> const void* {
        return descriptor_->extension_data ? descriptor_->extension_data(uri) : nullptr;
    };
    idle_ = static_cast<const LV2UI_Idle_Interface*>(extension(LV2_UI__idleInterface));
    resize_ = static_cast<const LV2UI_Resize*>(extension(LV2_UI__resize));
}

void PluginUi::touch(uint32_t port) {
    if (port < instance_.ports().size()) touched_ = &instance_.ports()[port];
}

void PluginUi::write(uint32_t port, uint32_t size, uint32_t protocol, const void* data) {
    if (port >= instance_.ports().size()) return;
    if (protocol == 0 && size == sizeof(float)) {
        const float value = *static_cast<const float*>(data);
        last_sent_[port] = value; // the window already shows it
        touch(port);              // not every window calls ui:touch
        instance_.send_control(port, value);
    } else if (protocol == event_transfer_ && size >= sizeof(LV2_Atom)) {
        const auto* const bytes = static_cast<const std::byte*>(data);
        instance_.send_event(static_cast<const LV2_Atom*>(data)->type,
                             std::span(bytes, size).subspan(sizeof(LV2_Atom)));
    }
}

void PluginUi::port_event(std::span<const std::byte> atom) {
    if (notify_ && descriptor_->port_event)
        descriptor_->port_event(handle_, notify_->index, static_cast<uint32_t>(atom.size()), event_transfer_,
                                atom.data());
}

bool PluginUi::idle() {
    for (const Port& port : instance_.ports()) {
        if (port.kind != Port::Kind::control || !descriptor_->port_event) continue;
        const float value = instance_.control(port.index);
        if (value == last_sent_[port.index]) continue;
        last_sent_[port.index] = value;
        descriptor_->port_event(handle_, port.index, sizeof value, 0, &value);
    }
    return !idle_ || idle_->idle(handle_) == 0;
}

void PluginUi::resize(int width, int height) {
    if (resize_) resize_->ui_resize(handle_, width, height);
}

} // namespace timbrel::host
