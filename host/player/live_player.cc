#include "host/player/live_player.h"

#include "common/error.h"
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

constexpr int meter_turns = 3;               // of attend() between two drawings of the meter
constexpr std::chrono::seconds join_time{1}; // between two looks for a server that went

std::regex pattern_of(const std::vector<std::string>& patterns) {
    std::string all;
    for (const std::string& pattern : patterns) all += (all.empty() ? "(" : "|(") + pattern + ")";
    try {
        return std::regex(all, std::regex::extended | std::regex::icase);
    } catch (const std::regex_error&) {
        throw UsageError("--midi " + patterns.front() + ": not a pattern; write part of the port's name");
    }
}

} // namespace

LivePlayer::LivePlayer(const PlayOrder& order)
    : order_(order), pattern_(pattern_of(order.midi)), meter_(!order.window && meter_possible()),
      devices_([this](auto message) { receive(message); }) {
    if (order.osc_port > 0) osc_ = std::make_unique<Osc>(order.osc_port);
}

void LivePlayer::say(const std::string& text) {
    if (meter_) clear_meter();
    std::fprintf(stderr, "timbrel: %s\n", text.c_str());
}

void LivePlayer::join(const std::string& client_name, const std::string& state_file) {
    {
        const std::lock_guard lock(clock_);
        client_.reset();
    }
    auto client = std::make_unique<JackClient>(client_name);
    if (!instance_ || instance_->hosting().rate != client->rate()) build(*client);
    if (!state_file.empty()) {
        load_state(world_, urids_, *instance_, state_file);
        remembered_.clear(); // the ports take the values in the next block only
        bank_changed_ = false;
    }
    client->start(*performance_);
    client_name_ = client_name;
    {
        const std::lock_guard lock(clock_);
        client_ = std::move(client);
    }
    told_xruns_ = 0;
    if (!order_.connect) return;
    client_->connect_outputs();
    client_->connect_card_inputs();
}

// A plugin lives at one rate, so another rate means another plugin with the same setting. All that can be refused is
// tried before the old one goes.
void LivePlayer::build(const JackClient& client) {
    Hosting hosting;
    hosting.rate = client.rate();
    hosting.usual_block = client.period();
    const LilvPlugin* const plugin = order_.plugin.empty() ? world_.own() : world_.installed(order_.plugin);
    auto instance = std::make_unique<Instance>(world_, plugin, urids_, hosting);
    if (!lessons_)
        lessons_ = std::make_unique<Lessons>(lilv_node_as_uri(lilv_plugin_get_uri(plugin)), instance->ports(),
                                             [this](const std::string& text) { announce(text); });
    auto performance = std::make_unique<Performance>(*instance, events_, lessons_->map());
    const auto settings = read_settings(*instance, order_.settings);
    const State before = instance_ ? take_state(urids_, *instance_) : nullptr;
    drop();
    instance_ = std::move(instance);
    performance_ = std::move(performance);
    instance_->activate();
    if (osc_) osc_->play(instance_.get());
    open_window();
    if (before) return give_state(urids_, before.get(), *instance_);
    if (!order_.state.empty() && std::filesystem::exists(order_.state))
        load_state(world_, urids_, *instance_, order_.state);
    else if (!order_.state.empty())
        say(order_.state + " is new; Ctrl+S in the window, or the signal USR1, writes it");
    if (!order_.preset.empty())
        give_state(urids_, find_preset(world_, urids_, *instance_, order_.preset).get(), *instance_);
    for (const auto& [index, value] : settings) instance_->send_control(index, value);
    send(order_.tuning, *instance_);
    for (const std::string& name : order_.forget) lessons_->forget(find_setting(*instance_, "--forget", name).index);
    for (const std::string& name : order_.learn) lessons_->learn(find_setting(*instance_, "--learn", name).index);
    remember();
    if (order_.record.empty() || recorded_) return;
    recorded_ = true;
    recorder_ = std::make_unique<Recorder>(order_.record, client.rate());
    performance_->record(recorder_.get());
}

void LivePlayer::leave() {
    {
        const std::lock_guard lock(clock_);
        client_.reset();
    }
    client_name_.clear();
    drop();
    bank_.clear();
}

void LivePlayer::drop() {
    if (osc_) osc_->play(nullptr);
    ui_.reset();
    performance_.reset();
    recorder_.reset(); // a file has one rate
    instance_.reset();
    mpe_keyboards_.clear(); // the next plugin has not heard of them
}

bool LivePlayer::has_bank() { return keeps(urids_, *instance_, lv2::bank_property); }

void LivePlayer::set_bank(const std::string& bank) { instance_->send_path(lv2::bank_property, bank); }

void LivePlayer::save(const std::string& state_file) {
    save_state(world_, urids_, *instance_, state_file);
    remember();
}

