// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/jack_client.h"

#include <jack/metadata.h>
#include <jack/midiport.h>
#include <jack/uuid.h>

#include <algorithm>

namespace timbrel::host {

uint32_t JackPeriod::midi_count() const noexcept TIMBREL_REALTIME { return jack_midi_get_event_count(midi_); }

JackPeriod::Midi JackPeriod::midi(uint32_t index) const noexcept TIMBREL_REALTIME {
    jack_midi_event_t event{};
    if (jack_midi_event_get(&event, midi_, index) != 0) return {0, {}};
    return {event.time, {reinterpret_cast<const std::byte*>(event.buffer), event.size}};
}

JackClient::JackClient(const std::string& name) {
    // Silences the library's long messages; the exception below says what to do.
    jack_set_error_function([](const char*) {});
    jack_set_info_function([](const char*) {});
    jack_status_t status{};
    client_ = jack_client_open(name.c_str(), JackNoStartServer, &status);
    if (!client_)
        throw NoJackServer(
            "no JACK server is running; with PipeWire, put pw-jack before the command; else start a server (jackd -d "
            "alsa), or play without a sound card into --record with --driver dummy");
    midi_in_ = add_port("midi_in", JACK_DEFAULT_MIDI_TYPE, JackPortIsInput);
    left_ = add_port("out_left", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput);
    right_ = add_port("out_right", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput);
    x_ = add_port("x", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput);
    y_ = add_port("y", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput);
    if (!midi_in_ || !left_ || !right_ || !x_ || !y_) {
        jack_client_close(client_);
        throw Error("the JACK server has no free ports; start it with a larger --port-max");
    }
    set_port_metadata();
}

JackClient::~JackClient() { jack_client_close(client_); }

jack_port_t* JackClient::add_port(const char* name, const char* type, unsigned long flags) {
    return jack_port_register(client_, name, type, flags, 0);
}

void JackClient::set_port_metadata() {
    const auto set_metadata = [this](jack_port_t* port, const char* pretty, const char* signal) {
        const jack_uuid_t id = jack_port_uuid(port);
        jack_set_property(client_, id, JACK_METADATA_PRETTY_NAME, pretty, "text/plain");
        if (signal) jack_set_property(client_, id, JACK_METADATA_SIGNAL_TYPE, signal, "text/plain");
    };
    set_metadata(midi_in_, "MIDI in", nullptr);
    set_metadata(left_, "Left", "AUDIO");
    set_metadata(right_, "Right", "AUDIO");
    set_metadata(x_, "X", "CV");
    set_metadata(y_, "Y", "CV");
    char* const id = jack_get_uuid_for_client_name(client_, jack_get_client_name(client_));
    jack_uuid_t client = 0;
    if (id && jack_uuid_parse(id, &client) == 0)
        jack_set_property(client_, client, JACK_METADATA_ICON_NAME, "timbrel", "text/plain");
    jack_free(id);
}

uint32_t JackClient::rate() const { return jack_get_sample_rate(client_); }
uint32_t JackClient::period() const { return jack_get_buffer_size(client_); }
uint32_t JackClient::frame_time() const { return jack_frame_time(client_); }
float JackClient::load() const { return jack_cpu_load(client_) / 100.0f; }

void JackClient::start(JackCallbacks& callbacks) {
    callbacks_ = &callbacks;
    jack_set_process_callback(client_, &JackClient::process, this);
    jack_set_latency_callback(client_, &JackClient::report_latency, this);
    jack_on_shutdown(
        client_, [](void* self) { static_cast<JackClient*>(self)->server_lost_ = true; }, this);
    jack_set_freewheel_callback(
        client_,
        [](int on, void* self) {
            auto& client = *static_cast<JackClient*>(self);
            client.freewheeling_ = on != 0;
            client.callbacks_->freewheel(on != 0);
        },
        this);
    jack_set_xrun_callback(
        client_,
        [](void* self) {
            auto& client = *static_cast<JackClient*>(self);
            if (!client.freewheeling_) ++client.xruns_;
            return 0;
        },
        this);
    if (jack_activate(client_) != 0) throw Error("the JACK server does not activate the client; restart the server");
}

TransportPosition JackClient::song() const {
    jack_position_t at{};
    TransportPosition song;
    song.rolling = jack_transport_query(client_, &at) == JackTransportRolling;
    song.frame = at.frame;
    if (!(at.valid & JackPositionBBT) || !(at.beats_per_minute > 0) || !(at.beats_per_bar > 0)) return song;
    song.beats_per_minute = at.beats_per_minute;
    song.beats_per_bar = at.beats_per_bar;
    const double tick = at.ticks_per_beat > 0 ? at.tick / at.ticks_per_beat : 0.0;
    song.beat = (at.bar - 1) * double{at.beats_per_bar} + (at.beat - 1) + tick;
    if (at.valid & JackBBTFrameOffset) song.beat += at.bbt_offset * at.beats_per_minute / 60 / at.frame_rate;
    return song;
}

int JackClient::process(jack_nframes_t frames, void* data) {
    auto& self = *static_cast<JackClient*>(data);
    JackPeriod period(jack_port_get_buffer(self.midi_in_, frames), frames, jack_last_frame_time(self.client_));
    period.left = static_cast<float*>(jack_port_get_buffer(self.left_, frames));
    period.right = static_cast<float*>(jack_port_get_buffer(self.right_, frames));
    if (jack_port_connected(self.x_)) period.x = static_cast<float*>(jack_port_get_buffer(self.x_, frames));
    if (jack_port_connected(self.y_)) period.y = static_cast<float*>(jack_port_get_buffer(self.y_, frames));
    period.song = self.song();
    self.callbacks_->process(period);
    return 0;
}

void JackClient::report_latency(jack_latency_callback_mode_t mode, void* data) {
    const auto& self = *static_cast<JackClient*>(data);
    jack_latency_range_t range{0, 0};
    // The player adds no latency: its outputs have that of its input.
    if (mode == JackCaptureLatency) {
        jack_port_get_latency_range(self.midi_in_, mode, &range);
        jack_port_set_latency_range(self.left_, mode, &range);
        jack_port_set_latency_range(self.right_, mode, &range);
    } else {
        jack_latency_range_t right{0, 0};
        jack_port_get_latency_range(self.left_, mode, &range);
        jack_port_get_latency_range(self.right_, mode, &right);
        range = {std::min(range.min, right.min), std::max(range.max, right.max)};
        for (jack_port_t* const port : {self.midi_in_, self.x_, self.y_})
            jack_port_set_latency_range(port, mode, &range);
    }
}

std::vector<std::string> JackClient::ports(const char* pattern, const char* type, unsigned long flags) const {
    std::vector<std::string> names;
    const char** const list = jack_get_ports(client_, pattern, type, flags);
    for (const char** name = list; name && *name; ++name) names.emplace_back(*name);
    jack_free(list);
    return names;
}

std::vector<std::string> JackClient::connected_midi() const {
    std::vector<std::string> sources;
    const char** const list = jack_port_get_all_connections(client_, midi_in_);
    for (const char** name = list; name && *name; ++name) {
        // A device's name is often only an alias of a numbered port.
        std::vector<char> first(static_cast<size_t>(jack_port_name_size())), second(first.size());
        char* aliases[] = {first.data(), second.data()};
        std::string source = *name;
        const int count = jack_port_get_aliases(jack_port_by_name(client_, *name), aliases);
        for (int i = 0; i < count; ++i) source += std::string(" ") + aliases[i];
        sources.push_back(source);
    }
    jack_free(list);
    return sources;
}

std::vector<std::string> JackClient::midi_sources() const {
    return ports(nullptr, JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput);
}

void JackClient::connect_outputs() {
    const auto playback_ports = ports(nullptr, JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput | JackPortIsPhysical);
    if (!playback_ports.empty()) jack_connect(client_, jack_port_name(left_), playback_ports[0].c_str());
    if (playback_ports.size() > 1) jack_connect(client_, jack_port_name(right_), playback_ports[1].c_str());
}

void JackClient::connect_hardware_midi() {
    for (const auto& source : ports(nullptr, JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput | JackPortIsPhysical))
        jack_connect(client_, source.c_str(), jack_port_name(midi_in_));
}

int JackClient::connect_midi(const std::string& pattern) {
    for (const auto& source : ports(pattern.c_str(), JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput))
        if (!jack_port_connected_to(midi_in_, source.c_str()))
            jack_connect(client_, source.c_str(), jack_port_name(midi_in_));
    int connected = 0;
    for (const auto& source : ports(pattern.c_str(), JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput))
        connected += jack_port_connected_to(midi_in_, source.c_str()) != 0;
    return connected;
}

} // namespace timbrel::host
