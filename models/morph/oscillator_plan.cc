// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/morph/oscillator_plan.h"

#include "models/recipe/recipe.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

struct SlotPartial {
    double ratio, strength;
    size_t corner;
};

using Strengths = std::vector<std::vector<Tensor>>; // [velocity][corner]: mean amplitude of each slot

Strengths mean_amplitudes(const std::vector<std::vector<CornerNote>>& corners) {
    Strengths strengths(corners.size());
    for (size_t v = 0; v < corners.size(); ++v)
        for (const auto& c : corners[v])
            strengths[v].push_back(c.spectrum.partial.mean(at::IntArrayRef{0, 1}).to(torch::kCPU).contiguous());
    return strengths;
}

// The corners' strong partials of one slot, ascending.
std::vector<SlotPartial> partials_of_slot(const std::vector<std::vector<CornerNote>>& corners,
                                          const Strengths& strengths, int slot) {
    std::vector<SlotPartial> partials;
    for (size_t v = 0; v < corners.size(); ++v)
        for (size_t c = 0; c < corners[v].size(); ++c) {
            const auto& table = corners[v][c].spectrum.partials;
            const float* s = strengths[v][c].data_ptr<float>();
            const float strongest = *std::max_element(s, s + table.size());
            if (table.active[slot] && s[slot] > strongest * morph_recipe().min_partial_strength)
                partials.push_back({table.ratio[slot], s[slot], c});
        }
    std::ranges::sort(partials, {}, &SlotPartial::ratio);
    return partials;
}

// Adds the oscillators of one slot to the plan and their ratios to the list.
void add_slot(OscillatorPlan& plan, std::vector<double>& ratios, int slot, const std::vector<SlotPartial>& partials,
              size_t corner_count) {
    for (size_t first = 0, last; first < partials.size(); first = last) {
        std::vector<float> mask(corner_count, 0.f);
        double sum = 0, total = 0;
        for (last = first; last < partials.size() &&
                           detuning_cents(partials[last].ratio / partials[first].ratio) < morph_recipe().same_partial;
             ++last) {
            mask[partials[last].corner] = 1;
            sum += partials[last].strength * partials[last].ratio;
            total += partials[last].strength;
        }
        double ratio = sum / total;
        if (const double nearest = std::round(ratio);
            nearest > 0 && detuning_cents(ratio / nearest) < morph_recipe().same_partial / 2)
            ratio = nearest;
        ratios.push_back(ratio);
        plan.slot.push_back(slot);
        plan.corner_mask.insert(plan.corner_mask.end(), mask.begin(), mask.end());
    }
}

// The free partials of all corners, and which of them each corner has.
struct FreePartials {
    std::vector<double> ratio;
    std::vector<std::vector<int64_t>> source; // [corner][partial] index in the corner's table, −1 where it has none

    void add(const PartialTable& table, size_t corner) {
        for (int k = table.first_free(); k < table.size(); ++k) {
            size_t at = ratio.size();
            for (size_t i = 0; i < ratio.size(); ++i)
                if (source[corner][i] < 0 && detuning_cents(table.ratio[k] / ratio[i]) < morph_recipe().same_partial)
                    at = i;
            if (at == ratio.size()) {
                ratio.push_back(table.ratio[k]);
                for (auto& s : source) s.push_back(-1);
            }
            source[corner][at] = k;
        }
    }
};

// Gives a spectrum these free partials in the order of `source`, of which −1 are silent.
void set_free_partials(NoteSpectrum& s, const std::vector<double>& ratio, const std::vector<int64_t>& source) {
    const auto old = s.partials;
    const int kept = old.first_free();
    s.partials.ratio.resize(size_t(kept));
    s.partials.active.resize(size_t(kept));
    s.partials.free = 0;
    auto partial = torch::zeros({s.frames(), 2, kept + int64_t(ratio.size())}, s.partial.options());
    auto phase = torch::zeros({partial.size(2)});
    partial.slice(2, 0, kept).copy_(s.partial.slice(2, 0, kept));
    if (s.channel_phase.defined()) phase.slice(0, 0, kept).copy_(s.channel_phase.slice(0, 0, kept));
    for (size_t i = 0; i < ratio.size(); ++i) {
        const auto from = source[i], to = kept + int64_t(i);
        s.partials.add_free(from < 0 ? ratio[i] : old.ratio[size_t(from)], from >= 0);
        if (from < 0) continue;
        partial.select(2, to).copy_(s.partial.select(2, from));
        if (s.channel_phase.defined()) phase[to] = s.channel_phase[from];
    }
    s.partial = partial;
    s.channel_phase = phase;
}

} // namespace

void align_free_partials(std::vector<std::vector<CornerNote>>& corners) {
    FreePartials all{{}, std::vector<std::vector<int64_t>>(corners.front().size())};
    for (size_t c = 0; c < corners.front().size(); ++c) all.add(corners.front()[c].spectrum.partials, c);
    if (all.ratio.empty()) return;
    for (auto& layer : corners)
        for (size_t c = 0; c < layer.size(); ++c) set_free_partials(layer[c].spectrum, all.ratio, all.source[c]);
}

OscillatorPlan plan_oscillators(const std::vector<std::vector<CornerNote>>& corners, double f0,
                                const NoteLength& note) {
    const auto& table = corners.front().front().spectrum.partials;
    const auto strengths = mean_amplitudes(corners);
    OscillatorPlan plan;
    std::vector<double> ratios;
    const size_t count = corners.front().size();
    for (int slot = 0; slot < table.size(); ++slot) {
        const auto partials = partials_of_slot(corners, strengths, slot);
        add_slot(plan, ratios, slot, partials, count);
        // Too weak in every corner to be located; between the corners the network may raise it.
        if (partials.empty() && slot < table.slots()) {
            ratios.push_back(slot + 1);
            plan.slot.push_back(slot);
            plan.corner_mask.insert(plan.corner_mask.end(), count, 1.f);
        }
    }
    plan.loop = choose_loop(ratios, f0, note);
    const auto rounded = rounding_of(plan.loop, f0);
    for (double r : ratios) {
        plan.hz.push_back(rounded(r));
        plan.detuning = std::max(plan.detuning, detuning_cents(plan.hz.back() / (r * f0)));
    }
    return plan;
}

} // namespace timbrel::models
