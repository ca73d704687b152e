// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/live_player.h"

#include "common/error.h"
#include "common/foreign_text.h"
#include "host/lv2/atoms/patch.h"
#include "host/lv2/parameter_settings.h"
#include "host/lv2/presets.h"
#include "host/lv2/state.h"
#include "host/player/meter.h"
#include "host/player/midi/mpe_keyboard.h"
#include "plugin/lv2/shared/display.h"
#include "plugin/lv2/shared/ports.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <utility>

namespace timbrel::host {

namespace {

constexpr int polls_per_meter = 3;                 // poll() calls per drawing of the meter
constexpr std::chrono::seconds rejoin_interval{1}; // between attempts to rejoin a lost server

std::regex pattern_of(const std::vector<std::string>& patterns) {
    std::string all;
    for (const std::string& pattern : patterns) all += (all.empty() ? "(" : "|(") + pattern + ")";
    try {
        return std::regex(all, std::regex::extended | std::regex::icase);
    } catch (const std::regex_error&) {
        throw UsageError("--midi " + patterns.front() + ": not a regular expression; write part of the port's name");
    }
}

} // namespace

LivePlayer::LivePlayer(const PlayOptions& options)
    : options_(options), pattern_(pattern_of(options.midi)), meter_(!options.window && meter_available()),
      devices_(make_midi_devices([this](auto message) { receive(message); })) {
    if (!options.osc.empty()) osc_ = make_osc(options.osc);
}

void LivePlayer::print_line(const std::string& text) {
    if (meter_) clear_meter();
    std::fprintf(stderr, "timbrel: %s\n", printable(text, max_printed_line).c_str());
}

void LivePlayer::join_server(const std::string& client_name, const std::string& state_file) {
    close_client();
    auto client = std::make_unique<JackClient>(client_name);
    if (!instance_ || instance_->options().rate != client->rate()) create_plugin(*client);
    if (!state_file.empty()) {
        load_state(world_, urids_, *instance_, state_file);
        expect_saved();
    }
    client->start(*processor_);
    client_name_ = client_name;
    {
        const std::lock_guard lock(client_mutex_);
        client_ = std::move(client);
    }
    reported_xruns_ = 0;
    if (!options_.connect) return;
    client_->connect_outputs();
    client_->connect_hardware_midi();
}

// Creates the plugin at the server's rate. One at another rate is replaced by a new instance with its state; everything
// that can fail comes before the old one is destroyed.
void LivePlayer::create_plugin(const JackClient& client) {
    InstanceOptions instance_options;
    instance_options.rate = client.rate();
    instance_options.nominal_block = client.period();
    const LilvPlugin* const plugin =
        options_.plugin.empty() ? world_.timbrel_plugin() : world_.require_installed(options_.plugin);
    auto instance = std::make_unique<Instance>(world_, plugin, urids_, instance_options);
    if (!midi_learn_)
        midi_learn_ = std::make_unique<MidiLearn>(lilv_node_as_uri(lilv_plugin_get_uri(plugin)), instance->ports(),
                                                  [this](const std::string& text) { announce(text); });
    auto processor = std::make_unique<JackProcessor>(*instance, events_, midi_learn_->map());
    const auto settings = parse_settings(*instance, options_.settings);
    const State previous_state = instance_ ? capture_state(urids_, *instance_) : nullptr;
    destroy_plugin();
    instance_ = std::move(instance);
    processor_ = std::move(processor);
    instance_->activate();
    if (osc_) osc_->set_instance(instance_.get());
    open_window();
    if (previous_state) return restore_state(urids_, previous_state.get(), *instance_);
    apply_options(settings);
    start_recording(client.rate());
}

void LivePlayer::apply_options(const std::vector<std::pair<uint32_t, float>>& settings) {
    if (!options_.state.empty() && std::filesystem::exists(options_.state))
        load_state(world_, urids_, *instance_, options_.state);
    else if (!options_.state.empty())
        print_line(options_.state + " is new; Ctrl+S in the window, or the signal USR1, writes it");
    if (!options_.preset.empty())
        restore_state(urids_, find_preset(world_, urids_, *instance_, options_.preset).get(), *instance_);
    for (const auto& [index, value] : settings) instance_->send_control(index, value);
    send_tuning_files(options_.tuning, *instance_);
    for (const std::string& name : options_.forget)
        midi_learn_->forget(find_parameter(*instance_, "--forget", name).index);
    for (const std::string& name : options_.learn)
        midi_learn_->learn(find_parameter(*instance_, "--learn", name).index);
    expect_saved();
}

void LivePlayer::start_recording(uint32_t rate) {
    if (options_.record.empty() || recording_started_) return;
    recording_started_ = true;
    recorder_ = std::make_unique<Recorder>(options_.record, rate);
    processor_->set_recorder(recorder_.get());
}

void LivePlayer::close_client() {
    const std::lock_guard lock(client_mutex_);
    client_.reset();
}

void LivePlayer::leave_server() {
    close_client();
    client_name_.clear();
    destroy_plugin();
    bank_.clear();
}

void LivePlayer::destroy_plugin() {
    if (osc_) osc_->set_instance(nullptr);
    ui_.reset();
    processor_.reset();
    recorder_.reset(); // the file cannot change its rate
    instance_.reset();
    mpe_keyboards_.clear(); // so that the next plugin is configured again
}

bool LivePlayer::has_bank() { return saves_property(urids_, *instance_, lv2::bank_property); }

void LivePlayer::set_bank(const std::string& bank) { instance_->send_path(lv2::bank_property, bank); }

void LivePlayer::save(const std::string& state_file) {
    save_state(world_, urids_, *instance_, state_file);
    mark_saved();
}

std::vector<float> LivePlayer::controls() const {
    std::vector<float> values;
    for (const Port& port : instance_->ports())
        if (port.kind == Port::Kind::control && port.input) values.push_back(instance_->control(port.index));
    return values;
}

// What was sent to the plugin is what is saved, but it takes effect only in a block to come.
void LivePlayer::expect_saved() {
    saved_controls_.clear();
    bank_changed_ = false;
}

void LivePlayer::mark_saved() {
    saved_controls_ = controls();
    bank_changed_ = false;
}

bool LivePlayer::changed() const {
    return bank_changed_ || (!saved_controls_.empty() && controls() != saved_controls_);
}

void LivePlayer::poll() {
    if (client_name_.empty()) return;
    if (client_ && client_->server_lost()) {
        print_line("the JACK server has gone; waiting for it to come back");
        close_client();
    }
    if (!client_) try_rejoin();
    if (!instance_) return;
    if (saved_controls_.empty() && instance_->all_applied()) mark_saved();
    read_messages();
    midi_learn_->poll();
    if (osc_) {
        osc_->send_changes();
        run_next_command();
    }
    if (ui_) poll_window();
    if (meter_) show_meter();
}

void LivePlayer::try_rejoin() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_join_attempt_) return;
    next_join_attempt_ = now + rejoin_interval;
    try {
        join_server(client_name_);
        print_line("the JACK server is back");
        join_error_.clear();
    } catch (const NoJackServer&) {
        join_error_.clear();
    } catch (const std::exception& error) {
        if (join_error_ != error.what())
            print_line(std::string("the JACK server is back but cannot be joined: ") + error.what());
        join_error_ = error.what();
    }
}

