// SPDX-License-Identifier: GPL-3.0-or-later
// The plugin in a host that sends arbitrary states, patch messages, events and control values: the output is finite,
// the notify port is not overrun, and a state that the plugin saves restores the same state. An input is a sequence of
// actions, see Host::act().
#include "plugin/engine/dsp/safety_limiter.h"
#include "plugin/lv2/shared/ports.h"
#include "tests/fuzz/fuzz.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <lv2/atom/atom.h>
#include <lv2/atom/util.h>
#include <lv2/core/lv2.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>
#include <lv2/state/state.h>
#include <lv2/time/time.h>
#include <lv2/urid/urid.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <vector>

using namespace timbrel;
using namespace timbrel::test;

namespace {

// The URIDs of a host are 1 to the number of these.
constexpr std::array uris{LV2_ATOM__Blank,
                          LV2_ATOM__Bool,
                          LV2_ATOM__Chunk,
                          LV2_ATOM__Double,
                          LV2_ATOM__Float,
                          LV2_ATOM__Int,
                          LV2_ATOM__Long,
                          LV2_ATOM__Object,
                          LV2_ATOM__Path,
                          LV2_ATOM__Sequence,
                          LV2_ATOM__String,
                          LV2_ATOM__URID,
                          LV2_ATOM__Vector,
                          LV2_MIDI__MidiEvent,
                          LV2_PATCH__Get,
                          LV2_PATCH__Set,
                          LV2_PATCH__property,
                          LV2_PATCH__value,
                          LV2_TIME__Position,
                          LV2_TIME__bar,
                          LV2_TIME__barBeat,
                          LV2_TIME__beat,
                          LV2_TIME__beatsPerBar,
                          LV2_TIME__beatsPerMinute,
                          LV2_TIME__frame,
                          LV2_TIME__speed,
                          LV2_STATE__StateChanged,
                          lv2::bank_property,
                          lv2::bank_id_property,
                          lv2::tuning_property,
                          lv2::keyboard_map_property,
                          lv2::bank_file_property,
                          lv2::tuning_file_property,
                          lv2::keyboard_map_file_property,
                          lv2::message_property,
                          lv2::gesture_property,
                          lv2::tunings_property,
                          lv2::display_property,
                          lv2::numbers_uri,
                          lv2::tuning_master_property};

LV2_URID map_uri(LV2_URID_Map_Handle, const char* uri) {
    const auto found = std::ranges::find(uris, std::string_view(uri));
    return static_cast<LV2_URID>(found - uris.begin() + 1); // an unknown one is the number after the last
}

LV2_URID urid(const char* uri) { return map_uri(nullptr, uri); }

// Files that a message or a state may name.
struct Files {
    Files() {
        setenv("XDG_DATA_HOME", folder.file("").c_str(), 1);
        setenv("XDG_DATA_DIRS", folder.file("").c_str(), 1);
        SyntheticBank tones;
        tones.shape = {2000, 500, 2000};
        tones.sound = [](const SamplePosition& at) { return sine(440, at.frame); };
        tones.write(bank);
        std::ofstream(scale) << "!\nfifths\n 2\n!\n3/2\n2/1\n";
        std::ofstream(map) << "2\n0\n127\n60\n60\n261.6\n2\n0\nx\n";
    }
    TemporaryFolder folder;
    std::string bank = folder.file("bank.timbrel"), scale = folder.file("a.scl"), map = folder.file("a.kbm");
};

const Files& files() {
    static const Files made;
    return made;
}

struct Value {
    std::vector<uint8_t> bytes;
    LV2_URID type = 0;
    friend bool operator==(const Value&, const Value&) = default;
};
using State = std::map<LV2_URID, Value>;

class Host {
  public:
    Host() {
        const LV2_URID_Map map{nullptr, map_uri};
        const LV2_Feature feature{LV2_URID__map, const_cast<LV2_URID_Map*>(&map)};
        const LV2_Feature* const features[] = {&feature, nullptr};
        plugin_ = descriptor_.instantiate(&descriptor_, 48000, "", features);
        require(plugin_ != nullptr);
        for (uint32_t port = 0; port < controls_.size(); ++port) connect(port, &controls_[port]);
        connect(lv2::port_out_left, left_.data());
        connect(lv2::port_out_right, right_.data());
        connect(lv2::port_x_cv, nullptr);
        connect(lv2::port_y_cv, nullptr);
    }

