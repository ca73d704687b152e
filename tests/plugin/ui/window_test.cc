// SPDX-License-Identifier: GPL-3.0-or-later
// The window on a screen with simulated input: first in a host that only logs its calls, then with a running plugin.
#define BOOST_TEST_MODULE window
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include "plugin/ui/paint/theme.h"
#include "plugin/ui/widgets/keyboard.h"
#include "tests/host/support/songs.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/ui/picture.h"
#include "tests/plugin/ui/running_plugin.h"

#include <lv2/ui/ui.h>

#include <ctime>
#include <dlfcn.h>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

const std::string window_binary = std::string(BUNDLE) + "/timbrel-window.so";

double processor_seconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double seconds_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Logs what the window sends.
class RecordingHost {
  public:
    explicit RecordingHost(Window parent) {
        library_ = dlopen(window_binary.c_str(), RTLD_NOW);
        BOOST_REQUIRE_MESSAGE(library_, dlerror());
        descriptor_ = reinterpret_cast<LV2UI_DescriptorFunction>(dlsym(library_, "lv2ui_descriptor"))(0);
        touch_ = {
            this, [](LV2UI_Feature_Handle self, uint32_t port, bool grabbed) {
                static_cast<RecordingHost*>(self)->log.push_back({grabbed ? Call::touch : Call::end_touch, port, 0});
            }};
        const LV2_Feature offered[] = {{LV2_URID__map, urids_.map_feature()},
                                       {LV2_UI__parent, reinterpret_cast<void*>(parent)},
                                       {LV2_UI__touch, &touch_},
                                       {LV2_UI__idleInterface, nullptr}};
        const LV2_Feature* const features[] = {&offered[0], &offered[1], &offered[2], &offered[3], nullptr};
        const LV2UI_Write_Function write = [](LV2UI_Controller self, uint32_t port, uint32_t size, uint32_t protocol,
                                              const void* data) {
            auto& host = *static_cast<RecordingHost*>(self);
            if (protocol == 0 && size == sizeof(float))
                host.log.push_back({Call::set, port, *static_cast<const float*>(data)});
        };
        handle_ = descriptor_->instantiate(descriptor_, lv2::morph_uri, BUNDLE, write, this, &widget_, features);
        BOOST_REQUIRE(handle_);
        idle_ = static_cast<const LV2UI_Idle_Interface*>(descriptor_->extension_data(LV2_UI__idleInterface));
    }
    ~RecordingHost() {
        descriptor_->cleanup(handle_);
        dlclose(library_);
    }

    void idle() { BOOST_REQUIRE(idle_->idle(handle_) == 0); }
    void send(Parameter parameter, float value) {
        descriptor_->port_event(handle_, lv2::parameter_port(parameter), sizeof value, 0, &value);
    }

    struct Call {
        enum Kind { touch, set, end_touch } kind;
        uint32_t port;
        float value;
    };
    std::vector<Call> log;

  private:
    void* library_;
    const LV2UI_Descriptor* descriptor_;
    host::UridTable urids_;
    LV2UI_Touch touch_;
    LV2UI_Handle handle_;
    LV2UI_Widget widget_;
    const LV2UI_Idle_Interface* idle_;
};

// Calls `work` 60 times a second; returns the processor time used, relative to one core.
double processor_load(double seconds, const std::function<void(int)>& work) {
    const double start = processor_seconds(), begun = seconds_now();
    for (int frame = 0; seconds_now() - begun < seconds; ++frame) {
        work(frame);
        std::this_thread::sleep_until(
            std::chrono::steady_clock::time_point(std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                std::chrono::duration<double>(begun + (frame + 1) / 60.0))));
    }
    return (processor_seconds() - start) / (seconds_now() - begun);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_drag_sends_touch_values_and_release) {
    const VirtualScreen screen;
    RecordingHost host(screen.root());
    const auto idle = [&] { host.idle(); };
    screen.run_xdotool("mousemove 5 5", idle);
    host.log.clear();
    std::string drag = "mousemove " + position_text(0.2f, 0.2f) + "mousedown 1 ";
    for (int i = 1; i <= 10; ++i)
        drag += "mousemove " + position_text(0.2f + 0.06f * i, 0.2f + 0.05f * i) + "sleep 0.02 ";
    screen.run_xdotool(drag + "mouseup 1", idle);

    using Call = RecordingHost::Call;
    BOOST_REQUIRE(host.log.size() > 8u);
    BOOST_TEST(host.log[0].kind == Call::touch);
    BOOST_TEST(host.log[1].kind == Call::touch);
    BOOST_TEST(host.log.end()[-1].kind == Call::end_touch);
    BOOST_TEST(host.log.end()[-2].kind == Call::end_touch);
    float x = 0, y = 0;
    for (size_t i = 2; i + 2 < host.log.size(); ++i) {
        BOOST_TEST(host.log[i].kind == Call::set);
        float& value = host.log[i].port == lv2::port_x ? x : y;
        BOOST_TEST(host.log[i].value > value);
        value = host.log[i].value;
    }
    BOOST_TEST(std::fabs(x - 0.8f) < 0.004f);
    BOOST_TEST(std::fabs(y - 0.7f) < 0.004f);
    const ui::Point end = ui::plane_to_window(default_layout().plane, {0.8f, 0.7f});
    BOOST_TEST(distance(screen.at(static_cast<int>(end.x), static_cast<int>(end.y)), ui::theme(true).accent) <
               colour_tolerance);
}

