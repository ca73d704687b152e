#include "models/audio/pictures/plane_picture.h"

#include "models/audio/analysis/decibels.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/audio/pictures/plane_colours.h"
#include "models/audio/pictures/rainbowgram.h"
#include "plugin/engine/bank/bank.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>

namespace timbrel::audio {
namespace {

constexpr double margin = 44, plane_width = 860, walk_height = 150;
constexpr size_t walk_steps = 5;

// Seconds at which the slices of a cell's ridges begin; the last one's end.
constexpr std::array<double, 6> slices = {0, 0.08, 0.25, 0.7, 1.3, 2.2};

struct Corner {
    std::string name;
    double x, y;
};

// The bank and the one note of it that is shown.
struct Shown {
    explicit Shown(const std::string& path) : bank(engine::Bank::open(path)) {
        name = std::filesystem::path(path).stem().string();
        try {
            read(bank->metadata());
        } catch (const nlohmann::json::exception&) {
            // Metadata of another maker: the sounds can be drawn without it.
            corners.clear();
        }
        across = std::clamp<size_t>(across, 1, bank->columns());
        down = std::clamp<size_t>(down, 1, bank->rows());
        const auto pitches = bank->pitches();
        const auto nearest = std::ranges::min_element(pitches, {}, [](int pitch) { return std::abs(pitch - 60); });
        pitch = *nearest;
        velocity = bank->velocities().back();
        note = bank->note(static_cast<uint32_t>(nearest - pitches.begin()),
                          static_cast<uint32_t>(bank->velocities().size() - 1));
    }

    void read(const nlohmann::json& about) {
        name = about.value("name", name);
        for (const nlohmann::json& corner : about.value("corners", nlohmann::json::array()))
            corners.push_back({corner.value("name", ""), corner.value("x", 0.5), corner.value("y", 0.5)});
        if (const auto map = about.find("map"); map != about.end()) {
            across = map->at(0).get<size_t>();
            down = map->at(1).get<size_t>();
        }
    }

    Audio sound(uint32_t cell) const {
        const engine::BankEntry& entry = bank->entry(note, cell);
        Audio audio{static_cast<double>(bank->rate()), {}, {}};
        const int16_t* pcm = bank->pcm(entry);
        const float scale = entry.gain / 32767;
        for (uint32_t i = 0; i < entry.frames; ++i) {
            audio.left.push_back(scale * pcm[2 * i]);
            audio.right.push_back(scale * pcm[2 * i + 1]);
        }
        return audio;
    }