    void play(Input input) {
        input_ = input;
        renew();
        for (int actions = 0; !input_.empty() && actions < 200; ++actions) act(input_.number());
        run(64);
        check_saved_state();
    }

  private:
    // As if the plugin were new, but for tunings by MIDI.
    void renew() {
        for (size_t i = 0; i < engine::parameter_count; ++i)
            controls_[lv2::parameter_port(static_cast<engine::Parameter>(i))] = engine::parameters[i].initial;
        controls_[lv2::port_enabled] = 1;
        controls_[lv2::port_freewheel] = 1; // requests are complete after the run
        notify_capacity_ = 8192;
        descriptor_.activate(plugin_);
        if (save() != first_state_ || first_state_.empty()) {
            const std::vector<uint8_t> bank(files().bank.begin(), files().bank.end());
            restore({{urid(lv2::bank_property), {bank, urid(LV2_ATOM__Path)}}}); // without gesture and tuning
            first_state_ = save();
        }
        events_.clear();
        run(1);
    }

    void act(uint8_t action) {
        switch (action % 10) {
        case 0:
            return run(input_.number() % (max_block + 1));
        case 1:
            return set_control(input_.number(), input_.number<float>());
        case 2:
            return add_event(input_.number<uint16_t>(), any_urid(), take_body());
        case 3:
            return add_event(0, urid(LV2_MIDI__MidiEvent), take_body());
        case 4:
            return add_object(urid(LV2_PATCH__Set), 2);
        case 5:
            return add_object(any_urid(), input_.number() % 8);
        case 6:
            return restore();
        case 7:
            return check_saved_state();
        case 8:
            notify_capacity_ = input_.number<uint16_t>() % 8192;
            return;
        default:
            return run_raw_sequence();
        }
    }

    LV2_URID any_urid() { return 1 + input_.number() % (uris.size() + 1); }
    std::vector<uint8_t> take_body() {
        const auto bytes = input_.bytes(input_.number());
        return {bytes.begin(), bytes.end()};
    }
    // A value, or the path of one of the files.
    std::vector<uint8_t> take_value() {
        const uint8_t kind = input_.number();
        const std::string* const paths[] = {&files().bank, &files().scale, &files().map};
        if (kind >= std::size(paths)) return take_body();
        return {paths[kind]->begin(), paths[kind]->end()};
    }

    static void put(std::vector<uint8_t>& bytes, const void* from, size_t size) {
        const auto* const first = static_cast<const uint8_t*>(from);
        bytes.insert(bytes.end(), first, first + size);
    }

    void add_event(uint32_t frame, LV2_URID type, const std::vector<uint8_t>& body) {
        const LV2_Atom_Event head{{frame}, {static_cast<uint32_t>(body.size()), type}};
        put(events_, &head, sizeof head);
        put(events_, body.data(), body.size());
        events_.resize((events_.size() + 7) / 8 * 8);
    }

    // The sizes of the properties may be wrong.
    void add_object(LV2_URID type, int properties) {
        std::vector<uint8_t> body;
        const LV2_Atom_Object_Body object{0, type};
        put(body, &object, sizeof object);
        for (; properties > 0; --properties) {
            const LV2_URID key = any_urid(), value_type = any_urid();
            std::vector<uint8_t> value = take_value();
            if (value_type == urid(LV2_ATOM__URID) && value.size() == 1) value = {value[0], 0, 0, 0};
            const uint8_t wrong = input_.number();
            const uint32_t size = wrong < 250 ? static_cast<uint32_t>(value.size()) : input_.number<uint32_t>();
            const uint32_t head[] = {key, 0, size, value_type};
            put(body, head, sizeof head);
            put(body, value.data(), value.size());
            body.resize((body.size() + 7) / 8 * 8);
        }
        add_event(0, urid(LV2_ATOM__Object), body);
    }

