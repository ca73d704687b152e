// SPDX-License-Identifier: GPL-3.0-or-later
// Draws the window onto a cairo surface, region by region, so that only regions that have changed are redrawn.
// Thread: control (the window's).
#pragma once

#include "plugin/ui/scene/layout.h"
#include "plugin/ui/scene/scene.h"
#include "plugin/ui/widgets/plane.h"

#include <cairo.h>

#include <array>
#include <bitset>
#include <cstddef>

namespace timbrel::ui {

enum class Region : size_t { header, toolbar, plane, panels, keyboard, status, count };

class RegionSet {
  public:
    void add(Region region) { bits_.set(static_cast<size_t>(region)); }
    void add_all() { bits_.set(); }
    bool has(Region region) const { return bits_[static_cast<size_t>(region)]; }
    bool any() const { return bits_.any(); }
    void clear() { bits_.reset(); }

  private:
    std::bitset<static_cast<size_t>(Region::count)> bits_;
};

inline constexpr std::array<Region, static_cast<size_t>(Region::count)> all_regions = {
    Region::header, Region::toolbar, Region::plane, Region::panels, Region::keyboard, Region::status};

// The region's rectangle. Nothing is drawn outside the six rectangles but the window's background.
Rect region_area(const Layout& layout, Region region);

// Draws one region with its background. `cairo` must be scaled to the layout's units.
void draw_region(cairo_t* cairo, Region region, const Layout& layout, const Scene& scene, PlaneBackground& background);

// Draws the window's background and all regions.
void draw_window(cairo_t* cairo, const Layout& layout, const Scene& scene, PlaneBackground& background);

} // namespace timbrel::ui
