#include "host/cli/doctor.h"

#include "common/error.h"
#include "host/cli/offline_exec.h"
#include "host/lv2/instance.h"
#include "host/player/jack_client.h"
#include "host/player/midi/midi_devices.h"
#include "plugin/engine/bank/bank.h"
#include "plugin/lv2/shared/bank_search.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <sys/resource.h>
#include <vector>

namespace timbrel::host {

namespace {

struct Finding {
    std::string what; // a short name
    bool well;
    std::string found, mend; // mend: what to do; empty when all is well
};

constexpr char limits_mend[] = "put '@audio - rtprio 95' and '@audio - memlock unlimited' into "
                               "/etc/security/limits.d/audio.conf, join the group audio, log in anew";

Finding plugin() {
    try {
        World world;
        UridTable urids;
        const LilvPlugin* const own = world.own();
        const Instance instance(world, own, urids, {});
        const LilvNode* const bundle = lilv_plugin_get_bundle_uri(own);
        return {"plugin", true, "starts, from " + std::string(lilv_node_as_string(bundle)), ""};
    } catch (const std::exception& error) {
        return {"plugin", false, error.what(), "build it, or install it with meson install"};
    }
}

Finding other_hosts() {
    World world;
    try {
        world.installed(own_plugin_uri);
        return {"LV2 path", true, "other programs find the plugin", ""};
    } catch (const Error&) {
        return {"LV2 path", false, "other programs do not find the plugin",
                "link timbrel.lv2 into ~/.lv2, or install it with meson install"};
    }
}

Finding banks() {
    std::string names, broken;
    for (const auto& path : lv2::installed_banks()) {
        try {
            engine::Bank::open(path.string());
            names += (names.empty() ? "" : ", ") + path.stem().string();
        } catch (const engine::BankError& error) {
            broken += (broken.empty() ? "" : "; ") + std::string(error.what());
        }
    }
    if (!broken.empty()) return {"banks", false, broken, "bake them anew, or remove them"};
    if (!names.empty()) return {"banks", true, names, ""};
    return {"banks", false, "none in the bank folders",
            "put one into " + lv2::bank_folders().front().string() + ", or name its folder in TIMBREL_BANKS"};
}

Finding server() {
    try {
        const JackClient client("Timbrel doctor");
        return {"JACK", true,
                std::to_string(client.rate()) + " Hz, " + std::to_string(client.period()) + " frames a period", ""};
    } catch (const Error&) {
        return {"JACK", false, "no server is running",
                "start one: jackd -d alsa, or log in with PipeWire and use pw-jack"};
    }
}

Finding realtime() {
    rlimit limit{};
    getrlimit(RLIMIT_RTPRIO, &limit);
    sched_param parameters{};
    parameters.sched_priority = 10;
    const int policy = sched_getscheduler(0);
    const bool may = sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) == 0;
    parameters.sched_priority = 0;
    if (may) sched_setscheduler(0, policy, &parameters);
    return {"real time", may, may ? "allowed" : "not allowed, priority up to " + std::to_string(limit.rlim_cur),
            may ? "" : limits_mend};
}

Finding memory_lock() {
    rlimit limit{};
    getrlimit(RLIMIT_MEMLOCK, &limit);
    const bool enough = limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= rlim_t{256} << 20;
    return {"memory lock", enough,
            limit.rlim_cur == RLIM_INFINITY ? "unlimited" : std::to_string(limit.rlim_cur >> 10) + " KiB",
            enough ? "" : limits_mend};
}

Finding midi() {
    std::string names;
    for (const std::string& name : MidiDevices([](auto) {}).names()) names += (names.empty() ? "" : ", ") + name;
    if (!names.empty()) return {"MIDI", true, names, ""};
    return {"MIDI", false, "no device", "plug one in; if it stays unseen, load the driver: modprobe snd-seq"};
}

Finding baker() {
    const std::string place = find_baker();
    if (!place.empty()) return {"baking", true, place, ""};
    return {"baking", false, "timbrel-bake is not here",
            "build with meson setup -Dmodels=enabled; playing works without it"};
}

} // namespace

bool print_health(bool as_json) {
    bool well = true;
    nlohmann::json list = nlohmann::json::array();
    for (const Finding& finding :
         {plugin(), other_hosts(), banks(), server(), realtime(), memory_lock(), midi(), baker()}) {
        well &= finding.well;
        if (as_json)
            list.push_back(
                {{"what", finding.what}, {"well", finding.well}, {"found", finding.found}, {"mend", finding.mend}});
        else
            std::printf("%s %-12s %s%s%s\n", finding.well ? "ok " : "-- ", finding.what.c_str(), finding.found.c_str(),
                        finding.mend.empty() ? "" : "\n                 mend: ", finding.mend.c_str());
    }
    if (as_json) std::printf("%s\n", list.dump(2).c_str());
    return well;
}

} // namespace timbrel::host
