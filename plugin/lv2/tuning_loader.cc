// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/tuning_loader.h"

#include "plugin/engine/midi/scala.h"

#include <algorithm>
#include <exception>

namespace timbrel::lv2 {

void TuningLoader::request(engine::TripleBuffer<Request>& requests, std::string_view path) noexcept TIMBREL_REALTIME {
    if (path.size() >= path_bytes) return;
    requests.draft().set(path);
    requests.publish();
}

void TuningLoader::process_requests() {
    const std::lock_guard lock(mutex_);
    TuningFiles requested = files_;
    const bool scale = scales_.take(), map = maps_.take();
    if (scale) requested.scale = scales_.value().c_str();
    if (map) requested.map = maps_.value().c_str();
    if (scale || map) publish(open(requested, true), Origin::request);
}

void TuningLoader::load(const TuningFiles& files, bool force) {
    const std::lock_guard lock(mutex_);
    const std::string message = open(files, force);
    if (!message.empty()) {
        files_ = files;
        apply(engine::Tuning::equal(), force);
    }
    publish(message, Origin::state);
}

TuningFiles TuningLoader::files() const {
    const std::lock_guard lock(mutex_);
    return files_;
}

std::string TuningLoader::open(const TuningFiles& files, bool force) {
    try {
        apply(files.scale.empty() ? engine::Tuning::equal() : engine::read_scala(files.scale, files.map), force);
        files_ = files;
        return {};
    } catch (const std::exception& error) {
        return error.what();
    }
}

void TuningLoader::apply(const engine::Tuning& tuning, bool force) {
    const auto same_pitch = [](float a, float b) {
        return a == b || !(engine::Tuning::sounds(a) || engine::Tuning::sounds(b));
    };
    if (!force && std::ranges::equal(tuning.pitch, applied_.pitch, same_pitch)) return;
    applied_ = tuning;
    synth_.set_tuning(tuning);
}

} // namespace timbrel::lv2
