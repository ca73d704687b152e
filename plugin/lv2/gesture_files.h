// SPDX-License-Identifier: GPL-3.0-or-later
// Exchanges the gesture with the window through files, because it is too large for messages: the window saves it in
// presets and brings it back.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/triple_buffer.h"
#include "plugin/engine/synth.h"
#include "plugin/lv2/fixed_text.h"
#include "plugin/lv2/shared/ports.h"

#include <atomic>
#include <cstdint>
#include <string_view>

namespace timbrel::lv2 {

class GestureFiles {
  public:
    // Control. `synth` must outlive the object.
    explicit GestureFiles(engine::Synth& synth) : synth_(synth) {}

    // Audio. Requests, for the next process_requests(), to write the gesture into a file as gesture_bytes() without
    // waiting for the disk, or to play the gesture in a file; an empty file is no gesture. Files that cannot be written
    // or read are ignored, and so are paths of path_bytes and more.
    void request_export(std::string_view path) noexcept TIMBREL_REALTIME { request(exports_, path); }
    void request_import(std::string_view path) noexcept TIMBREL_REALTIME { request(imports_, path); }

    // Worker, after a request.
    void process_requests();

    // Any. The number of gestures that were read from files.
    uint32_t imported() const noexcept TIMBREL_REALTIME { return imported_.load(std::memory_order_relaxed); }

  private:
    using Request = FixedText<path_bytes>;
    static void request(engine::TripleBuffer<Request>& requests, std::string_view path) noexcept TIMBREL_REALTIME;

    engine::Synth& synth_;
    engine::TripleBuffer<Request> exports_, imports_;
    std::atomic<uint32_t> imported_{0};
};

} // namespace timbrel::lv2
