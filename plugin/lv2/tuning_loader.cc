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
        apply(engine::Tuning::equal(), true, force);
    }
    publish(message, Origin::state);
}

TuningFiles TuningLoader::files() const {
    const std::lock_guard lock(mutex_);
    return files_;
}

std::string TuningLoader::open(const TuningFiles& files, bool force) {
    try {
        const bool is_scale = !files.scale.empty();
        apply(is_scale ? engine::read_scala(files.scale, files.map) : engine::Tuning::equal(), is_scale, force);
        files_ = files;
        return {};
    } catch (const std::exception& error) {
        return error.what();
    }
}

void TuningLoader::apply(const engine::Tuning& tuning, bool is_scale, bool force) {
    const auto same_pitch = [](float a, float b) {
        return a == b || !(engine::Tuning::sounds(a) || engine::Tuning::sounds(b));
    };
    if (!force && is_scale == applied_scale_ && std::ranges::equal(tuning.pitch, applied_.pitch, same_pitch)) return;
    applied_ = tuning;
    applied_scale_ = is_scale;
    if (is_scale)
        synth_.set_tuning(tuning);
    else
        synth_.clear_tuning();
}

} // namespace timbrel::lv2