void LivePlayer::open_window() {
    if (!options_.window || !PluginUi::available(world_, *instance_)) return;
    try {
        if (!host_window_) host_window_ = make_host_window("Timbrel");
        if (!host_window_) return;
        ui_ = std::make_unique<PluginUi>(
            world_, urids_, *instance_,
            UiParent{host_window_->id(), host_window_->scale(),
                     [this](int width, int height) { host_window_->resize(width, height); }});
    } catch (const Error& error) {
        print_line(error.what());
    }
}

void LivePlayer::poll_window() {
    host_window_->process_events(ui_->id());
    int width = 0, height = 0;
    if (host_window_->pop_resize(width, height)) ui_->resize(width, height);
    run_key_commands();
    show_title();
    window_closed_ |= host_window_->closed() || !ui_->idle();
}

void LivePlayer::show_meter() {
    if (!client_) return;
    if (meter_poll_count_++ % polls_per_meter != 0) return;
    instance_->send_get(lv2::display_property);
    draw_meter({voices_, processor_->pop_peak(), client_->load(), client_->xruns()});
}

void LivePlayer::poll_slow() {
    if (!client_) return;
    connect_midi_sources();
    if (const uint32_t xruns = client_->xruns(); xruns != reported_xruns_) {
        print_line(std::to_string(xruns) + " xruns, load " + std::to_string(std::lround(100 * client_->load())) + " %");
        reported_xruns_ = xruns;
    }
}

