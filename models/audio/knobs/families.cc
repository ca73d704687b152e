// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/knobs/families.h"

#include <initializer_list>

namespace timbrel::audio {
namespace {

KnobFamilies joined(std::initializer_list<KnobFamilies> lists) {
    KnobFamilies all;
    for (const KnobFamilies& list : lists) all.insert(all.end(), list.begin(), list.end());
    return all;
}

} // namespace

KnobFamilies synthesis_families() {
    return joined({oscillator_families(), filter_families(), string_families(), wind_families()});
}

#ifndef TIMBREL_STK
KnobFamilies stk_families() { return {}; }
#endif

KnobFamilies knob_families() { return joined({synthesis_families(), stk_families(), lv2_families()}); }

} // namespace timbrel::audio
