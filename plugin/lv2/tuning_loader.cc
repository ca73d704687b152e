#include "plugin/lv2/tuning_loader.h"

#include "plugin/engine/scala.h"

#include <exception>

namespace timbrel::lv2 {

void TuningLoader::request(Latest<Request>& requests, std::string_view path) {
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
    if (scale || map) answer(open(asked), Cause::request);
}

void TuningLoader::load(const WantedTuning& wanted) {
    const std::lock_guard lock(mutex_);
    const std::string message = open(wanted);
    if (!message.empty()) {
        wanted_ = wanted;
        instrument_.set_tuning(Tuning::equal());
    }
    answer(message, Cause::state);
}

WantedTuning TuningLoader::wanted() const {
    const std::lock_guard lock(mutex_);
    return wanted_;
}

std::string TuningLoader::open(const WantedTuning& wanted) {
    try {
        instrument_.set_tuning(wanted.scale.empty() ? Tuning::equal() : read_scala(wanted.scale, wanted.map));
        wanted_ = wanted;
        return {};
    } catch (const std::exception& error) {
        return error.what();
    }
}

} // namespace timbrel::lv2
