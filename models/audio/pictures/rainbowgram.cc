// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/pictures/rainbowgram.h"

#include "common/note_name.h"
#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace timbrel::audio {
namespace {

// Colours by level and hue, from dark and dull to bright and nearly white. A table, because every pixel needs one.
class ColourTable {
  public:
    static constexpr size_t hues = 96, levels = 64;

    ColourTable() {
        for (size_t level = 0; level < levels; ++level)
            for (size_t hue = 0; hue < hues; ++hue) {
                const double v = static_cast<double>(level) / (levels - 1);
                const double lightness = 0.192 + 0.72 * std::pow(v, 1.15);
                const double chroma = 0.19 * std::min(1.0, 1.5 * v) * (1 - 0.45 * std::max(0.0, v - 0.7) / 0.3);
                colours_[level * hues + hue] = oklch(lightness, chroma, static_cast<double>(hue) / hues);
            }
        for (size_t hue = 0; hue < hues; ++hue) colours_[hue] = palette::background;
    }

    const Colour& at(float level, float hue) const {
        const size_t row = static_cast<size_t>(std::clamp(level, 0.0f, 1.0f) * (levels - 1) + 0.5f);
        return colours_[row * hues + static_cast<size_t>(hue * hues) % hues];
    }

  private:
    std::array<Colour, hues * levels> colours_;
};

const ColourTable& colour_table() {
    static const ColourTable table;
    return table;
}

// The smallest step of 1, 2 or 5 times a power of ten that gives at most `most_ticks` ticks.
double tick_step(double range, double most_ticks) {
    const double ideal = range / most_ticks, power = std::pow(10, std::floor(std::log10(ideal)));
    for (const double step : {1.0, 2.0, 5.0})
        if (step * power >= ideal * 0.999) return step * power;
    return 10 * power;
}

std::string time_text(double seconds, double step) {
    char text[32];
    std::snprintf(text, sizeof text, step >= 1 ? "%.0f" : step >= 0.1 ? "%.1f" : "%.2f", seconds);
    return text;
}

} // namespace

Rainbowgram::Rainbowgram(const Audio& audio, size_t octaves) {
    std::vector<float> mono(audio.frames());
    for (size_t i = 0; i < mono.size(); ++i) mono[i] = 0.5f * (audio.left[i] + audio.right[i]);
    ConstantQShape shape;
    shape.octaves = octaves;
    // At most about 16000 frames: more than any picture has pixels.
    shape.hop *= 1 + audio.frames() / shape.hop / 16000;
    const ConstantQ transform = constant_q(mono, audio.rate, shape);
    frames_ = transform.frames;
    bins_ = transform.bins;
    per_octave_ = shape.per_octave;
    frame_seconds_ = static_cast<double>(shape.hop) / audio.rate;
    seconds_ = audio.seconds();
    octaves_ = static_cast<double>(bins_) / static_cast<double>(per_octave_);

    float peak = 0;
    for (const std::complex<float> value : transform.values) peak = std::max(peak, std::norm(value));
    level_.resize(bins_ * frames_);
    hue_.resize(bins_ * frames_);
    for (size_t bin = 0; bin < bins_; ++bin) {
        const auto row = transform.bin(bin);
        for (size_t frame = 0; frame < frames_; ++frame) {
            const double decibels =
                power_to_db(static_cast<double>(std::norm(row[frame])) / std::max(peak, 1e-20f) + 1e-20);
            const size_t previous = frame > 0 ? frame - 1 : 0, next = std::max<size_t>(previous + 1, frame);
            const float turn =
                next < frames_ ? std::arg(row[next] * std::conj(row[previous])) / (2 * std::numbers::pi_v<float>) : 0;
            level_[bin * frames_ + frame] = static_cast<float>(std::clamp(1 - decibels / floor_decibels, 0.0, 1.0));
            hue_[bin * frames_ + frame] = turn - std::floor(turn);
        }
    }
}

