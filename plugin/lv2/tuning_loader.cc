#include "plugin/lv2/tuning_loader.h"

#include "plugin/engine/midi/scala.h"

#include <algorithm>
#include <exception>

namespace timbrel::lv2 {

void TuningLoader::request(engine::Latest<Request>& requests, std::string_view path) {
    if (path.size() >= path_bytes) return;
    requests.draft().set(path);
    requests.publish();
}

void TuningLoader::attend() {
    const std::lock_guard lock(mutex_);
    WantedTuning asked = wanted_;
    const bool scale = scales_.take(), map = maps_.take();
    if (scale) asked.scale = scales_.value().c_str();
    if (map) asked.map = maps_.value().c_str();
    if (scale || map) answer(open(asked, true), Cause::request);
}

void TuningLoader::load(const WantedTuning& wanted, bool anew) {
    const std::lock_guard lock(mutex_);
    const std::string message = open(wanted, anew);
    if (!message.empty()) {
        wanted_ = wanted;
        use(engine::Tuning::equal(), anew);
    }
    answer(message, Cause::state);
}

WantedTuning TuningLoader::wanted() const {
    const std::lock_guard lock(mutex_);
    return wanted_;
}

std::string TuningLoader::open(const WantedTuning& wanted, bool anew) {
    try {
        use(wanted.scale.empty() ? engine::Tuning::equal() : engine::read_scala(wanted.scale, wanted.map), anew);
        wanted_ = wanted;
        return {};
    } catch (const std::exception& error) {
        return error.what();
    }
}

void TuningLoader::use(const engine::Tuning& tuning, bool anew) {
    const auto alike = [](float a, float b) {
        return a == b || !(engine::Tuning::sounds(a) || engine::Tuning::sounds(b));
    };
    if (!anew && std::ranges::equal(tuning.pitch, used_.pitch, alike)) return;
    used_ = tuning;
    instrument_.set_tuning(tuning);
}

} // namespace timbrel::lv2