void LivePlayer::read_messages() {
    for (std::vector<std::byte> atom = instance_->receive(); !atom.empty(); atom = instance_->receive()) {
        if (ui_) ui_->port_event(atom);
        if (meter_)
            if (const auto numbers = read_float_vector(urids_, atom, lv2::display_property, lv2::numbers_uri);
                !numbers.empty())
                voices_ = static_cast<int>(lv2::read_display(numbers).voices);
        const std::optional<PatchSet> set = read_patch_set(urids_, atom);
        if (set && set->property == lv2::tuning_master_property) show_tuning_master(set->text);
        if (!set || set->property != lv2::bank_property) continue;
        if (set->text != bank_ && !set->text.empty()) print_line("playing " + set->text);
        bank_changed_ |= !bank_.empty() && set->text != bank_;
        bank_ = set->text;
    }
}

void LivePlayer::show_tuning_master(const std::string& text) {
    if (text == tuning_master_) return;
    print_line(text.empty() ? "no longer tuned by MTS-ESP" : text);
    tuning_master_ = text;
}

void LivePlayer::receive(std::span<const std::byte> message) {
    const std::lock_guard lock(client_mutex_);
    if (client_) events_.push(client_->frame_time(), message);
}

// Opens devices directly only if the server has no matching source, because otherwise their notes would come twice.
void LivePlayer::connect_midi_sources() {
    bool found = options_.connect && options_.midi.empty() && !client_->connected_midi().empty();
    for (const std::string& pattern : options_.midi) found |= client_->connect_midi(pattern) > 0;
    if (devices_ && !found && (options_.connect || !options_.midi.empty()))
        for (const std::string& name : devices_->open_matching(pattern_)) print_line("playing from " + name);
    const std::vector<std::string> devices = devices_ ? devices_->open_names() : std::vector<std::string>();
    found |= !devices.empty();
    if (!found && !no_midi_source_ && !options_.midi.empty())
        print_line(std::string("no MIDI source of that name yet; it is connected when it appears") +
                   (devices_ ? "" : ", through JACK only, as this build has no RtMidi"));
    no_midi_source_ = !found;
    configure_mpe(devices);
}

void LivePlayer::configure_mpe(const std::vector<std::string>& devices) {
    std::set<std::string> keyboards;
    for (const auto& sources : {client_->connected_midi(), devices})
        for (const std::string& source : sources)
            if (is_mpe_keyboard(source)) keyboards.insert(source);
    if (!std::includes(mpe_keyboards_.begin(), mpe_keyboards_.end(), keyboards.begin(), keyboards.end())) {
        for (const auto& message : mpe_configuration)
            if (!instance_->send_midi(message)) return; // poll_slow() tries again
        print_line("MPE is on for " + *keyboards.begin());
    }
    mpe_keyboards_ = std::move(keyboards);
}

} // namespace timbrel::host
