// Which plugins there are. Main thread only.
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
    World();

    // A plugin installed on the LV2 path. Throws Error when there is none with this URI. Owned by the world.
    const LilvPlugin* installed(const std::string& uri);
    const LilvPlugin* find_installed(const std::string& uri); // the same; null when there is none

    // Timbrel's own plugin: from LV2_PATH if that is set and has it, else the one that was built or installed together
    // with this program, else from the standard path. Throws Error when it is nowhere.
    const LilvPlugin* own();

    Node uri(const std::string& text) const { return Node(lilv_new_uri(world_.get(), text.c_str())); }
    LilvWorld* get() const { return world_.get(); }

  private:
    struct Deleter {
        void operator()(LilvWorld* world) const { lilv_world_free(world); }
    };
    const LilvPlugin* find(const std::string& uri) const;
    void load_path();

    std::unique_ptr<LilvWorld, Deleter> world_;
    bool path_loaded_ = false;
};

inline constexpr char own_plugin_uri[] = "urn:timbrel:morph";

// The folder of the running program; empty when the system does not tell.
std::filesystem::path program_folder();

} // namespace timbrel::host