    std::shared_ptr<const engine::Bank> bank;
    std::string name;
    std::vector<Corner> corners;
    size_t across = 2, down = 2;
    uint32_t note = 0;
    int pitch = 60, velocity = 100;
};

// Mean levels of the bands in each slice, from 0 at 60 dB under the cell's peak to 1.
std::vector<std::vector<double>> ridges(const Audio& audio) {
    const BandPower power = band_power(audio);
    std::vector<std::vector<double>> rows;
    double peak = 1e-20;
    for (size_t slice = 0; slice + 1 < slices.size(); ++slice) {
        const auto frame = [&](double seconds) { return static_cast<size_t>(seconds * audio.rate / 512); };
        const size_t from = frame(slices[slice]),
                     to = std::min(power.frames, std::max(frame(slices[slice + 1]), from + 1));
        if (from >= to) break;
        std::vector<double> row(power.columns);
        for (size_t i = from; i < to; ++i)
            for (size_t band = 0; band < power.columns; ++band)
                row[band] += power.row(i)[band] / static_cast<double>(to - from);
        peak = std::max(peak, *std::ranges::max_element(row));
        rows.push_back(std::move(row));
    }
    for (std::vector<double>& row : rows)
        for (double& value : row) value = std::clamp(1 + 10 * std::log10(value / peak + 1e-20) / 60, 0.0, 1.0);
    return rows;
}

// From the attack at the back to the late sound in front; each ridge hides what lies behind it.
void draw_ridges(const Canvas& canvas, const Box& box, const std::vector<std::vector<double>>& rows,
                 const Colour& ground) {
    const double height = box.height * 0.52, step = (box.height - height) / static_cast<double>(slices.size() - 2);
    for (size_t i = 0; i < rows.size(); ++i) {
        const double base = box.y + height + step * static_cast<double>(i);
        cairo_t* cairo = canvas.cairo();
        cairo_new_path(cairo);
        for (size_t band = 0; band < rows[i].size(); ++band)
            cairo_line_to(cairo,
                          box.x + box.width * static_cast<double>(band) / static_cast<double>(rows[i].size() - 1),
                          base - height * rows[i][band]);
        cairo_path_t* ridge = cairo_copy_path(cairo);
        cairo_line_to(cairo, box.right(), base + 1);
        cairo_line_to(cairo, box.x, base + 1);
        cairo_close_path(cairo);
        canvas.colour(ground, 0.7);
        cairo_fill(cairo);
        cairo_append_path(cairo, ridge);
        cairo_path_destroy(ridge);
        const double near = static_cast<double>(i + 1) / static_cast<double>(slices.size() - 1);
        canvas.colour(paint::text, 0.25 + 0.65 * near);
        cairo_set_line_width(cairo, 0.6 + 0.5 * near);
        cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
        cairo_stroke(cairo);
    }
}

void draw_cells(const Canvas& canvas, const Box& plane, const Shown& shown, const PlaneColours& colours) {
    const uint32_t columns = shown.bank->columns(), rows = shown.bank->rows();
    const double width = plane.width / columns, height = plane.height / rows;
    for (uint32_t row = 0; row < rows; ++row)
        for (uint32_t column = 0; column < columns; ++column) {
            const Box cell{plane.x + width * (column + 0.1), plane.y + height * (row + 0.14), width * 0.8,
                           height * 0.74};
            draw_ridges(canvas, cell, ridges(shown.sound(row * columns + column)),
                        colours.at((column + 0.5) / columns, 1 - (row + 0.5) / rows));
        }
}

void draw_names(const Canvas& canvas, const Box& plane, const Shown& shown) {
    for (const Corner& corner : shown.corners) {
        const Align align = corner.x < 0.25 ? Align::left : corner.x > 0.75 ? Align::right : Align::centre;
        const double x = plane.x + plane.width * corner.x;
        // Above and below the plane, so that they hide no cell; those of a map's inner rows on it.
        const double y = corner.y > 0.99   ? plane.y - 10
                         : corner.y < 0.01 ? plane.bottom() + 21
                                           : plane.y + plane.height * (1 - corner.y);
        canvas.text(x, shown.down > 1 ? y : plane.y - 10, corner.name, 15, paint::text, align, true,
                    plane.width / static_cast<double>(shown.across) - 12);
    }
}

// Rainbowgrams of the cells from the first corner to the last.
void draw_walk(const Canvas& canvas, const Box& strip, const Shown& shown) {
    const uint32_t columns = shown.bank->columns(), rows = shown.bank->rows();
    const double gap = 14, width = (strip.width - gap * (walk_steps - 1)) / walk_steps;
    for (size_t step = 0; step < walk_steps; ++step) {
        const double share = static_cast<double>(step) / (walk_steps - 1);
        const auto column = static_cast<uint32_t>(std::lround(share * (columns - 1)));
        const auto row = static_cast<uint32_t>(std::lround(share * (rows - 1)));
        const Audio audio = shown.sound(row * columns + column);
        const Box box{strip.x + static_cast<double>(step) * (width + gap), strip.y, width, strip.height};
        Rainbowgram(audio).paint(canvas, box, audio.seconds(), 4);
        char text[48];
        std::snprintf(text, sizeof text, "%.0f %%", share * 100);
        const std::string label = shown.corners.empty()    ? text
                                  : step == 0              ? shown.corners.front().name
                                  : step == walk_steps - 1 ? shown.corners.back().name
                                                           : text;
        canvas.text(box.x + width / 2, box.bottom() + 18, label, 11, paint::quiet, Align::centre, false, width);
    }
}

std::string counted(size_t count, const std::string& one, const std::string& many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string summary(const Shown& shown) {
    const engine::Bank& bank = *shown.bank;
    const auto pitches = bank.pitches();
    char rate[32];
    std::snprintf(rate, sizeof rate, "%.4g kHz", bank.rate() / 1000.0);
    return std::to_string(bank.columns()) + " × " + counted(bank.rows(), "cell", "cells") + "  ·  " +
           counted(pitches.size(), "pitch,", "pitches from") + " " + pitch_name(pitches.front()) +
           (pitches.size() > 1 ? " to " + pitch_name(pitches.back()) : "") + "  ·  " +
           counted(bank.velocities().size(), "velocity", "velocities") + "  ·  " + rate;
}

} // namespace

void draw_plane(const std::string& bank, const std::string& path) {
    const Shown shown(bank);
    const PlaneColours colours(shown.across, shown.down);
    const double cell = plane_width / shown.bank->columns();
    const double plane_height = shown.bank->rows() > 1 ? std::min(cell, 160.0) * shown.bank->rows() : 190;
    const Box plane{margin, margin + 92, plane_width, plane_height};
    const Box walk{margin, plane.bottom() + 92, plane_width, walk_height};

    Canvas canvas(path, plane_width + 2 * margin, walk.bottom() + 24 + margin);
    canvas.text(margin, margin + 20, shown.name, 26, paint::text, Align::left, true, plane_width);
    canvas.text(margin, margin + 43, summary(shown), 12, paint::quiet, Align::left, false, plane_width);
    colours.paint(canvas, plane, 1, 10);
    draw_cells(canvas, plane, shown, colours);
    draw_names(canvas, plane, shown);
    canvas.text(margin, walk.y - 40 + 8, "From corner to corner", 15, paint::text, Align::left, true);
    canvas.text(plane.right(), walk.y - 40 + 8,
                pitch_name(shown.pitch) + " at velocity " + std::to_string(shown.velocity) +
                    "; ridges: spectra from the attack (back) to the late sound (front)",
                11, paint::quiet, Align::right);
    draw_walk(canvas, walk, shown);
    canvas.finish();
}

} // namespace timbrel::audio
