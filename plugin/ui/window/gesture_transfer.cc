// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/window/gesture_transfer.h"

#include "common/atomic_file.h"
#include "common/error.h"

#include <cstdlib>
#include <span>
#include <string>
#include <system_error>

namespace timbrel::ui {

namespace fs = std::filesystem;

GestureTransfer::GestureTransfer(PluginConnection& plugin) : plugin_(plugin) {
    std::error_code error;
    const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
    const fs::path parent = runtime && *runtime ? fs::path(runtime) : fs::temp_directory_path(error);
    std::string name = (parent / "timbrel-window-XXXXXX").string();
    if (!error && mkdtemp(name.data())) folder_ = name;
}

GestureTransfer::~GestureTransfer() {
    std::error_code error;
    if (!folder_.empty()) fs::remove_all(folder_, error);
}

void GestureTransfer::request() {
    if (folder_.empty()) return;
    expected_ = folder_ / ("from-plugin-" + std::to_string(++files_));
    plugin_.export_gesture(expected_);
}

std::optional<GestureTransfer::Bytes> GestureTransfer::take() {
    if (expected_.empty()) return {};
    const auto bytes = read_whole_file(expected_);
    if (!bytes) return {};
    std::error_code error;
    fs::remove(expected_, error);
    expected_.clear();
    return std::make_shared<const std::vector<uint8_t>>(bytes->begin(), bytes->end());
}

// The file stays until the window closes, because the plugin reads it later.
void GestureTransfer::send(const Bytes& gesture) {
    if (folder_.empty()) return;
    const fs::path file = folder_ / ("to-plugin-" + std::to_string(++files_));
    try {
        AtomicFile out(file);
        if (gesture) out.write(std::as_bytes(std::span(*gesture)));
        out.finish_unsynced();
    } catch (const Error&) {
        return; // no space for temporary files: the plugin keeps its gesture
    }
    plugin_.import_gesture(file);
}

} // namespace timbrel::ui
