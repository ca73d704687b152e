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
constexpr double settling_seconds = 0.1; // for a preset to arrive and its first sweep of controls to end

std::string text_of(const World& world, const LilvNode* subject, const char* property) {
    const Node name = world.uri(property);
    const Node value(subject ? lilv_world_get(world.get(), subject, name.get(), nullptr) : nullptr);
    return value ? lilv_node_as_string(value.get()) : "";
}

std::string taken(LilvNode* node) {
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
    // A URI may have a # of its own.
    std::string preset;
    plugin_ = world_.find_installed(instrument);
    if (const size_t mark = instrument.rfind('#'); !plugin_ && mark != std::string::npos) {
        preset = instrument.substr(mark + 1);
        plugin_ = world_.installed(instrument.substr(0, mark));
    }
    if (!plugin_) plugin_ = world_.installed(instrument);
    Instance instance(world_, plugin_, urids_, hosting());
    find_ports(instance);
    if (!preset.empty()) choose(instance, preset);

    description_.plugin = taken(lilv_plugin_get_name(plugin_));
    description_.preset = preset;
    description_.presets = preset_names(world_, instance);
    description_.author = taken(lilv_plugin_get_author_name(plugin_));
    description_.licence = text_of(world_, lilv_plugin_get_uri(plugin_), "http://usefulinc.com/ns/doap#license");
    description_.binary = file_of(lilv_plugin_get_library_uri(plugin_));
    if (const LilvNode* const address = preset_ ? lilv_state_get_uri(preset_.get()) : nullptr)
        for (const char* const property : {"http://usefulinc.com/ns/doap#license", "http://purl.org/dc/terms/license"})
            if (const std::string own = text_of(world_, address, property); !own.empty()) description_.licence = own;
}

void NotePlayer::choose(const Instance& instance, const std::string& preset) {
    int program = 0, used = 0;
    if (std::sscanf(preset.c_str(), "program %d%n", &program, &used) != 1 || static_cast<size_t>(used) != preset.size())
        preset_ = find_preset(world_, urids_, instance, preset);
    else if (program >= 0 && program <= 127)
        program_ = program;
    else
        throw UsageError(preset + ": programs go from 0 to 127");
}

Hosting NotePlayer::hosting() const { return {rate_, block_frames, block_frames, Worker::Mode::offline}; }

void NotePlayer::find_ports(const Instance& instance) {
    std::vector<uint32_t> outputs;
    bool hears = false;
    for (const Port& port : instance.ports()) {
        if (port.kind == Port::Kind::audio && !port.input) outputs.push_back(port.index);
        hears |= port.midi && port.input;
    }
    if (!hears || outputs.empty())
        throw Error("plugin " + std::string(lilv_node_as_string(lilv_plugin_get_uri(plugin_))) +
                    " is no instrument; it needs a MIDI input and an audio output");
    left_ = outputs[0];
    right_ = outputs[outputs.size() > 1 ? 1 : 0];
}

void NotePlayer::prepare(Instance& instance) {
    if (const Port* const freewheel = instance.designated(LV2_CORE__freeWheeling, true))
        instance.set_control(freewheel->index, 1);
    instance.activate();
    if (preset_) give_state(urids_, preset_.get(), instance);
    for (double done = 0; done < settling_seconds * rate_; done += block_frames) {
        instance.begin_block();
        if (done == 0 && program_) send(instance, 0, {0xc0, *program_});
        instance.run(block_frames);
    }
}

PlayedNote NotePlayer::play(int pitch, int velocity, uint32_t hold, uint32_t release) {
    Instance instance(world_, plugin_, urids_, hosting());
    prepare(instance);
    const Port* const latency = instance.designated(LV2_CORE__latency, false);
    const auto late = static_cast<uint32_t>(latency ? std::clamp(instance.control(latency->index), 0.0f, 1e6f) : 0.0f);
    const uint32_t all = late + hold + release;
    PlayedNote note{std::vector<float>(all + block_frames), std::vector<float>(all + block_frames)};
    for (uint32_t frame = 0; frame < all; frame += block_frames) {
        instance.begin_block();
        if (frame == 0) send(instance, 0, {0x90, pitch, velocity});
        if (hold >= frame && hold < frame + block_frames) send(instance, hold - frame, {0x80, pitch, 64});
        instance.connect_audio(left_, note.left.data() + frame);
        if (right_ != left_) instance.connect_audio(right_, note.right.data() + frame);
        instance.run(block_frames);
    }
    if (right_ == left_) note.right = note.left;
    for (std::vector<float>* const channel : {&note.left, &note.right}) {
        channel->erase(channel->begin(), channel->begin() + late);
        channel->resize(hold + release);
        if (!std::ranges::all_of(*channel, [](float sample) { return std::isfinite(sample); }))
            throw Error("plugin " + description_.plugin + " gives samples that are no numbers");
    }
    return note;
}

} // namespace timbrel::host
