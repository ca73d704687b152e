#include "models/morph/oscillator_plan.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr double same_partial = 5;     // cents within which corners' partials are one
constexpr double strong_enough = 1e-3; // of a corner's loudest partial, to ask for a place of its own
constexpr double loop_share = .45;     // of a note's length

double cents(double ratio) { return std::abs(1200 * std::log2(ratio)); }

bool harmonic(double ratio) { return ratio == std::floor(ratio); }

struct Place {
    double ratio, strength;
    size_t corner;
};

// Where the corners have their partial of one slot, ascending.
std::vector<Place> places_of(const std::vector<std::vector<CornerNote>>& corners,
                             const std::vector<std::vector<Tensor>>& strengths, int slot) {
    std::vector<Place> places;
    for (size_t v = 0; v < corners.size(); ++v)
        for (size_t c = 0; c < corners[v].size(); ++c) {
            const auto& table = corners[v][c].spectrum.partials;
            const float* s = strengths[v][c].data_ptr<float>();
            const float loudest = *std::max_element(s, s + table.size());
            if (table.active[slot] && s[slot] > loudest * strong_enough)
                places.push_back({table.ratio[slot], s[slot], c});
        }
    std::ranges::sort(places, {}, &Place::ratio);
    return places;
}

struct Fit {
    const double f0, seconds;
    double fundamental() const { return std::round(f0 * seconds) / seconds; }
    double operator()(double ratio) const {
        return harmonic(ratio) ? ratio * fundamental() : std::max(1., std::round(ratio * f0 * seconds)) / seconds;
    }
};

// Of the lengths near the wanted one, that which detunes the partials least; harmonics all count together, tenfold.
int64_t loop_length(const std::vector<double>& ratios, double f0, int64_t hops) {
    const auto wanted = int64_t(double(hops) * loop_share);
    int64_t best = wanted;
    double least = 1e9;
    for (int64_t length = wanted * 17 / 20; length <= wanted * 23 / 20; ++length) {
        const Fit fit{f0, double(length) * hop / model_rate};
        double worst = 10 * cents(fit.fundamental() / f0);
        for (double r : ratios)
            if (!harmonic(r)) worst = std::max(worst, cents(fit(r) / (r * f0)));
        if (worst < least) best = length, least = worst;
    }
    return best;
}

} // namespace

OscillatorPlan plan_oscillators(const std::vector<std::vector<CornerNote>>& corners, double f0, int64_t hops) {
    const auto& table = corners.front().front().spectrum.partials;
    std::vector<std::vector<Tensor>> strengths(corners.size());
    for (size_t v = 0; v < corners.size(); ++v)
        for (const auto& c : corners[v])
            strengths[v].push_back(c.spectrum.partial.mean(at::IntArrayRef{0, 1}).to(torch::kCPU).contiguous());

    OscillatorPlan plan;
    std::vector<double> ratios;
    const size_t count = corners.front().size();
    for (int slot = 0; slot < table.size(); ++slot) {
        const auto places = places_of(corners, strengths, slot);
        for (size_t first = 0, last; first < places.size(); first = last) {
            std::vector<float> member(count, 0.f);
            double sum = 0, total = 0;
            for (last = first; last < places.size() && cents(places[last].ratio / places[first].ratio) < same_partial;
                 ++last) {
                member[places[last].corner] = 1;
                sum += places[last].strength * places[last].ratio;
                total += places[last].strength;
            }
            double ratio = sum / total;
            if (const double whole = std::round(ratio); whole > 0 && cents(ratio / whole) < same_partial / 2)
                ratio = whole;
            ratios.push_back(ratio);
            plan.slot.push_back(slot);
            plan.member.insert(plan.member.end(), member.begin(), member.end());
        }
        // Too weak everywhere to be sure of its place, but the inside may want it.
        if (places.empty() && slot < table.slots()) {
            ratios.push_back(slot + 1);
            plan.slot.push_back(slot);
            plan.member.insert(plan.member.end(), count, 1.f);
        }
    }
    const int64_t length = loop_length(ratios, f0, hops);
    plan.loop = {hops - length, hops};
    const Fit fit{f0, double(length) * hop / model_rate};
    for (double r : ratios) {
        plan.hz.push_back(fit(r));
        plan.detuning = std::max(plan.detuning, cents(plan.hz.back() / (r * f0)));
    }
    return plan;
}

} // namespace timbrel::models