Colour Rainbowgram::at(double seconds, double span, double octave) const {
    const double bin_position = octave * static_cast<double>(per_octave_) - 0.5;
    const size_t bin = static_cast<size_t>(std::clamp(std::floor(bin_position), 0.0, static_cast<double>(bins_ - 1)));
    const size_t above = std::min(bin + 1, bins_ - 1);
    const float fraction = static_cast<float>(std::clamp(bin_position - static_cast<double>(bin), 0.0, 1.0));
    const size_t first = static_cast<size_t>(std::max(0.0, seconds / frame_seconds_));
    const size_t last = std::max(first + 1, static_cast<size_t>((seconds + span) / frame_seconds_));
    float level = 0;
    size_t loudest = std::min(first, frames_ - 1);
    for (size_t frame = first; frame < std::min(last, frames_); ++frame) {
        const float value = (1 - fraction) * level_[bin * frames_ + frame] + fraction * level_[above * frames_ + frame];
        if (value <= level) continue;
        level = value;
        loudest = frame;
    }
    return colour_table().at(level, hue_[(fraction < 0.5f ? bin : above) * frames_ + loudest]);
}

void Rainbowgram::paint(const Canvas& canvas, const Box& box, double shown_seconds, double radius) const {
    canvas.image(
        box,
        [&](double u, double v, double du) {
            return at((u - du / 2) * shown_seconds, du * shown_seconds, (1 - v) * octaves_);
        },
        radius);
}

void draw_time_axis(const Canvas& canvas, const Box& box, double seconds) {
    const double step = tick_step(seconds, box.width / 70);
    for (double time = 0; time <= seconds * 1.0001; time += step) {
        const double x = box.x + box.width * time / seconds;
        canvas.line(x, box.bottom(), x, box.bottom() + 4, palette::muted_text, 0.7);
        canvas.text(x, box.bottom() + 17, time_text(time, step) + (time + step > seconds * 1.0001 ? " s" : ""), 11,
                    palette::muted_text, Align::centre);
    }
}

void draw_pitch_axis(const Canvas& canvas, const Box& box, double octaves) {
    for (int octave = 0; octave < octaves + 0.01; ++octave) {
        const double y = box.bottom() - box.height * octave / octaves;
        if (octave > 0 && y > box.y + 2) canvas.line(box.x, y, box.right(), y, palette::text, 0.09);
        canvas.line(box.x - 4, y, box.x, y, palette::muted_text, 0.7);
        canvas.text(box.x - 8, y + 4, note_name(36 + 12 * octave), 11, palette::muted_text, Align::right);
    }
}

void draw_rainbowgrams(const std::vector<Panel>& panels, const std::string& path) {
    if (panels.empty()) throw PictureError(path + ": nothing to draw");
    std::vector<Rainbowgram> pictures;
    double seconds = 0.02;
    for (const Panel& panel : panels) {
        pictures.emplace_back(resampled(panel.audio, 48000)); // so that all panels share one frequency scale
        seconds = std::max(seconds, pictures.back().seconds());
    }
    const size_t columns = panels.size() <= 3 ? panels.size() : panels.size() == 4 ? 2 : 3;
    const size_t rows = (panels.size() + columns - 1) / columns;
    const double width = columns == 1 ? 760 : columns == 2 ? 480 : 400, height = columns == 1 ? 420 : 330;
    const double left = 56, top = 26, gap = 28, title = 34, axis = 34, caption = 26;
    const double step_x = width + gap + (columns > 1 ? 26 : 0), step_y = title + height + axis;

    Canvas canvas(path, left + static_cast<double>(columns - 1) * step_x + width + 30,
                  top + static_cast<double>(rows) * step_y + caption);
    for (size_t i = 0; i < panels.size(); ++i) {
        const Box box{left + static_cast<double>(i % columns) * step_x,
                      top + static_cast<double>(i / columns) * step_y + title - 12, width, height};
        canvas.text(box.x, box.y - 12, panels[i].title, 15, palette::text, Align::left, true, box.width);
        pictures[i].paint(canvas, box, seconds, 4);
        draw_time_axis(canvas, box, seconds);
        draw_pitch_axis(canvas, box, pictures[i].octaves());
    }
    canvas.text(left, top + static_cast<double>(rows) * step_y + 8,
                "brightness: level, down to -70 dB  ·  hue: phase advance, one colour for a steady partial", 11,
                palette::muted_text, Align::left, false, static_cast<double>(columns) * step_x);
    canvas.finish();
}

} // namespace timbrel::audio
