// SPDX-License-Identifier: GPL-3.0-or-later
// The presets that the window offers, and the scene's sound as a preset. Thread: control (the window's); reads and
// writes files. Functions throw Error with one line for the user; nothing has changed then.
#pragma once

#include "plugin/lv2/presets/preset_files.h"
#include "plugin/ui/scene/scene.h"

#include <filesystem>
#include <string>
#include <vector>

namespace timbrel::ui {

class WindowPresets {
  public:
    // `bundle`: the plugin's, with the factory presets. `scene` must outlive the object.
    WindowPresets(const Scene& scene, std::string plugin_uri, const std::filesystem::path& bundle)
        : scene_(scene), plugin_uri_(std::move(plugin_uri)),
          bundle_(bundle.has_filename() ? bundle : bundle.parent_path()) {} // hosts end it with a slash

    // Presets saved with the bank that plays, the user's other ones, then all others, each under a heading. `value` is
    // the URI, `detail` the bank of those with another one.
    std::vector<ListLine> lines() const;

    CurrentPreset read(const std::string& uri) const;
    CurrentPreset save(const std::string& name) const;
    // Those of the current preset, which must be the user's own.
    CurrentPreset replace() const;
    CurrentPreset rename(const std::string& name) const;
    void remove() const;

    // The preset that equals the scene's sound, which a host may have loaded; without a name if there is none.
    CurrentPreset recognise() const;

  private:
    std::vector<lv2::PresetFile> list() const { return lv2::list_presets(plugin_uri_, bundle_); }
    lv2::PresetFile find(const std::string& uri) const;
    CurrentPreset read(const lv2::PresetFile& file) const;
    std::string text(const std::string& name) const;

    const Scene& scene_;
    const std::string plugin_uri_;
    const std::filesystem::path bundle_;
};

} // namespace timbrel::ui
