// The whole window onto a cairo surface, in parts, so that only what has changed needs to be drawn anew.
#pragma once

#include "plugin/ui/scene/layout.h"
#include "plugin/ui/scene/scene.h"
#include "plugin/ui/widgets/plane.h"

#include <cairo.h>

#include <array>
#include <bitset>
#include <cstddef>

namespace timbrel::ui {

enum class Part : size_t { header, plane, panels, keyboard, status, count };

class Parts {
  public:
    void add(Part part) { bits_.set(static_cast<size_t>(part)); }
    void add_all() { bits_.set(); }
    bool has(Part part) const { return bits_[static_cast<size_t>(part)]; }
    bool any() const { return bits_.any(); }
    void clear() { bits_.reset(); }

  private:
    std::bitset<static_cast<size_t>(Part::count)> bits_;
};

inline constexpr std::array<Part, static_cast<size_t>(Part::count)> all_parts = {
    Part::header, Part::plane, Part::panels, Part::keyboard, Part::status};

// The rectangles of all parts together cover everything that is ever drawn on.
Rect part_area(const Layout& layout, Part part);

// `cairo` is scaled so that one unit is one of the layout's.
void draw_part(cairo_t* cairo, Part part, const Layout& layout, const Scene& scene, PlaneGround& ground);

// Everything, the background included.
void draw_window(cairo_t* cairo, const Layout& layout, const Scene& scene, PlaneGround& ground);

} // namespace timbrel::ui
