// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/plugin/lv2/raw_host.h"

#include "host/lv2/atoms/patch.h"
#include "host/lv2/port.h"

#include <lv2/atom/util.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace timbrel::test {

namespace {

constexpr uint64_t guard = 0x5a5a5a5a5a5a5a5a;

void put(std::vector<uint8_t>& bytes, const void* from, size_t size) {
    const auto* const start = static_cast<const uint8_t*>(from);
    bytes.insert(bytes.end(), start, start + size);
}

void put_property(std::vector<uint8_t>& bytes, LV2_URID key, LV2_URID type, const void* value, uint32_t size) {
    const uint32_t head[] = {key, 0, size, type};
    put(bytes, head, sizeof head);
    put(bytes, value, size);
    bytes.resize(lv2_atom_pad_size(static_cast<uint32_t>(bytes.size())));
}

} // namespace

RawHost::RawHost(const std::string& uri, double rate) : events_(8192), notify_(2048, guard) {
    const LV2_Feature map{LV2_URID__map, urids.map_feature()};
    const LV2_Feature* const features[] = {&map, nullptr};
    world_.timbrel_plugin();
    const LilvPlugin* const plugin = world_.require_installed(uri);
    for (const host::Port& port : host::read_ports(world_, plugin))
        if (port.index < controls_.size()) controls_[port.index] = port.default_value;
    instance_ = lilv_plugin_instantiate(plugin, rate, features);
    if (!instance_) throw std::runtime_error("the plugin does not start");
    for (uint32_t port = 0; port < controls_.size(); ++port) connect(port, &controls_[port]);
    connect(lv2::port_control, events_.data());
    connect(lv2::port_notify, notify_.data());
    connect(lv2::port_out_left, left_.data());
    connect(lv2::port_out_right, right_.data());
    connect(lv2::port_x_cv, uri == lv2::morph_cv_uri ? x_cv.data() : nullptr);
    connect(lv2::port_y_cv, uri == lv2::morph_cv_uri ? y_cv.data() : nullptr);
}

RawHost::~RawHost() { lilv_instance_free(instance_); }

float& RawHost::control(std::string_view symbol) {
    const engine::Parameter parameter = engine::find_parameter(symbol);
    if (parameter != engine::Parameter::count) return controls_[lv2::parameter_port(parameter)];
    if (symbol == "enabled") return controls_[lv2::port_enabled];
    if (symbol == "freewheel") return controls_[lv2::port_freewheel];
    return controls_[lv2::port_latency];
}

void RawHost::event(uint32_t frame, LV2_URID type, const std::vector<uint8_t>& body) {
    auto* const bytes = reinterpret_cast<uint8_t*>(events_.data()) + sizeof(LV2_Atom_Sequence) + used_;
    const LV2_Atom_Event head{{frame}, {static_cast<uint32_t>(body.size()), type}};
    std::memcpy(bytes, &head, sizeof head);
    std::copy(body.begin(), body.end(), bytes + sizeof head);
    used_ += lv2_atom_pad_size(static_cast<uint32_t>(sizeof head + body.size()));
}

void RawHost::midi(uint32_t frame, std::vector<uint8_t> bytes) { event(frame, urids.map(LV2_MIDI__MidiEvent), bytes); }

void RawHost::set_path(const char* property, const std::string& path, bool with_nul) {
    std::vector<uint8_t> body;
    const LV2_Atom_Object_Body object{0, urids.map(LV2_PATCH__Set)};
    put(body, &object, sizeof object);
    const LV2_URID property_urid = urids.map(property);
    put_property(body, urids.map(LV2_PATCH__property), urids.map(LV2_ATOM__URID), &property_urid, sizeof property_urid);
    // Bytes after a path without NUL, which the plugin must not read.
    const std::string text = with_nul ? path : path + "????????";
    put_property(body, urids.map(LV2_PATCH__value), urids.map(LV2_ATOM__Path), text.c_str(),
                 static_cast<uint32_t>(with_nul ? path.size() + 1 : path.size()));
    event(0, urids.map(LV2_ATOM__Object), body);
}

