// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/song_position.h"

#include <lv2/atom/util.h>

#include <cmath>
#include <cstring>
#include <optional>

namespace timbrel::lv2 {

namespace {

template<class Number>
std::optional<double> body_of(const LV2_Atom* atom) {
    Number number;
    if (atom->size < sizeof number) return std::nullopt;
    std::memcpy(&number, atom + 1, sizeof number);
    return static_cast<double>(number);
}

// Hosts use different number types.
std::optional<double> number_of(const Urids& urids, const LV2_Atom* atom) {
    if (!atom) return std::nullopt;
    std::optional<double> number;
    if (atom->type == urids.atom_float) number = body_of<float>(atom);
    if (atom->type == urids.atom_double) number = body_of<double>(atom);
    if (atom->type == urids.atom_int) number = body_of<int32_t>(atom);
    if (atom->type == urids.atom_long) number = body_of<int64_t>(atom);
    return number && std::isfinite(*number) ? number : std::nullopt;
}

} // namespace

const engine::Transport& SongPosition::read(const LV2_Atom_Object* object) noexcept TIMBREL_REALTIME {
    const LV2_Atom *speed = nullptr, *frame = nullptr, *beat = nullptr, *bar = nullptr, *bar_beat = nullptr,
                   *beats_per_bar = nullptr, *tempo = nullptr;
    lv2_atom_object_get(object, urids_.time_speed, &speed, urids_.time_frame, &frame, urids_.time_beat, &beat,
                        urids_.time_bar, &bar, urids_.time_bar_beat, &bar_beat, urids_.time_beats_per_bar,
                        &beats_per_bar, urids_.time_beats_per_minute, &tempo, 0);
    const auto number = [this](const LV2_Atom* atom) { return number_of(urids_, atom); };
    if (const auto value = number(speed)) song_.rolling = *value > 0.0;
    if (const auto value = number(tempo); value && *value > 0.0) song_.beats_per_minute = *value;
    if (const auto value = number(beats_per_bar); value && *value > 0.0) beats_per_bar_ = *value;
    if (const auto value = number(frame)) {
        song_.seconds = *value / rate_;
        song_.beat = song_.beats_in(song_.seconds);
    }
    const auto bars = number(bar), within_bar = number(bar_beat);
    if (const auto value = number(beat))
        song_.beat = *value;
    else if (bars && within_bar)
        song_.beat = *bars * beats_per_bar_ + *within_bar;
    return song_;
}

} // namespace timbrel::lv2
