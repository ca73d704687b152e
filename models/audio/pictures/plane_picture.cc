// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/pictures/plane_picture.h"

#include "common/note_name.h"
#include "common/units.h"
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

constexpr double margin = 44, plane_width = 860, strip_height = 150;
constexpr size_t diagonal_steps = 5;

// Seconds at which the time slices of a cell's ridges begin, and at which the last slice ends.
constexpr std::array<double, 6> slice_times = {0, 0.08, 0.25, 0.7, 1.3, 2.2};

struct Corner {
    std::string name;
    double x, y;
};

// A bank and the one note of it that the picture shows: the pitch nearest to C4 at the highest velocity.
struct BankNote {
    explicit BankNote(const std::string& path) : bank(engine::Bank::open(path)) {
        name = std::filesystem::path(path).stem().string();
        try {
            read_metadata(bank->metadata());
        } catch (const nlohmann::json::exception&) {
            // Another program wrote the metadata; the sounds can be drawn without it.
            corners.clear();
        }
        map_columns = std::clamp<size_t>(map_columns, 1, bank->columns());
        map_rows = std::clamp<size_t>(map_rows, 1, bank->rows());
        const auto pitches = bank->pitches();
        const auto nearest = std::ranges::min_element(pitches, {}, [](int pitch) { return std::abs(pitch - 60); });
        pitch = *nearest;
        velocity = bank->velocities().back();
        note = bank->note(static_cast<uint32_t>(nearest - pitches.begin()),
                          static_cast<uint32_t>(bank->velocities().size() - 1));
    }

    void read_metadata(const nlohmann::json& metadata) {
        name = metadata.value("name", name);
        for (const nlohmann::json& corner : metadata.value("corners", nlohmann::json::array()))
            corners.push_back({corner.value("name", ""), corner.value("x", 0.5), corner.value("y", 0.5)});
        if (const auto map = metadata.find("map"); map != metadata.end()) {
            // get() converts numbers of any size and kind.
            map_columns = map->at(0).get_ref<const nlohmann::json::number_unsigned_t&>();
            map_rows = map->at(1).get_ref<const nlohmann::json::number_unsigned_t&>();
        }
    }

    Audio cell_audio(uint32_t cell) const {
        const engine::BankEntry& entry = bank->entry(note, cell);
        Audio audio{static_cast<double>(bank->rate()), {}, {}};
        const std::vector<int16_t> pcm = bank->read_pcm(entry);
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
    size_t map_columns = 2, map_rows = 2;
    uint32_t note = 0;
    int pitch = 60, velocity = 100;
};

// Mean level of each ERB band in each time slice, scaled from 0 (60 dB below the cell's peak) to 1.
std::vector<std::vector<double>> ridges(const Audio& audio) {
    const BandPower power = band_power(audio);
    std::vector<std::vector<double>> rows;
    double peak = 1e-20;
    for (size_t slice = 0; slice + 1 < slice_times.size(); ++slice) {
        const auto frame = [&](double seconds) { return static_cast<size_t>(seconds * audio.rate / 512); };
        const size_t from = frame(slice_times[slice]),
                     to = std::min(power.frames, std::max(frame(slice_times[slice + 1]), from + 1));
        if (from >= to) break;
        std::vector<double> row(power.columns);
        for (size_t i = from; i < to; ++i)
            for (size_t band = 0; band < power.columns; ++band)
                row[band] += power.row(i)[band] / static_cast<double>(to - from);
        peak = std::max(peak, *std::ranges::max_element(row));
        rows.push_back(std::move(row));
    }
    for (std::vector<double>& row : rows)
        for (double& value : row) value = std::clamp(1 + power_to_db(value / peak + 1e-20) / 60, 0.0, 1.0);
    return rows;
}

// Draws the ridges back to front, from the attack to the late sound; each ridge covers those behind it.
void draw_ridges(const Canvas& canvas, const Box& box, const std::vector<std::vector<double>>& rows,
                 const Colour& ground) {
    const double height = box.height * 0.52, step = (box.height - height) / static_cast<double>(slice_times.size() - 2);
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
        canvas.set_colour(ground, 0.7);
        cairo_fill(cairo);
        cairo_append_path(cairo, ridge);
        cairo_path_destroy(ridge);
        const double depth = static_cast<double>(i + 1) / static_cast<double>(slice_times.size() - 1);
        canvas.set_colour(palette::text, 0.25 + 0.65 * depth);
        cairo_set_line_width(cairo, 0.6 + 0.5 * depth);
        cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
        cairo_stroke(cairo);
    }
}

void draw_cells(const Canvas& canvas, const Box& plane, const BankNote& bank_note, const PlaneColours& colours) {
    const uint32_t columns = bank_note.bank->columns(), rows = bank_note.bank->rows();
    const double width = plane.width / columns, height = plane.height / rows;
    for (uint32_t row = 0; row < rows; ++row)
        for (uint32_t column = 0; column < columns; ++column) {
            const Box cell{plane.x + width * (column + 0.1), plane.y + height * (row + 0.14), width * 0.8,
                           height * 0.74};
            draw_ridges(canvas, cell, ridges(bank_note.cell_audio(row * columns + column)),
                        colours.at((column + 0.5) / columns, 1 - (row + 0.5) / rows));
        }
}