std::vector<float> LivePlayer::controls() const {
    std::vector<float> values;
    for (const Port& port : instance_->ports())
        if (port.kind == Port::Kind::control && port.input) values.push_back(instance_->control(port.index));
    return values;
}

void LivePlayer::remember() {
    remembered_ = controls();
    bank_changed_ = false;
}

bool LivePlayer::changed() const { return bank_changed_ || (!remembered_.empty() && controls() != remembered_); }

void LivePlayer::attend() {
    if (client_name_.empty()) return;
    if (client_ && client_->lost()) {
        say("the JACK server has gone; waiting for it to come back");
        const std::lock_guard lock(clock_);
        client_.reset();
    }
    if (!client_) look_for_server();
    if (!instance_) return;
    read_messages();
    lessons_->attend();
    if (osc_) {
        osc_->tell();
        do_wishes();
    }
    if (ui_) attend_window();
    if (meter_) show_meter();
}

void LivePlayer::look_for_server() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_look_) return;
    next_look_ = now + join_time;
    try {
        join(client_name_);
        say("the JACK server is back");
        refusal_.clear();
    } catch (const NoServer&) {
        refusal_.clear();
    } catch (const std::exception& error) {
        if (refusal_ != error.what()) say(std::string("the JACK server is back but cannot be joined: ") + error.what());
        refusal_ = error.what();
    }
}

void LivePlayer::open_window() {
    if (!order_.window || !Frame::possible() || !PluginUi::available(world_, *instance_)) return;
    try {
        if (!frame_) frame_ = std::make_unique<Frame>("Timbrel");
        ui_ = std::make_unique<PluginUi>(
            world_, urids_, *instance_,
            UiPlace{frame_->id(), frame_->scale(), [this](int width, int height) { frame_->resize(width, height); }});
    } catch (const Error& error) {
        say(error.what());
    }
}

void LivePlayer::attend_window() {
    frame_->attend(ui_->id());
    int width = 0, height = 0;
    if (frame_->take_size(width, height)) ui_->resize(width, height);
    do_keys();
    show_title();
    window_closed_ |= frame_->closed() || !ui_->idle();
}

void LivePlayer::show_meter() {
    if (!client_) return;
    if (meter_turn_++ % meter_turns != 0) return;
    instance_->send_get(lv2::display_property);
    draw_meter({voices_, performance_->take_peak(), client_->load(), client_->xruns()});
}

void LivePlayer::attend_slowly() {
    if (!client_) return;
    if (remembered_.empty()) remember();
    follow_midi();
    if (const uint32_t xruns = client_->xruns(); xruns != told_xruns_) {
        say(std::to_string(xruns) + " xruns, load " + std::to_string(std::lround(100 * client_->load())) + " %");
        told_xruns_ = xruns;
    }
}

void LivePlayer::read_messages() {
    for (std::vector<std::byte> atom = instance_->receive(); !atom.empty(); atom = instance_->receive()) {
        if (ui_) ui_->tell(atom);
        if (meter_)
            if (const auto numbers = read_numbers(urids_, atom, lv2::display_property, lv2::numbers_uri);
                !numbers.empty())
                voices_ = static_cast<int>(lv2::read_display(numbers).voices);
        const std::optional<PatchSet> set = read_patch_set(urids_, atom);
        if (!set || set->property != lv2::bank_property) continue;
        if (set->text != bank_ && !set->text.empty()) say("playing " + set->text);
        bank_changed_ |= !bank_.empty() && set->text != bank_;
        bank_ = set->text;
    }
}

void LivePlayer::receive(std::span<const std::byte> message) {
    const std::lock_guard lock(clock_);
    if (client_) events_.put(client_->now(), message);
}

// A device that the server itself offers is taken from there, because otherwise its notes would come twice.
void LivePlayer::follow_midi() {
    bool found = order_.connect && order_.midi.empty() && !client_->connected_midi().empty();
    for (const std::string& pattern : order_.midi) found |= client_->connect_midi(pattern) > 0;
    if (!found && (order_.connect || !order_.midi.empty()))
        for (const std::string& name : devices_.follow(pattern_)) say("playing from " + name);
    found |= !devices_.open().empty();
    if (!found && !missing_midi_ && !order_.midi.empty())
        say("no MIDI source of that name yet; it is taken up once there is one");
    missing_midi_ = !found;
    follow_mpe();
}

void LivePlayer::follow_mpe() {
    std::set<std::string> keyboards;
    for (const auto& sources : {client_->connected_midi(), devices_.open()})
        for (const std::string& source : sources)
            if (is_mpe_keyboard(source)) keyboards.insert(source);
    if (!std::includes(mpe_keyboards_.begin(), mpe_keyboards_.end(), keyboards.begin(), keyboards.end())) {
        for (const auto& message : mpe_configuration)
            if (!instance_->send_midi(message)) return; // tried again in a second
        say("MPE is on for " + *keyboards.begin());
    }
    mpe_keyboards_ = std::move(keyboards);
}

} // namespace timbrel::host