    void run_raw_sequence() {
        const auto raw = input_.bytes(input_.number<uint16_t>());
        events_.assign(raw.begin(), raw.end());
        run(64);
    }

    void connect(uint32_t port, void* data) { descriptor_.connect_port(plugin_, port, data); }

    void set_control(uint8_t port, float value) {
        const uint32_t number = port % static_cast<uint32_t>(controls_.size());
        if (number != lv2::port_freewheel) controls_[number] = value;
    }

    void run(uint32_t frames) {
        // Of exactly the announced size, so that the sanitizer sees every access beyond it.
        std::vector<uint8_t> sequence(sizeof(LV2_Atom_Sequence)); // the heap aligns it
        const LV2_Atom_Sequence head{
            {static_cast<uint32_t>(sizeof(LV2_Atom_Sequence_Body) + events_.size()), urid(LV2_ATOM__Sequence)}, {0, 0}};
        std::memcpy(sequence.data(), &head, sizeof head);
        sequence.insert(sequence.end(), events_.begin(), events_.end());
        events_.clear();
        std::vector<uint64_t> notify(std::max<size_t>((notify_capacity_ + 7) / 8, 1));
        const LV2_Atom capacity{notify_capacity_ > sizeof capacity ? notify_capacity_ - uint32_t{sizeof capacity} : 0,
                                0};
        std::memcpy(notify.data(), &capacity, sizeof capacity);
        connect(lv2::port_control, sequence.data());
        connect(lv2::port_notify, notify.data());
        descriptor_.run(plugin_, frames);
        for (const auto* channel : {&left_, &right_})
            for (uint32_t i = 0; i < frames; ++i) require(std::abs((*channel)[i]) <= engine::SafetyLimiter::threshold);
    }

    const LV2_State_Interface& state_interface() const {
        return *static_cast<const LV2_State_Interface*>(descriptor_.extension_data(LV2_STATE__interface));
    }

    void restore() {
        State state;
        for (int i = input_.number() % 8; i > 0; --i) {
            const LV2_URID key = any_urid(), type = any_urid();
            state[key] = {take_value(), type};
        }
        restore(state);
    }

    void restore(const State& state) {
        const auto retrieve = [](LV2_State_Handle from, uint32_t key, size_t* size, uint32_t* type,
                                 uint32_t* flags) -> const void* {
            const auto& values = *static_cast<const State*>(from);
            const auto found = values.find(key);
            if (found == values.end()) return nullptr;
            *size = found->second.bytes.size();
            *type = found->second.type;
            *flags = LV2_STATE_IS_POD;
            return found->second.bytes.data();
        };
        state_interface().restore(plugin_, retrieve, const_cast<State*>(&state), 0, nullptr);
    }

    State save() {
        State state;
        const auto store = [](LV2_State_Handle to, uint32_t key, const void* value, size_t size, uint32_t type,
                              uint32_t) {
            const auto* const first = static_cast<const uint8_t*>(value);
            (*static_cast<State*>(to))[key] = {{first, first + size}, type};
            return LV2_STATE_SUCCESS;
        };
        require(state_interface().save(plugin_, store, &state, 0, nullptr) == LV2_STATE_SUCCESS);
        return state;
    }

    void check_saved_state() {
        const State saved = save();
        restore(saved);
        require(save() == saved);
    }

    static constexpr uint32_t max_block = 200;

    Input input_{{}};
    const LV2_Descriptor& descriptor_ = *lv2_descriptor(1);
    LV2_Handle plugin_;
    std::array<float, lv2::port_count_morph_cv> controls_{};
    std::array<float, max_block> left_{}, right_{};
    std::vector<uint8_t> events_; // of the next run
    State first_state_;           // of renew()
    uint32_t notify_capacity_ = 8192;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static Host& host = *new Host; // never destroyed: it takes longer than an input to make
    host.play(Input({data, size}));
    return 0;
}
