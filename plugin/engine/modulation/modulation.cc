// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/modulation/modulation.h"

namespace timbrel::engine {

namespace {

PlanePoint scaled(const ModulationRow& row, PlanePoint point) {
    return {row[ModulationTarget::x] * point.x, row[ModulationTarget::y] * point.y};
}

} // namespace

void Modulation::set(const Settings& settings) noexcept TIMBREL_REALTIME {
    settings_ = settings;
    for (size_t i = 0; i < lfo_count; ++i) lfos_[i].set(settings.lfos[i]);
}

void Modulation::set_amount(ModulationSource source, ModulationTarget target, float amount,
                            float tick_fraction) noexcept TIMBREL_REALTIME {
    ModulationRow& row = rows_[static_cast<size_t>(source)];
    if (source == ModulationSource::key || source == ModulationSource::velocity)
        row.snap(target, amount);
    else
        row.set_target(target, amount, tick_fraction);
}

void Modulation::snap_to_targets() noexcept TIMBREL_REALTIME {
    for (ModulationRow& row : rows_) row.snap_to_targets();
}

void Modulation::reset() noexcept TIMBREL_REALTIME {
    orbit_.reset();
    walk_.reset();
    for (Lfo& lfo : lfos_) lfo.reset();
    notes_ = 0;
}

bool Modulation::step(const Transport& song, double seconds, const SmootherRate& rate) noexcept TIMBREL_REALTIME {
    const bool orbit_jumped = orbit_.step(song, seconds, settings_.orbit_beats, settings_.orbit_rate);
    walk_.step(seconds * settings_.wander_rate);
    for (Lfo& lfo : lfos_) lfo.step(song, seconds);
    if (seconds > 0.0)
        for (ModulationRow& row : rows_) row.step(rate);
    active_ = row(ModulationSource::envelope).routed();
    shared_ = {};
    for (size_t i = 0; i < lfo_count; ++i) {
        active_ = active_ || lfo_row(i).routed();
        const float value = lfos_[i].value();
        if (applies_to_all(i)) shared_.add(lfo_row(i), value, 0.5f + 0.5f * value);
    }
    shared_.offset = {0.0f, 0.0f}; // moved() has it
    return orbit_jumped && row(ModulationSource::orbit)[ModulationTarget::x] != 0.0f;
}

PlanePoint Modulation::moved(PlanePoint position) const noexcept TIMBREL_REALTIME {
    if (row(ModulationSource::orbit).routed())
        position = position + scaled(row(ModulationSource::orbit), orbit_.point());
    if (row(ModulationSource::walk).routed()) position = position + scaled(row(ModulationSource::walk), walk_.point());
    for (size_t i = 0; i < lfo_count; ++i)
        if (applies_to_all(i)) position = position + scaled(lfo_row(i), {lfos_[i].value(), lfos_[i].value()});
    return position;
}

} // namespace timbrel::engine
