#include "models/synthesis.h"

#include <cmath>
#include <numbers>
#include <random>

namespace timbrel {
namespace {

// exp(i(2π f τ)) for τ in [−hop, hop), as cosines and sines, times the triangle that interpolates amplitudes.
std::pair<Tensor, Tensor> oscillator_basis(const Tensor& frequency) {
    const auto tau = torch::arange(-hop, hop, frequency.options()) / double(model_rate);
    const auto angle = torch::outer(frequency, tau) * (2 * std::numbers::pi);
    const auto triangle = 1 - torch::arange(-hop, hop, frequency.options()).abs() / double(hop);
    return {(torch::cos(angle) * triangle).to(torch::kFloat), (torch::sin(angle) * triangle).to(torch::kFloat)};
}

// [rows, hops + 1, 2·hop] overlapping blocks, each centred on its frame → [rows, hops·hop].
Tensor overlap_add(const Tensor& blocks) {
    const auto rows = blocks.size(0), hops = blocks.size(1) - 1;
    const auto late = blocks.slice(1, 0, hops).slice(2, hop), early = blocks.slice(1, 1).slice(2, 0, hop);
    return (late + early).reshape({rows, hops * hop});
}

Tensor noise_window(torch::Device device) {
    return torch::hann_window(2 * hop, true, torch::TensorOptions().device(device)).sqrt();
}

} // namespace

Tensor white_noise(int64_t frames, uint64_t seed) {
    std::mt19937_64 random(seed * 7919 + 17);
    const auto uniform = [&] { return (double(random() >> 11) + .5) * 0x1p-53; };
    auto noise = torch::empty({2, frames});
    float* out = noise.data_ptr<float>();
    for (int64_t i = 0; i < frames; ++i) {
        const double radius = std::sqrt(-2 * std::log(uniform())), turn = 2 * std::numbers::pi * uniform();
        out[i] = float(radius * std::cos(turn));
        out[frames + i] = float(radius * std::sin(turn));
    }
    return noise;
}

std::vector<double> schroeder_phases(int count) {
    std::vector<double> phase(count);
    for (int n = 1; n <= count; ++n)
        phase[n - 1] = std::fmod(-std::numbers::pi * n * (n - 1) / count, 2 * std::numbers::pi);
    return phase;
}

Excitation make_excitation(std::vector<double> frequencies, int64_t hops, LoopPlace loop, uint64_t seed,
                           torch::Device device) {
    Excitation e;
    e.phase = schroeder_phases(int(frequencies.size()));
    if (seed) {
        std::mt19937_64 random(seed);
        for (double& p : e.phase) p = 2 * std::numbers::pi * double(random() >> 11) * 0x1p-53;
    }
    e.frequency = std::move(frequencies);
    // Time 0 of the noise is one hop before the note, for the first block reaches back that far.
    auto noise = white_noise((hops + 2) * hop, seed);
    if (const int64_t length = (loop.end - loop.start) * hop; length > 0)
        for (int64_t from = loop.end * hop; from < noise.size(1); from += length) {
            const int64_t count = std::min(length, noise.size(1) - from);
            noise.slice(1, from, from + count).copy_(noise.slice(1, from - length, from - length + count).clone());
        }
    const auto blocks = noise.to(device).unfold(1, 2 * hop, hop) * noise_window(device);
    e.noise_bins = torch::fft_rfft(blocks).transpose(0, 1).contiguous();
    return e;
}

Tensor synthesise(const Excitation& excitation, const Tensor& partial, const Tensor& noise, const Tensor& correlation) {
    const auto device = partial.device();
    const auto cells = partial.size(0), frames = partial.size(1), count = partial.size(3);
    const auto precise = torch::TensorOptions().dtype(torch::kDouble).device(device);
    const auto frequency = torch::tensor(excitation.frequency, torch::kDouble).to(device);
    const auto start = torch::tensor(excitation.phase, torch::kDouble).to(device);
    const auto audible = (frequency < highest_partial).to(torch::kFloat);
    const auto [cosines, sines] = oscillator_basis(frequency);
    const auto turn =
        torch::outer(torch::arange(frames, precise) * (double(hop) / model_rate), frequency) * (2 * std::numbers::pi) +
        start;
    const auto re = (torch::cos(turn).to(torch::kFloat) * audible).unsqueeze(1);
    const auto im = (torch::sin(turn).to(torch::kFloat) * audible).unsqueeze(1);
    const auto blocks = torch::addmm(torch::mm((partial * re).reshape({-1, count}), cosines),
                                     (partial * im).reshape({-1, count}), sines, 1, -1);
    auto sound = overlap_add(blocks.view({cells, frames, 2, 2 * hop}).transpose(1, 2).reshape({cells * 2, frames, -1}));

    std::vector<double> bin_hz(hop + 1);
    for (int i = 0; i <= hop; ++i) bin_hz[i] = double(i) * model_rate / (2 * hop);
    static const auto spread = interpolation_matrix(noise_centres(), bin_hz);
    const auto gain =
        torch::exp(torch::matmul(torch::log(noise + 1e-12), spread.to(device))) * std::sqrt(model_rate / 2.0);
    const auto own = (1 - correlation.square()).clamp_min(0).sqrt().view({-1, 1, 1});
    const auto& bins = excitation.noise_bins;
    const auto left = bins.select(1, 0).unsqueeze(0).expand({cells, -1, -1});
    const auto right = correlation.view({-1, 1, 1}) * left + own * bins.select(1, 1).unsqueeze(0);
    const auto coloured = torch::stack({left, right}, 2) * gain;
    const auto hiss = torch::fft_irfft(coloured, 2 * hop) * noise_window(device);
    sound += overlap_add(hiss.transpose(1, 2).reshape({cells * 2, frames, -1}));
    return sound.view({cells, 2, -1});
}

Tensor synthesise(const NoteSpectrum& s, uint64_t seed) {
    std::vector<double> frequency;
    for (double r : s.partials.ratio) frequency.push_back(r * s.f0);
    const auto e = make_excitation(std::move(frequency), s.frames() - 1, {}, seed, s.partial.device());
    return synthesise(e, s.partial.unsqueeze(0), s.noise.unsqueeze(0),
                      torch::full({1}, s.noise_correlation, s.partial.options()))[0];
}

} // namespace timbrel
