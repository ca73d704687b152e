// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/note_player.h"

#include "common/error.h"
#include "host/lv2/presets.h"

#include <lv2/core/lv2.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <initializer_list>

namespace timbrel::host {

namespace {

constexpr uint32_t block_frames = 256;
constexpr double settle_seconds = 0.1; // until a preset is applied and its parameters have been smoothed

std::string read_property(const World& world, const LilvNode* subject, const char* property) {
    const Node name = world.uri(property);
    const Node value(subject ? lilv_world_get(world.get(), subject, name.get(), nullptr) : nullptr);
    return value ? lilv_node_as_string(value.get()) : "";
}

std::string string_and_free(LilvNode* node) {
    const Node owned(node);
    return owned ? lilv_node_as_string(owned.get()) : "";
}

std::string file_of(const LilvNode* address) {
    char* const path = address ? lilv_file_uri_parse(lilv_node_as_uri(address), nullptr) : nullptr;
    std::string file = path ? path : "";
    lilv_free(path);
    return file;
}

void send(Instance& instance, uint32_t frame, std::initializer_list<int> bytes) {
    std::vector<std::byte> message;
    for (const int byte : bytes) message.push_back(std::byte(byte));
    instance.midi(frame, message);
}

} // namespace

NotePlayer::NotePlayer(const std::string& instrument, double rate) : rate_(rate) {
    // A URI itself may contain a #.
    std::string preset;
    plugin_ = world_.find_installed(instrument);
    if (const size_t mark = instrument.rfind('#'); !plugin_ && mark != std::string::npos) {
        preset = instrument.substr(mark + 1);
        plugin_ = world_.require_installed(instrument.substr(0, mark));
    }
    if (!plugin_) plugin_ = world_.require_installed(instrument);
    Instance instance(world_, plugin_, urids_, instance_options());
    find_ports(instance);
    ports_ = instance.ports();
    if (!preset.empty()) choose_preset(instance, preset);
    fill_description(instance, preset);
}

void NotePlayer::fill_description(const Instance& instance, const std::string& preset) {
    description_.plugin = string_and_free(lilv_plugin_get_name(plugin_));
    description_.preset = preset;
    description_.presets = preset_names(world_, instance);
    description_.author = string_and_free(lilv_plugin_get_author_name(plugin_));
    description_.licence = read_property(world_, lilv_plugin_get_uri(plugin_), "http://usefulinc.com/ns/doap#license");
    description_.binary = file_of(lilv_plugin_get_library_uri(plugin_));
    if (const LilvNode* const address = preset_ ? lilv_state_get_uri(preset_.get()) : nullptr)
        for (const char* const property : {"http://usefulinc.com/ns/doap#license", "http://purl.org/dc/terms/license"})
            if (const std::string licence = read_property(world_, address, property); !licence.empty())
                description_.licence = licence;
}

void NotePlayer::choose_preset(const Instance& instance, const std::string& preset) {
    int program = 0, used = 0;
    if (std::sscanf(preset.c_str(), "program %d%n", &program, &used) != 1 || static_cast<size_t>(used) != preset.size())
        preset_ = find_preset(world_, urids_, instance, preset);
    else if (program >= 0 && program <= 127)
        program_ = program;
    else
        throw UsageError(preset + ": programs go from 0 to 127");
}

InstanceOptions NotePlayer::instance_options() const {
    return {rate_, block_frames, block_frames, Worker::Mode::offline};
}

void NotePlayer::find_ports(const Instance& instance) {
    std::vector<uint32_t> outputs;
    bool has_midi_input = false;
    for (const Port& port : instance.ports()) {
        if (port.kind == Port::Kind::audio && !port.input) outputs.push_back(port.index);
        has_midi_input |= port.midi && port.input;
    }
    if (!has_midi_input || outputs.empty())
        throw Error("plugin " + std::string(lilv_node_as_string(lilv_plugin_get_uri(plugin_))) +
                    " is no instrument; it needs a MIDI input and an audio output");
    left_ = outputs[0];
    right_ = outputs[outputs.size() > 1 ? 1 : 0];
}

void NotePlayer::prepare(Instance& instance) {
    if (const Port* const freewheel = instance.find_designated(LV2_CORE__freeWheeling, true))
        instance.set_control(freewheel->index, 1);
    instance.activate();
    if (preset_) restore_state(urids_, preset_.get(), instance);
    for (const auto& [port, value] : controls_) instance.set_control(port, value);
    for (double done = 0; done < settle_seconds * rate_; done += block_frames) {
        instance.begin_block();
        if (done == 0 && program_) send(instance, 0, {0xc0, *program_});
        instance.run(block_frames);
    }
}

void NotePlayer::set_controls(const ControlValues& controls) {
    std::vector<std::pair<uint32_t, float>> values;
    for (const auto& [symbol, value] : controls) {
        const auto port = std::ranges::find_if(
            ports_, [&](const Port& p) { return p.symbol == symbol && p.kind == Port::Kind::control && p.input; });
        if (port == ports_.end())
            throw Error("plugin " + description_.plugin + " has no control input \"" + symbol + "\"");
        if (!std::isfinite(value)) throw Error("the value for control input \"" + symbol + "\" is no number");
        const float within = std::clamp(value, port->minimum, std::max(port->minimum, port->maximum));
        values.emplace_back(port->index, port->integer ? std::round(within) : within);
    }
    controls_ = std::move(values);
}

RenderedNote NotePlayer::play(int pitch, int velocity, uint32_t hold, uint32_t release) {
    Instance instance(world_, plugin_, urids_, instance_options());
    prepare(instance);
    const Port* const latency = instance.find_designated(LV2_CORE__latency, false);
    const auto latency_frames =
        static_cast<uint32_t>(latency ? std::clamp(instance.control(latency->index), 0.0f, 1e6f) : 0.0f);
    const uint32_t total_frames = latency_frames + hold + release;
    RenderedNote note{std::vector<float>(total_frames + block_frames), std::vector<float>(total_frames + block_frames)};
    for (uint32_t frame = 0; frame < total_frames; frame += block_frames) {
        instance.begin_block();
        if (frame == 0) send(instance, 0, {0x90, pitch, velocity});
        if (hold >= frame && hold < frame + block_frames) send(instance, hold - frame, {0x80, pitch, 64});
        instance.connect_audio(left_, note.left.data() + frame);
        if (right_ != left_) instance.connect_audio(right_, note.right.data() + frame);
        instance.run(block_frames);
    }
    if (right_ == left_) note.right = note.left;
    for (std::vector<float>* const channel : {&note.left, &note.right}) {
        channel->erase(channel->begin(), channel->begin() + latency_frames);
        channel->resize(hold + release);
        if (!std::ranges::all_of(*channel, [](float sample) { return std::isfinite(sample); }))
            throw Error("plugin " + description_.plugin + " gives samples that are no numbers");
    }
    return note;
}

} // namespace timbrel::host