void draw_corner_names(const Canvas& canvas, const Box& plane, const BankNote& bank_note) {
    for (const Corner& corner : bank_note.corners) {
        const Align align = corner.x < 0.25 ? Align::left : corner.x > 0.75 ? Align::right : Align::centre;
        const double x = plane.x + plane.width * corner.x;
        // Outside the plane, so that names hide no cell; only names of a map's inner rows are drawn on the plane.
        const double y = corner.y > 0.99   ? plane.y - 10
                         : corner.y < 0.01 ? plane.bottom() + 21
                                           : plane.y + plane.height * (1 - corner.y);
        canvas.text(x, bank_note.map_rows > 1 ? y : plane.y - 10, corner.name, 15, palette::text, align, true,
                    plane.width / static_cast<double>(bank_note.map_columns) - 12);
    }
}

// Draws rainbowgrams of cells along the diagonal from the first corner to the last.
void draw_diagonal(const Canvas& canvas, const Box& strip, const BankNote& bank_note) {
    const uint32_t columns = bank_note.bank->columns(), rows = bank_note.bank->rows();
    const double gap = 14, width = (strip.width - gap * (diagonal_steps - 1)) / diagonal_steps;
    for (size_t step = 0; step < diagonal_steps; ++step) {
        const double fraction = static_cast<double>(step) / (diagonal_steps - 1);
        const auto column = static_cast<uint32_t>(std::lround(fraction * (columns - 1)));
        const auto row = static_cast<uint32_t>(std::lround(fraction * (rows - 1)));
        const Audio audio = bank_note.cell_audio(row * columns + column);
        const Box box{strip.x + static_cast<double>(step) * (width + gap), strip.y, width, strip.height};
        Rainbowgram(audio).paint(canvas, box, audio.seconds(), 4);
        char text[48];
        std::snprintf(text, sizeof text, "%.0f %%", fraction * 100);
        const std::string label = bank_note.corners.empty()    ? text
                                  : step == 0                  ? bank_note.corners.front().name
                                  : step == diagonal_steps - 1 ? bank_note.corners.back().name
                                                               : text;
        canvas.text(box.x + width / 2, box.bottom() + 18, label, 11, palette::muted_text, Align::centre, false, width);
    }
}

std::string count_text(size_t count, const std::string& singular, const std::string& plural) {
    return std::to_string(count) + " " + (count == 1 ? singular : plural);
}

std::string summary(const BankNote& bank_note) {
    const engine::Bank& bank = *bank_note.bank;
    const auto pitches = bank.pitches();
    char rate[32];
    std::snprintf(rate, sizeof rate, "%.4g kHz", bank.rate() / 1000.0);
    return std::to_string(bank.columns()) + " × " + count_text(bank.rows(), "cell", "cells") + "  ·  " +
           count_text(pitches.size(), "pitch,", "pitches from") + " " + note_name(pitches.front()) +
           (pitches.size() > 1 ? " to " + note_name(pitches.back()) : "") + "  ·  " +
           count_text(bank.velocities().size(), "velocity", "velocities") + "  ·  " + rate;
}

} // namespace

void draw_plane(const std::string& bank, const std::string& path) {
    const BankNote bank_note(bank);
    const PlaneColours colours(bank_note.map_columns, bank_note.map_rows);
    const double cell = plane_width / bank_note.bank->columns();
    const double plane_height = bank_note.bank->rows() > 1 ? std::min(cell, 160.0) * bank_note.bank->rows() : 190;
    const Box plane{margin, margin + 92, plane_width, plane_height};
    const Box strip{margin, plane.bottom() + 92, plane_width, strip_height};

    Canvas canvas(path, plane_width + 2 * margin, strip.bottom() + 24 + margin);
    canvas.text(margin, margin + 20, bank_note.name, 26, palette::text, Align::left, true, plane_width);
    canvas.text(margin, margin + 43, summary(bank_note), 12, palette::muted_text, Align::left, false, plane_width);
    colours.paint(canvas, plane, 1, 10);
    draw_cells(canvas, plane, bank_note, colours);
    draw_corner_names(canvas, plane, bank_note);
    canvas.text(margin, strip.y - 40 + 8, "From corner to corner", 15, palette::text, Align::left, true);
    canvas.text(plane.right(), strip.y - 40 + 8,
                note_name(bank_note.pitch) + " at velocity " + std::to_string(bank_note.velocity) +
                    "; ridges: spectra from the attack (back) to the late sound (front)",
                11, palette::muted_text, Align::right);
    draw_diagonal(canvas, strip, bank_note);
    canvas.finish();
}

} // namespace timbrel::audio
