// SPDX-License-Identifier: GPL-3.0-or-later
// Gets the recorded gesture from the plugin and gives one to it, through files in a private folder of this window.
// Thread: control (the window's); never waits.
#pragma once

#include "plugin/ui/window/plugin_connection.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace timbrel::ui {

class GestureTransfer {
  public:
    using Bytes = std::shared_ptr<const std::vector<uint8_t>>; // null for no gesture

    // `plugin` must outlive the object. Without a folder for temporary files nothing is exchanged.
    explicit GestureTransfer(PluginConnection& plugin);
    ~GestureTransfer(); // removes the folder
    GestureTransfer(const GestureTransfer&) = delete;
    GestureTransfer& operator=(const GestureTransfer&) = delete;

    // Asks the plugin for its gesture.
    void request();
    // The gesture that was asked for, once, when it has come. To be called at every idle().
    std::optional<Bytes> take();

    // Makes the plugin play this gesture.
    void send(const Bytes& gesture);

  private:
    PluginConnection& plugin_;
    std::filesystem::path folder_;   // empty for none
    std::filesystem::path expected_; // the file that the plugin writes; empty for none
    int files_ = 0;                  // for their names
};

} // namespace timbrel::ui
