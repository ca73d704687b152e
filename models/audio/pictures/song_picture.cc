// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/pictures/song_picture.h"

#include "common/units.h"
#include "models/audio/io/audio.h"
#include "models/audio/pictures/plane_colours.h"
#include "models/audio/pictures/rainbowgram.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace timbrel::audio {
namespace {

constexpr double left = 64, top = 86, lane_width = 1010, gap = 16, plane_side = 210;

// The plane's colour at `point`, lightened so that a line shows on the background.
Colour line_colour(const PlaneColours& plane, const PathPoint& point) {
    const std::array<Colour, 2> colours = {plane.at(point.x, point.y), palette::text};
    const std::array<double, 2> weights = {0.62, 0.38};
    return mix_colours(colours, weights);
}

struct Level {
    double peak = 0, rms = 0;
};

std::vector<Level> column_levels(const Audio& audio, size_t columns) {
    std::vector<Level> levels(columns);
    for (size_t column = 0; column < columns; ++column) {
        const size_t from = audio.frames() * column / columns,
                     to = std::max(from + 1, audio.frames() * (column + 1) / columns);
        double squares = 0;
        for (size_t i = from; i < std::min(to, audio.frames()); ++i)
            for (const float sample : {audio.left[i], audio.right[i]}) {
                levels[column].peak = std::max(levels[column].peak, std::abs(static_cast<double>(sample)));
                squares += static_cast<double>(sample) * sample;
            }
        levels[column].rms = std::sqrt(squares / (2.0 * static_cast<double>(to - from)));
    }
    return levels;
}

// Draws peak levels in the dimmed colour of the path's position, and RMS levels over them.
void draw_levels(const Canvas& canvas, const Box& box, const Audio& audio, const std::vector<PathPoint>& path,
                 const PlaneColours& plane) {
    const auto columns = static_cast<size_t>(box.width * 2);
    const std::vector<Level> levels = column_levels(audio, columns);
    double loudest = 1e-6;
    for (const Level& level : levels) loudest = std::max(loudest, level.peak);
    const double middle = box.y + box.height / 2, scale = box.height / 2 / loudest;
    canvas.line(box.x, middle, box.right(), middle, palette::line);
    for (size_t column = 0; column < columns; ++column) {
        const double x = box.x + (static_cast<double>(column) + 0.5) / 2;
        const Colour ink = line_colour(
            plane, path_at(path, audio.seconds() * static_cast<double>(column) / static_cast<double>(columns)));
        canvas.line(x, middle - scale * levels[column].peak, x, middle + scale * levels[column].peak, ink, 0.4, 0.55);
        canvas.line(x, middle - scale * levels[column].rms, x, middle + scale * levels[column].rms, ink, 1, 0.55);
    }
}

void draw_curve(const Canvas& canvas, const Box& box, const std::vector<PathPoint>& path, double seconds,
                double PathPoint::*axis, const Colour& ink) {
    cairo_new_path(canvas.cairo());
    for (double x = 0; x <= box.width; x += 1)
        cairo_line_to(canvas.cairo(), box.x + x,
                      box.bottom() - box.height * (path_at(path, seconds * x / box.width).*axis));
    canvas.set_colour(ink);
    cairo_set_line_width(canvas.cairo(), 1.8);
    cairo_set_line_join(canvas.cairo(), CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(canvas.cairo());
}

// Draws X and Y over time, on a background in the colours of the path's positions.
void draw_path(const Canvas& canvas, const Box& box, const std::vector<PathPoint>& path, double seconds,
               const PlaneColours& plane) {
    canvas.image(
        box,
        [&](double u, double v, double) {
            const PathPoint point = path_at(path, seconds * u);
            const std::array<Colour, 2> colours = {plane.at(point.x, point.y), palette::background};
            const std::array<double, 2> weights = {0.8 - 0.35 * v, 0.2 + 0.35 * v};
            return mix_colours(colours, weights);
        },
        4);
    const Box inner{box.x, box.y + 8, box.width, box.height - 16};
    draw_curve(canvas, inner, path, seconds, &PathPoint::y, palette::text);
    draw_curve(canvas, inner, path, seconds, &PathPoint::x, palette::accent);
    for (const auto& [name, y, label] :
         {std::tuple("1", inner.y, "north, east"), std::tuple("0", inner.bottom(), "south, west")}) {
        canvas.text(box.x - 8, y + 4, name, 11, palette::muted_text, Align::right);
        canvas.text(box.right() + gap, y + 4, label, 11, palette::muted_text);
    }
    const double middle = inner.y + inner.height / 2;
    canvas.text(box.right() + gap, middle - 3, "X", 13, palette::accent, Align::left, true);
    canvas.text(box.right() + gap, middle + 14, "Y", 13, palette::text, Align::left, true);
}

// Draws the path on the plane and marks its start and end.
void draw_plane_map(const Canvas& canvas, const Box& box, const std::vector<PathPoint>& path, double seconds,
                    const PlaneColours& plane, const std::vector<std::string>& corners) {
    plane.paint(canvas, box, 1, 8);
    const Box inner{box.x + 10, box.y + 10, box.width - 20, box.height - 20};
    const auto to_canvas = [&](const PathPoint& point) {
        return std::pair(inner.x + inner.width * point.x, inner.bottom() - inner.height * point.y);
    };
    constexpr int steps = 1200;
    for (int step = 0; step < steps; ++step) {
        const auto [x0, y0] = to_canvas(path_at(path, seconds * step / steps));
        const auto [x1, y1] = to_canvas(path_at(path, seconds * (step + 1) / steps));
        canvas.line(x0, y0, x1, y1, palette::text, 0.25 + 0.6 * step / steps, 1.6);
    }
    const auto [x, y] = to_canvas(path_at(path, seconds));
    cairo_arc(canvas.cairo(), x, y, 5.5, 0, 7);
    canvas.set_colour(palette::accent);
    cairo_fill_preserve(canvas.cairo());
    canvas.set_colour(palette::text);
    cairo_set_line_width(canvas.cairo(), 1.4);
    cairo_stroke(canvas.cairo());
    const auto [x0, y0] = to_canvas(path_at(path, 0));
    cairo_arc(canvas.cairo(), x0, y0, 4, 0, 7);
    canvas.set_colour(palette::text);
    cairo_stroke(canvas.cairo());
    for (size_t i = 0; i < corners.size() && i < 4; ++i)
        canvas.text(i % 2 ? box.right() : box.x, i < 2 ? box.y - 8 : box.bottom() + 17, corners[i], 11,
                    palette::muted_text, i % 2 ? Align::right : Align::left, false, box.width / 2 - 6);
}

std::string summary(const Audio& audio) {
    double peak = 1e-9;
    for (const auto* channel : {&audio.left, &audio.right})
        for (const float sample : *channel) peak = std::max(peak, std::abs(static_cast<double>(sample)));
    const double level = amplitude_to_db(peak);
    char text[96];
    std::snprintf(text, sizeof text, "%.1f s  ·  %.4g kHz  ·  peak %s%.1f dBFS", audio.seconds(), audio.rate / 1000,
                  level < 0 ? "−" : "", std::abs(level));
    return text;
}

} // namespace

std::vector<PathPoint> read_path(const std::string& csv) {
    std::ifstream file(csv);
    if (!file) throw PictureError(csv + ": cannot be read");
    std::vector<PathPoint> path;
    std::string line;
    for (size_t number = 1; std::getline(file, line); ++number) {
        std::erase_if(line, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
        if (line.empty() || line.front() == '#') continue;
        std::array<double, 3> values{};
        const char *at = line.data(), *end = line.data() + line.size();
        for (size_t i = 0; i < 3; ++i) {
            const auto [next, error] = std::from_chars(at, end, values[i]);
            const bool ends_well = i < 2 ? next != end && *next == ',' : next == end;
            if (error != std::errc() || !ends_well || !std::isfinite(values[i]))
                throw PictureError(csv + ":" + std::to_string(number) + ": expected three numbers: seconds,x,y");
            at = next + (i < 2);
        }
        path.push_back({values[0], values[1], values[2]});
    }
    if (path.empty()) throw PictureError(csv + ": holds no point; write lines of seconds,x,y");
    if (!std::ranges::is_sorted(path, {}, &PathPoint::seconds)) throw PictureError(csv + ": its times do not ascend");
    return path;
}

PathPoint path_at(const std::vector<PathPoint>& path, double seconds) {
    const auto after = std::ranges::upper_bound(path, seconds, {}, &PathPoint::seconds);
    if (after == path.begin()) return path.front();
    if (after == path.end()) return path.back();
    const PathPoint &a = *(after - 1), &b = *after;
    const double fraction = (seconds - a.seconds) / (b.seconds - a.seconds);
    return {seconds, a.x + fraction * (b.x - a.x), a.y + fraction * (b.y - a.y)};
}

void plot_song(const std::string& sound, const std::string& path_csv, const std::string& out,
               const std::vector<std::string>& corners) {
    const Audio audio = read_audio(sound);
    const std::vector<PathPoint> path = read_path(path_csv);
    const PlaneColours plane(2, 2);
    const Rainbowgram rainbowgram(audio);
    const double seconds = std::max(audio.seconds(), 0.02);

    const Box level_lane{left, top, lane_width, 96}, spectrum_lane{left, level_lane.bottom() + gap, lane_width, 380};
    const Box path_lane{left, spectrum_lane.bottom() + gap, lane_width, 120};
    const Box map{level_lane.right() + gap + 14, top + 12, plane_side, plane_side};
    Canvas canvas(out, map.right() + 34, path_lane.bottom() + 44);
    canvas.text(left, 44, std::filesystem::path(sound).stem().string(), 24, palette::text, Align::left, true,
                lane_width);
    canvas.text(left, 66, summary(audio), 12, palette::muted_text);
    draw_levels(canvas, level_lane, audio, path, plane);
    rainbowgram.paint(canvas, spectrum_lane, seconds, 4);
    draw_pitch_axis(canvas, spectrum_lane, rainbowgram.octaves());
    draw_path(canvas, path_lane, path, seconds, plane);
    draw_time_axis(canvas, path_lane, seconds);
    draw_plane_map(canvas, map, path, seconds, plane, corners);
    canvas.finish();
}

} // namespace timbrel::audio
