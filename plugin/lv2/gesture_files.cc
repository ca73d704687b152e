// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/gesture_files.h"

#include "common/atomic_file.h"
#include "common/error.h"
#include "plugin/lv2/shared/gesture_bytes.h"

#include <optional>
#include <span>
#include <vector>

namespace timbrel::lv2 {

namespace {

void write_gesture(const char* path, const engine::Gesture& gesture) {
    try {
        const std::vector<uint8_t> bytes = gesture_bytes(gesture);
        AtomicFile out(path);
        out.write(std::as_bytes(std::span(bytes)));
        out.finish_unsynced();
    } catch (const Error&) {
        // The window then saves presets without a gesture.
    }
}

// Nothing for a file that is no gesture.
std::optional<engine::Gesture> gesture_in(const char* path) {
    const auto bytes = read_whole_file(path);
    if (!bytes) return {};
    if (bytes->empty()) return engine::Gesture{};
    return read_gesture({reinterpret_cast<const uint8_t*>(bytes->data()), bytes->size()});
}

} // namespace

void GestureFiles::request(engine::TripleBuffer<Request>& requests, std::string_view path) noexcept TIMBREL_REALTIME {
    if (path.size() >= path_bytes) return;
    requests.draft().set(path);
    requests.publish();
}

void GestureFiles::process_requests() {
    if (imports_.take())
        if (const auto gesture = gesture_in(imports_.value().c_str())) {
            synth_.set_gesture(*gesture);
            ++imported_;
        }
    if (exports_.take()) write_gesture(exports_.value().c_str(), synth_.gesture());
}

} // namespace timbrel::lv2