void RawHost::get(const char* property) {
    std::vector<uint8_t> body;
    const LV2_Atom_Object_Body object{0, urids.map(LV2_PATCH__Get)};
    put(body, &object, sizeof object);
    if (property) {
        const LV2_URID property_urid = urids.map(property);
        put_property(body, urids.map(LV2_PATCH__property), urids.map(LV2_ATOM__URID), &property_urid,
                     sizeof property_urid);
    }
    event(0, urids.map(LV2_ATOM__Object), body);
}

void RawHost::run(uint32_t frames) {
    auto* const events = reinterpret_cast<LV2_Atom_Sequence*>(events_.data());
    *events = {{static_cast<uint32_t>(sizeof(LV2_Atom_Sequence_Body)) + used_, urids.map(LV2_ATOM__Sequence)}, {0, 0}};
    std::fill(notify_.begin(), notify_.end(), guard);
    reinterpret_cast<LV2_Atom*>(notify_.data())[0] = {notify_capacity - static_cast<uint32_t>(sizeof(LV2_Atom)), 0};
    lilv_instance_run(instance_, frames);
    used_ = 0;
    left.insert(left.end(), left_.begin(), left_.begin() + frames);
    right.insert(right.end(), right_.begin(), right_.begin() + frames);
    read_notify();
}

void RawHost::play(uint32_t frames, uint32_t block) {
    for (uint32_t done = 0; done < frames; done += block) run(std::min(block, frames - done));
}

bool RawHost::wait_for(const char* property, double seconds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    properties.clear();
    while (!properties.contains(property) && std::chrono::steady_clock::now() < until) {
        run(64);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return properties.contains(property);
}

void RawHost::read_notify() {
    const auto* const sequence = reinterpret_cast<const LV2_Atom_Sequence*>(notify_.data());
    if (sequence->atom.type != urids.map(LV2_ATOM__Sequence)) return;
    LV2_ATOM_SEQUENCE_FOREACH(sequence, event) {
        const auto* const atom = reinterpret_cast<const std::byte*>(&event->body);
        if (const auto set = host::read_patch_set(urids, {atom, sizeof(LV2_Atom) + event->body.size}))
            properties[set->property] = set->text;
        const auto* const object = reinterpret_cast<const LV2_Atom_Object*>(atom);
        if (event->body.type == urids.map(LV2_ATOM__Object))
            state_changes += object->body.otype == urids.map(LV2_STATE__StateChanged);
    }
}

bool RawHost::notify_overrun() const {
    for (size_t word = (notify_capacity + 7) / 8; word < notify_.size(); ++word)
        if (notify_[word] != guard) return true;
    return false;
}

const LV2_State_Interface& RawHost::state_interface() {
    return *static_cast<const LV2_State_Interface*>(extension(LV2_STATE__interface));
}

RawHost::State RawHost::save(const LV2_Feature* const* features) {
    struct Saving {
        State state;
        host::UridTable& urids;
    } saving{{}, urids};
    const auto store = [](LV2_State_Handle to, uint32_t key, const void* value, size_t size, uint32_t type,
                          uint32_t flags) {
        auto& into = *static_cast<Saving*>(to);
        into.state[into.urids.unmap(key)] = {{static_cast<const char*>(value), size}, type, flags};
        return LV2_STATE_SUCCESS;
    };
    state_interface().save(handle(), store, &saving, 0, features);
    return saving.state;
}

void RawHost::restore(const State& state, const LV2_Feature* const* features) {
    struct Restoring {
        const State& state;
        host::UridTable& urids;
    } restoring{state, urids};
    const auto retrieve = [](LV2_State_Handle from, uint32_t key, size_t* size, uint32_t* type,
                             uint32_t* flags) -> const void* {
        const auto& source = *static_cast<const Restoring*>(from);
        const auto found = source.state.find(source.urids.unmap(key));
        if (found == source.state.end()) return nullptr;
        *size = found->second.bytes.size();
        *type = found->second.type;
        *flags = found->second.flags;
        return found->second.bytes.data();
    };
    state_interface().restore(handle(), retrieve, &restoring, 0, features);
}

} // namespace timbrel::test
