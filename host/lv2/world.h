// SPDX-License-Identifier: GPL-3.0-or-later
// Finds installed LV2 plugins. Thread: control, always the same one.
#pragma once

#include <lilv/lilv.h>

#include <filesystem>
#include <memory>
#include <string>

namespace timbrel::host {

struct NodeDeleter {
    void operator()(LilvNode* node) const { lilv_node_free(node); }
};
using Node = std::unique_ptr<LilvNode, NodeDeleter>;

class World {
  public:
    // Throws Error if memory is exhausted.
    World();

    // A plugin on the LV2 path, owned by the world. Throws Error if there is none with this URI.
    const LilvPlugin* require_installed(const std::string& uri);
    // The same; null if there is none.
    const LilvPlugin* find_installed(const std::string& uri);

    // Timbrel's own plugin: from LV2_PATH if that is set and has it, else the one built or installed with this program,
    // else from the default path. Throws Error if there is none.
    const LilvPlugin* timbrel_plugin();

    Node uri(const std::string& text) const { return Node(lilv_new_uri(world_.get(), text.c_str())); }
    LilvWorld* get() const { return world_.get(); }

  private:
    struct Deleter {
        void operator()(LilvWorld* world) const { lilv_world_free(world); }
    };
    const LilvPlugin* find(const std::string& uri) const;
    const LilvPlugin* load_bundled_plugin();
    void load_path();

    std::unique_ptr<LilvWorld, Deleter> world_;
    bool path_loaded_ = false;
};

inline constexpr char timbrel_plugin_uri[] = "urn:timbrel:morph";

// The folder of the running program; empty if it cannot be determined. Thread: any but audio.
std::filesystem::path program_folder();

} // namespace timbrel::host