BOOST_AUTO_TEST_CASE(automation_moves_the_puck) {
    const VirtualScreen screen;
    RecordingHost host(screen.root());
    for (const float x : {0.1f, 0.9f}) {
        host.send(Parameter::x, x);
        host.send(Parameter::y, 0.4f);
        host.idle();
        const ui::Point at = ui::plane_to_window(default_layout().plane, {x, 0.4f});
        BOOST_TEST(distance(screen.at(static_cast<int>(at.x), static_cast<int>(at.y)), ui::theme(true).accent) <
                   colour_tolerance);
    }
    BOOST_TEST(host.log.empty());
}

BOOST_AUTO_TEST_CASE(wheel_right_click_and_arrows_reach_the_host) {
    const VirtualScreen screen;
    RecordingHost host(screen.root());
    const auto idle = [&] { host.idle(); };
    screen.run_xdotool("mousemove " + position_text(0.5f, 0.5f) + "click 4 click 4", idle);
    BOOST_TEST(std::fabs(host.log.end()[-2].value - 0.54f) < 1e-4f);
    screen.run_xdotool("click 3", idle);
    BOOST_TEST(host.log.end()[-2].value == 0.5f);
    screen.run_xdotool("click 1 key Right key Right", idle);
    BOOST_TEST((host.log.end()[-2].port == lv2::port_x && host.log.end()[-2].value > 0.53f));
}

BOOST_AUTO_TEST_CASE(a_click_on_a_key_sounds_and_a_drag_changes_the_sound) {
    const VirtualScreen screen;
    const TemporaryFolder folder;
    write_tone_bank(folder.file("tones.timbrel"));
    RunningPlugin running(folder.file("tones.timbrel"));
    const auto step = [&] { running.step(); };
    const auto third_partial = [&] { return fit_sinusoid(running.last(24000), 1320.0).amplitude; };

    BOOST_TEST(peak(running.last(4800)) == 0.0);
    const ui::Rect key = ui::key_area(default_layout(), 69);
    screen.run_xdotool("mousemove " + position_text(0.0f, 0.0f) + "click 1", step);
    screen.run_xdotool("mousemove " + point_text({key.centre().x, key.bottom() - 4}) + "mousedown 1 sleep 0.8", step);
    const Sinusoid tone = find_sinusoid(running.last(24000), 440.0);
    BOOST_TEST(std::fabs(tone.hertz - 440.0) < 0.5);
    BOOST_TEST(tone.amplitude > 0.1);
    BOOST_TEST(third_partial() < 0.002);
    const ui::Point lit{key.centre().x, key.bottom() - 6};
    BOOST_TEST(distance(screen.at(static_cast<int>(lit.x), static_cast<int>(lit.y)), ui::theme(true).accent) < 0.08);

    // The pointer still holds the key, so X is moved through the host.
    running.instance.send_control(lv2::port_x, 1.0f);
    for (int i = 0; i < 60; ++i) running.step();
    BOOST_TEST(third_partial() > 0.1);
    const ui::Point puck = ui::plane_to_window(default_layout().plane, {1, 0});
    BOOST_TEST(distance(screen.at(static_cast<int>(puck.x), static_cast<int>(puck.y)), ui::theme(true).accent) <
               colour_tolerance);
    screen.run_xdotool("mouseup 1 sleep 0.8", step);
    BOOST_TEST(peak(running.last(4800)) < 1e-3);

    // A note by MIDI, and a drag from west to east.
    running.instance.send_midi(std::array{std::byte{0x90}, std::byte{69}, std::byte{110}});
    screen.run_xdotool("mousemove " + position_text(0.0f, 0.0f) + "mousedown 1 sleep 0.7", step);
    const double west = third_partial();
    screen.run_xdotool("mousemove " + position_text(0.5f, 0.0f) + "sleep 0.05 mousemove " + position_text(1.0f, 0.0f) +
                           "mouseup 1 sleep 0.8",
                       step);
    BOOST_TEST(west < 0.002);
    BOOST_TEST(third_partial() > 0.1);
}

BOOST_AUTO_TEST_CASE(the_window_opens_fast_and_costs_little) {
    const VirtualScreen screen;
    const double before = seconds_now();
    RecordingHost host(screen.root());
    host.idle();
    const double first = seconds_now() - before;
    BOOST_TEST(distance(screen.at(3, 3), ui::theme(true).background) < colour_tolerance);
    const double resting = processor_load(2.0, [&](int) { host.idle(); });
    const double dragging = processor_load(2.0, [&](int frame) {
        host.send(Parameter::x, static_cast<float>(0.5 + 0.4 * std::sin(frame * 0.1)));
        host.send(Parameter::y, static_cast<float>(0.5 + 0.4 * std::cos(frame * 0.13)));
        host.idle();
    });
    std::printf("first frame %.0f ms, at rest %.2f %% of a core, moving at 60 Hz %.1f %%\n", first * 1e3, resting * 100,
                dragging * 100);
    // Generous limits, so that a busy machine passes too.
    BOOST_TEST(first < 1.5);
    BOOST_TEST(resting < 0.1);
    BOOST_TEST(dragging < 0.5);
}

int main(int count, char** arguments) {
    if (!have({"Xvfb", "xdotool"})) return skipped;
    const TemporaryFolder settings;
    setenv("XDG_CONFIG_HOME", settings.file("").c_str(), 1);
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
