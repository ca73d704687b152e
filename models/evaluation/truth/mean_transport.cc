// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/truth/mean_transport.h"

#include "common/units.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timbrel::models {
namespace {

constexpr int envelope_cells = 512;   // of the partials' envelope, from the fundamental to 20 kHz
constexpr double power_floor = 1e-14; // full scale: 1; empty cells of an envelope get it

// Adds `mass` evenly from `low` to `high` to cells of width 1.
void add_evenly(std::vector<double>& cells, double low, double high, double mass) {
    const auto last = double(cells.size()) - 1;
    const auto first = size_t(std::clamp(std::floor(low), 0., last));
    const auto final = size_t(std::clamp(std::floor(high), 0., last));
    if (first == final || high - low < 1e-9) {
        cells[first] += mass;
        return;
    }
    for (size_t i = first; i <= final; ++i) {
        const double overlap = std::min(high, double(i + 1)) - std::max(low, double(i));
        cells[i] += mass * std::max(overlap, 0.) / (high - low);
    }
}

// A walk over a distribution, which is even within each cell, in steps of mass.
class MassWalk {
  public:
    MassWalk(std::span<const double> cells, double total) : cells_(cells), total_(total) { skip_empty(); }
    bool finished() const { return cell_ == cells_.size(); }
    double remaining() const { return fraction() - taken_; } // in this cell, of a total of 1
    double position() const { return double(cell_) + taken_ / fraction(); }
    void take(double mass) {
        taken_ += mass;
        if (remaining() > 1e-15) return;
        ++cell_;
        taken_ = 0;
        skip_empty();
    }
    // The position at which `mass` more has been taken, within this cell.
    double position_after(double mass) const { return double(cell_) + std::min(1., (taken_ + mass) / fraction()); }

  private:
    double fraction() const { return cells_[cell_] / total_; }
    void skip_empty() {
        while (cell_ < cells_.size() && cells_[cell_] / total_ <= 1e-15) ++cell_;
    }
    std::span<const double> cells_;
    double total_, taken_ = 0;
    size_t cell_ = 0;
};

// Maps levels between the frequencies of partials and even cells on the ERB scale.
struct EnvelopeGrid {
    EnvelopeGrid(const std::vector<double>& from_hz, const std::vector<double>& to_hz) {
        const auto points = erb_points(envelope_cells, from_hz.front(), 20000);
        sample = interpolation_matrix(from_hz, points);
        read = interpolation_matrix(points, to_hz);
    }
    Tensor sample, read; // [slots, cells], [cells, slots]
};

// The near-harmonic partials of a table that are in use, ascending.
std::vector<int64_t> harmonic_partials(const PartialTable& table, const std::vector<double>& hz) {
    std::vector<int64_t> slots;
    for (int i = 0; i < table.slots(); ++i)
        if (table.active[size_t(i)] && (slots.empty() || hz[size_t(i)] > hz[size_t(slots.back())])) slots.push_back(i);
    return slots;
}

template<class T>
std::vector<T> chosen(const std::vector<T>& values, const std::vector<int64_t>& indices) {
    std::vector<T> result;
    for (const auto i : indices) result.push_back(values[size_t(i)]);
    return result;
}

Tensor to_db(const Tensor& amplitude) { return 20 * torch::log10(amplitude.to(torch::kCPU).to(torch::kDouble) + 1e-7); }

// Transports the rows of two tables of powers.
Tensor transported_rows(const Tensor& a, const Tensor& b, double t) {
    const auto shape = a.sizes().vec();
    const auto columns = size_t(shape.back());
    const auto x = a.contiguous(), y = b.contiguous();
    auto result = torch::empty_like(x);
    for (int64_t row = 0; row < x.numel() / int64_t(columns); ++row) {
        const auto offset = row * int64_t(columns);
        const auto z =
            transported({x.data_ptr<double>() + offset, columns}, {y.data_ptr<double>() + offset, columns}, t);
        std::ranges::copy(z, result.data_ptr<double>() + offset);
    }
    return result;
}

Tensor transported_partials(const NoteSpectrum& a, const NoteSpectrum& b, int64_t frames, double t) {
    const auto a_hz = a.partial_hz(), b_hz = b.partial_hz();
    const auto a_slots = harmonic_partials(a.partials, a_hz), b_slots = harmonic_partials(b.partials, b_hz);
    const auto envelope = [&](const NoteSpectrum& s, const std::vector<double>& hz, const std::vector<int64_t>& slots) {
        const EnvelopeGrid grid(chosen(hz, slots), chosen(a_hz, a_slots));
        const auto level = to_db(s.partial.slice(0, 0, frames)).index_select(2, torch::tensor(slots));
        return torch::pow(10, torch::matmul(level, grid.sample.to(torch::kDouble)) / 10).clamp_min(power_floor);
    };
    const auto power = transported_rows(envelope(a, a_hz, a_slots), envelope(b, b_hz, b_slots), t);
    const EnvelopeGrid grid(chosen(a_hz, a_slots), chosen(a_hz, a_slots));
    const auto level = torch::matmul(10 * torch::log10(power.clamp_min(power_floor)), grid.read.to(torch::kDouble));
    auto partial = torch::zeros({frames, 2, a.partials.size()});
    partial.index_copy_(2, torch::tensor(a_slots), torch::pow(10, level / 20).to(torch::kFloat));
    return partial;
}

} // namespace

std::vector<double> transported(std::span<const double> a, std::span<const double> b, double t) {
    const double a_total = std::accumulate(a.begin(), a.end(), 0.), b_total = std::accumulate(b.begin(), b.end(), 0.);
    std::vector<double> result(a.size(), 0.);
    if (a_total <= 0 || b_total <= 0) return result;
    const double total = std::pow(a_total, 1 - t) * std::pow(b_total, t);
    for (MassWalk from(a, a_total), to(b, b_total); !from.finished() && !to.finished();) {
        const double mass = std::min(from.remaining(), to.remaining());
        add_evenly(result, (1 - t) * from.position() + t * to.position(),
                   (1 - t) * from.position_after(mass) + t * to.position_after(mass), mass * total);
        from.take(mass);
        to.take(mass);
    }
    return result;
}

NoteSpectrum transported(const NoteSpectrum& a, const NoteSpectrum& b, double t) {
    const auto frames = std::min(a.frames(), b.frames());
    // Noise bands are densities; times their widths they are powers in cells of almost one width in ERB.
    const auto widths = to_tensor(noise_band_widths()).to(torch::kDouble);
    const auto power = [&](const Tensor& noise) {
        return noise.slice(0, 0, frames).to(torch::kCPU).to(torch::kDouble).square() * widths;
    };
    NoteSpectrum result;
    result.f0 = a.f0;
    result.partials = a.partials;
    result.partial = transported_partials(a, b, frames, t).to(a.partial.device());
    const auto noise = transported_rows(power(a.noise), power(b.noise), t);
    result.noise = (noise / widths).sqrt().to(torch::kFloat).to(a.noise.device());
    result.noise_correlation = (1 - t) * a.noise_correlation + t * b.noise_correlation;
    return result;
}

} // namespace timbrel::models
