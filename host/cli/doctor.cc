// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/cli/doctor.h"

#include "common/error.h"
#include "common/foreign_text.h"
#include "host/cli/offline_exec.h"
#include "host/lv2/instance.h"
#include "plugin/engine/bank/bank.h"
#include "plugin/lv2/shared/bank_search.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <sys/resource.h>
#include <vector>

#ifdef TIMBREL_PLAYER
#include "host/player/jack_client.h"
#include "host/player/midi/midi_devices.h"
#endif

namespace timbrel::host {

namespace {

struct Finding {
    std::string subject; // a short name
    bool ok;
    std::string detail, fix; // fix: what to do; empty if ok
};

constexpr char limits_fix[] = "put '@audio - rtprio 95' and '@audio - memlock unlimited' into "
                              "/etc/security/limits.d/audio.conf, join the group audio, log in again";

Finding check_plugin() {
    try {
        World world;
        UridTable urids;
        const LilvPlugin* const plugin = world.timbrel_plugin();
        const Instance instance(world, plugin, urids, {});
        const LilvNode* const bundle = lilv_plugin_get_bundle_uri(plugin);
        return {"plugin", true, "starts, from " + std::string(lilv_node_as_string(bundle)), ""};
    } catch (const std::exception& error) {
        return {"plugin", false, error.what(), "build it, or install it with meson install"};
    }
}

Finding check_lv2_path() {
    World world;
    try {
        world.require_installed(timbrel_plugin_uri);
        return {"LV2 path", true, "other programs find the plugin", ""};
    } catch (const Error&) {
        return {"LV2 path", false, "other programs do not find the plugin",
                "link timbrel.lv2 into ~/.lv2, or install it with meson install"};
    }
}

Finding check_banks() {
    std::string names, broken;
    for (const auto& path : lv2::installed_banks()) {
        try {
            engine::Bank::open(path.string());
            names += (names.empty() ? "" : ", ") + path.stem().string();
        } catch (const engine::BankError& error) {
            broken += (broken.empty() ? "" : "; ") + std::string(error.what());
        }
    }
    if (!broken.empty()) return {"banks", false, broken, "bake them again, or remove them"};
    if (!names.empty()) return {"banks", true, names, ""};
    return {"banks", false, "none in the bank folders",
            "copy one to " + lv2::bank_folders().front().string() + ", or add its folder to TIMBREL_BANKS"};
}

Finding check_realtime() {
    rlimit limit{};
    getrlimit(RLIMIT_RTPRIO, &limit);
    sched_param parameters{};
    parameters.sched_priority = 10;
    const int policy = sched_getscheduler(0);
    const bool allowed = sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) == 0;
    parameters.sched_priority = 0;
    if (allowed) sched_setscheduler(0, policy, &parameters);
    return {"real time", allowed, allowed ? "allowed" : "not allowed, priority up to " + std::to_string(limit.rlim_cur),
            allowed ? "" : limits_fix};
}

Finding check_memory_lock() {
    rlimit limit{};
    getrlimit(RLIMIT_MEMLOCK, &limit);
    const bool enough = limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= rlim_t{256} << 20;
    return {"memory lock", enough,
            limit.rlim_cur == RLIM_INFINITY ? "unlimited" : std::to_string(limit.rlim_cur >> 10) + " KiB",
            enough ? "" : limits_fix};
}

#ifdef TIMBREL_PLAYER
Finding check_jack_server() {
    try {
        const JackClient client("Timbrel doctor");
        return {"JACK", true,
                std::to_string(client.rate()) + " Hz, " + std::to_string(client.period()) + " frames per period", ""};
    } catch (const Error&) {
        return {"JACK", false, "no server is running",
                "start one: jackd -d alsa; with PipeWire, put pw-jack before the command"};
    }
}

Finding check_midi() {
    const auto devices = make_midi_devices([](auto) {});
    if (!devices) return {"MIDI", true, "through JACK only, as this build has no RtMidi", ""};
    std::string names;
    for (const std::string& name : devices->names()) names += (names.empty() ? "" : ", ") + name;
    if (!names.empty()) return {"MIDI", true, names, ""};
    return {"MIDI", false, "no device", "connect one; if it does not appear, load the driver: modprobe snd-seq"};
}
#endif

Finding check_bake_program() {
    const std::string path = find_bake_program();
    if (!path.empty()) return {"baking", true, path, ""};
    return {"baking", false, "timbrel-bake is not installed",
            "build with meson setup -Dmodels=enabled; playing works without it"};
}

} // namespace

bool run_doctor(bool as_json) {
    bool all_ok = true;
    nlohmann::json list = nlohmann::json::array();
    std::vector<Finding> findings = {check_plugin(),   check_lv2_path(),    check_banks(),
                                     check_realtime(), check_memory_lock(), check_bake_program()};
#ifdef TIMBREL_PLAYER
    findings.push_back(check_jack_server());
    findings.push_back(check_midi());
#endif
    for (const Finding& finding : findings) {
        all_ok &= finding.ok;
        if (as_json)
            list.push_back({{"what", finding.subject},
                            {"ok", finding.ok},
                            {"found", finding.detail},
                            {"fix", finding.fix},
                            // The spellings of 0.2.
                            {"well", finding.ok},
                            {"mend", finding.fix}});
        else
            std::printf("%s %-12s %s%s%s\n", finding.ok ? "ok " : "-- ", finding.subject.c_str(),
                        printable(finding.detail, max_printed_line).c_str(),
                        finding.fix.empty() ? "" : "\n                 fix: ", finding.fix.c_str());
    }
    if (as_json) std::printf("%s\n", list.dump(2, ' ', true, nlohmann::json::error_handler_t::replace).c_str());
    return all_ok;
}

} // namespace timbrel::host
