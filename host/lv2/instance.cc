// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/instance.h"

#include "common/error.h"
#include "host/lv2/atoms/patch.h"
#include "plugin/lv2/shared/checked_atoms.h"

#include <lv2/atom/util.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/core/lv2.h>
#include <lv2/midi/midi.h>
#include <lv2/parameters/parameters.h>
#include <lv2/patch/patch.h>
#include <lv2/state/state.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <memory>

namespace timbrel::host {

namespace {

constexpr uint32_t event_bytes = 1u << 15;
constexpr uint32_t ring_bytes = 1u << 17;

// A message from control to audio thread; an event's body follows it.
struct Message {
    enum class Kind : uint32_t { control, event } kind;
    union {
        uint32_t port; // control
        LV2_URID type; // event
    };
    float value;
};

} // namespace

Instance::Instance(const World& world, const LilvPlugin* plugin, UridTable& urids, const InstanceOptions& options)
    : plugin_(plugin), urids_(urids), options_(options), ports_(read_ports(world, plugin)),
      midi_event_(urids.map(LV2_MIDI__MidiEvent)), sequence_(urids.map(LV2_ATOM__Sequence)), position_(urids),
      maximum_block_(static_cast<int32_t>(options.max_block)),
      nominal_block_(static_cast<int32_t>(options.nominal_block)), sequence_size_(event_bytes),
      rate_(static_cast<float>(options.rate)), log_(urids), worker_(options.mode), to_plugin_(ring_bytes),
      from_plugin_(ring_bytes), message_(ring_bytes) {
    allocate_buffers();
    fill_lv2_options();
    fill_features();
    require_offered_features();
    instance_ = lilv_plugin_instantiate(plugin_, options_.rate, features_.data());
    if (!instance_)
        throw Error(std::string("plugin ") + lilv_node_as_string(lilv_plugin_get_uri(plugin_)) + " does not start at " +
                    std::to_string(std::lround(options_.rate)) +
                    " frames a second; its bundle may be incomplete or built for another system");
    connect_ports();
    worker_.start(
        lilv_instance_get_handle(instance_),
        static_cast<const LV2_Worker_Interface*>(lilv_instance_get_extension_data(instance_, LV2_WORKER__interface)));
}

Instance::~Instance() {
    if (active_) lilv_instance_deactivate(instance_);
    worker_.stop();
    lilv_instance_free(instance_);
}

void Instance::allocate_buffers() {
    controls_.resize(ports_.size());
    audio_.resize(ports_.size());
    for (const Port& port : ports_) {
        controls_[port.index] = port.default_value;
        if (port.kind == Port::Kind::audio || port.kind == Port::Kind::cv)
            audio_[port.index].assign(options_.max_block, 0.0f);
        if (port.kind == Port::Kind::atom)
            events_.push_back({port.index, port.input, {std::max(event_bytes, port.minimum_size), sequence_}});
    }
    for (EventPort& events : events_) {
        const Port& port = ports_[events.index];
        if (!events.input || (!port.control_designation && (main_events_ || !port.midi))) continue;
        main_events_ = &events.buffer;
        takes_position_ = port.position;
    }
}

void Instance::fill_lv2_options() {
    const LV2_URID int_type = urids_.map(LV2_ATOM__Int), float_type = urids_.map(LV2_ATOM__Float);
    const auto add_option = [&](const char* key, const int32_t& value) {
        lv2_options_.push_back({LV2_OPTIONS_INSTANCE, 0, urids_.map(key), sizeof value, int_type, &value});
    };
    add_option(LV2_BUF_SIZE__minBlockLength, minimum_block_);
    add_option(LV2_BUF_SIZE__maxBlockLength, maximum_block_);
    add_option(LV2_BUF_SIZE__nominalBlockLength, nominal_block_);
    add_option(LV2_BUF_SIZE__sequenceSize, sequence_size_);
    lv2_options_.push_back(
        {LV2_OPTIONS_INSTANCE, 0, urids_.map(LV2_PARAMETERS__sampleRate), sizeof rate_, float_type, &rate_});
    lv2_options_.push_back({LV2_OPTIONS_INSTANCE, 0, 0, 0, 0, nullptr});
}

void Instance::fill_features() {
    offered_ = {{LV2_URID__map, urids_.map_feature()},
                {LV2_URID__unmap, urids_.unmap_feature()},
                {LV2_WORKER__schedule, worker_.feature()},
                {LV2_OPTIONS__options, lv2_options_.data()},
                {LV2_LOG__log, log_.feature()},
                {LV2_BUF_SIZE__boundedBlockLength, nullptr},
                {LV2_STATE__loadDefaultState, nullptr}};
    for (const LV2_Feature& feature : offered_) features_.push_back(&feature);
    features_.push_back(nullptr);
}

void Instance::require_offered_features() const {
    const std::string name = lilv_node_as_string(lilv_plugin_get_uri(plugin_));
    LilvNodes* const required = lilv_plugin_get_required_features(plugin_);
    std::string missing;
    LILV_FOREACH(nodes, entry, required) {
        const std::string uri = lilv_node_as_uri(lilv_nodes_get(required, entry));
        if (std::none_of(offered_.begin(), offered_.end(), [&](auto& feature) { return uri == feature.URI; }) &&
            uri != LV2_CORE__isLive)
            missing = uri;
    }
    lilv_nodes_free(required);
    if (!missing.empty())
        throw Error("plugin " + name + " needs the feature " + missing + ", which is not offered here");
}

void Instance::connect_ports() {
    for (const Port& port : ports_) {
        if (port.kind == Port::Kind::control) lilv_instance_connect_port(instance_, port.index, &controls_[port.index]);
        if (!audio_[port.index].empty()) lilv_instance_connect_port(instance_, port.index, audio_[port.index].data());
        if (port.kind == Port::Kind::other) lilv_instance_connect_port(instance_, port.index, nullptr);
    }
    for (EventPort& events : events_) lilv_instance_connect_port(instance_, events.index, events.buffer.port());
}

void Instance::activate() {
    lilv_instance_activate(instance_);
    active_ = true;
}

bool Instance::restores_while_running() const {
    const std::unique_ptr<LilvNodes, decltype(&lilv_nodes_free)> supported(lilv_plugin_get_supported_features(plugin_),
                                                                           &lilv_nodes_free);
    LILV_FOREACH(nodes, entry, supported.get()) {
        const char* const uri = lilv_node_as_uri(lilv_nodes_get(supported.get(), entry));
        if (uri && std::strcmp(uri, LV2_STATE__threadSafeRestore) == 0) return true;
    }
    return false;
}

const Port* Instance::find(std::string_view symbol) const {
    const auto port = std::find_if(ports_.begin(), ports_.end(), [&](const Port& p) { return p.symbol == symbol; });
    return port == ports_.end() ? nullptr : &*port;
}

const Port* Instance::find_designated(std::string_view uri, bool input) const {
    const auto port = std::find_if(ports_.begin(), ports_.end(),
                                   [&](const Port& p) { return p.designation == uri && p.input == input; });
    return port == ports_.end() ? nullptr : &*port;
}

bool Instance::send_control(uint32_t port, float value) {
    const std::lock_guard lock(control_mutex_);
    const bool fits = to_plugin_.push(bytes_of(Message{Message::Kind::control, {port}, value}));
    sent_ += fits;
    return fits;
}

bool Instance::send_event(LV2_URID type, std::span<const std::byte> body) {
    const std::lock_guard lock(control_mutex_);
    const bool fits = to_plugin_.push(bytes_of(Message{Message::Kind::event, {type}, 0}), body);
    sent_ += fits;
    return fits;
}

bool Instance::send_midi(std::span<const std::byte> bytes) { return send_event(midi_event_, bytes); }

bool Instance::send_get(const char* property) {
    const struct {
        LV2_Atom_Object_Body object;
        LV2_Atom_Property_Body key;
        LV2_URID property_urid, padding;
    } body{{0, urids_.map(LV2_PATCH__Get)},
           {urids_.map(LV2_PATCH__property), 0, {sizeof(LV2_URID), urids_.map(LV2_ATOM__URID)}},
           urids_.map(property),
           0};
    return send_event(urids_.map(LV2_ATOM__Object), bytes_of(body));
}

bool Instance::send_path(const char* property, const std::string& path) {
    const auto atom = make_patch_set(urids_, property, LV2_ATOM__Path, path);
    return send_event(urids_.map(LV2_ATOM__Object), std::span(atom).subspan(sizeof(LV2_Atom)));
}

std::vector<std::byte> Instance::receive() {
    std::vector<std::byte> atom(from_plugin_.next_size());
    from_plugin_.pop(atom);
    return atom;
}

float Instance::control(uint32_t port) const noexcept TIMBREL_REALTIME {
    return std::atomic_ref(const_cast<float&>(controls_[port])).load(std::memory_order_relaxed);
}

void Instance::set_control(uint32_t port, float value) noexcept TIMBREL_REALTIME {
    std::atomic_ref(controls_[port]).store(value, std::memory_order_relaxed);
}

void Instance::connect_audio(uint32_t port, float* buffer) { lilv_instance_connect_port(instance_, port, buffer); }

void Instance::begin_block() noexcept TIMBREL_REALTIME {
    for (EventPort& events : events_) {
        if (events.input)
            events.buffer.clear();
        else
            events.buffer.prepare_output();
    }
    read_messages();
}

void Instance::read_messages() noexcept TIMBREL_REALTIME {
    while (const uint32_t size = to_plugin_.pop(message_)) {
        Message head;
        std::memcpy(&head, message_.data(), sizeof head);
        if (head.kind == Message::Kind::control)
            set_control(head.port, head.value);
        else if (main_events_)
            main_events_->append(0, head.type, {message_.data() + sizeof head, size - sizeof head});
        ++applied_;
    }
}

bool Instance::midi(uint32_t frame, std::span<const std::byte> bytes) noexcept TIMBREL_REALTIME {
    return main_events_ && main_events_->append(frame, midi_event_, bytes);
}

void Instance::position(uint32_t frame, const TransportPosition& song) noexcept TIMBREL_REALTIME {
    if (!takes_position_) return;
    const LV2_Atom& atom = position_.write(song);
    main_events_->append(frame, atom.type, {reinterpret_cast<const std::byte*>(&atom + 1), atom.size});
}

void Instance::run(uint32_t frames) {
    lilv_instance_run(instance_, frames);
    worker_.end_of_block();
    publish_events();
}

void Instance::publish_events() noexcept TIMBREL_REALTIME {
    for (const EventPort& events : events_) {
        if (events.input) continue;
        const LV2_Atom_Sequence* const sequence_atom = events.buffer.output();
        if (!sequence_atom) continue;
        lv2::for_each_event(*sequence_atom, [this](const LV2_Atom_Event& event) {
            if (event.body.type != midi_event_)
                from_plugin_.push(bytes_of(event.body),
                                  {reinterpret_cast<const std::byte*>(&event + 1), event.body.size});
        });
    }
}

} // namespace timbrel::host
