#include "models/training/trainer.h"

#include "models/tensor/threads.h"
#include "models/training/erb_spectral_loss.h"
#include "models/training/muon.h"

#include <ATen/autocast_mode.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <random>
#include <unordered_map>

namespace timbrel::models {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

constexpr double onset_share = .6;    // of the first excerpts begin with the note
constexpr double level_share = .35;   // of the notes
constexpr int64_t attack_frames = 20; // a tenth of a second
constexpr double averaging = .999;
constexpr double smallest_square = 1e-5; // so that the root has a slope at 0
constexpr double mixture_taught = .2;    // share of the recording in what the critic learns to call unmixed

// Convolutions in bfloat16, quicker where the device knows it; sums and losses stay in single precision.
class HalfPrecision {
  public:
    explicit HalfPrecision(torch::Device device) : device_(device.type()) {
        switch_to(true);
        at::autocast::increment_nesting();
    }
    ~HalfPrecision() {
        if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
        switch_to(false);
    }
    HalfPrecision(const HalfPrecision&) = delete;
    HalfPrecision& operator=(const HalfPrecision&) = delete;

  private:
    void switch_to(bool on) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
        at::autocast::set_autocast_dtype(device_, at::kBFloat16);
        at::autocast::set_autocast_enabled(device_, on);
#else
        if (device_ == torch::kCUDA) {
            at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
            at::autocast::set_enabled(on);
        } else {
            at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
            at::autocast::set_cpu_enabled(on);
        }
#endif
    }

    torch::DeviceType device_;
};

struct Batch {
    Tensor x, mask, c;            // network units
    std::vector<int64_t> pitches; // of the rows, MIDI
    Tensor weight;                // [rows, frames]
};

class Sampler {
  public:
    Sampler(const Dataset& data, const Recipe& recipe, torch::Device device)
        : data_(data), recipe_(recipe), device_(device), random_(1) {
        for (int64_t i = 0; i < data.size(); ++i) by_key_[data.key[i].item<int64_t>()].push_back(i);
    }

    // Rows are excerpts, those of a note in succession. The second half of the batch holds notes of the first half's
    // pitches and velocities, at the same excerpts, by other instruments: partners for mixing.
    Batch next() {
        const int half = recipe_.batch / 2;
        std::vector<int64_t> notes(2 * half);
        std::vector<Tensor> parts(2 * half), weight;
        for (int i = 0; i < half; ++i) {
            notes[i] = below(data_.size());
            const auto& alike = by_key_[data_.key[notes[i]].item<int64_t>()];
            notes[half + i] = alike[below(int64_t(alike.size()))];
            std::vector<Tensor> first, second;
            for (int e = 0; e < recipe_.excerpts; ++e) {
                const auto from = e == 0 && uniform() < onset_share ? 0 : below(data_.db.size(2) - recipe_.frames);
                first.push_back(data_.db[notes[i]].slice(1, from, from + recipe_.frames));
                weight.push_back(1 + (recipe_.stage.attack - 1) *
                                         (torch::arange(from, from + recipe_.frames) < attack_frames));
                second.push_back(data_.db[notes[half + i]].slice(1, from, from + recipe_.frames));
            }
            parts[i] = torch::cat(first, 1);
            parts[half + i] = torch::cat(second, 1);
        }
        const auto index = torch::tensor(notes);
        const auto f0 = data_.f0.index_select(0, index);
        const auto rows = [&](const Tensor& t) { return t.repeat_interleave(recipe_.excerpts, 0).to(device_); };
        Batch b;
        b.pitches = pitches_of(data_.key.index_select(0, index).repeat_interleave(recipe_.excerpts));
        b.weight = torch::stack(weight).repeat({2, 1}).to(device_);
        b.mask = rows(data_.mask.index_select(0, index));
        b.c = rows(conditions(f0, data_.velocity.index_select(0, index)));
        const auto x = to_network(levelled(equalised(torch::stack(parts).to(torch::kFloat), f0)));
        b.x = x.view({x.size(0), feature_count, recipe_.excerpts, recipe_.frames})
                  .transpose(1, 2)
                  .reshape({-1, feature_count, recipe_.frames})
                  .to(device_);
        return b;
    }

    // Every `stride`th note in full, `count` of them from `first` on.
    Batch whole(int64_t first, int64_t count, int64_t stride) const {
        const auto range = [&](const Tensor& t) { return t.slice(0, first, first + count * stride, stride); };
        const auto db = range(data_.db);
        return {to_network(db.to(torch::kFloat)).to(device_), range(data_.mask).to(device_),
                conditions(range(data_.f0), range(data_.velocity)).to(device_), pitches_of(range(data_.key)),
                torch::ones({db.size(0), db.size(2)}, device_)};
    }

  private:
    static std::vector<int64_t> pitches_of(const Tensor& key) {
        const auto pitches = (key / 128).to(torch::kCPU, torch::kLong).contiguous();
        return {pitches.data_ptr<int64_t>(), pitches.data_ptr<int64_t>() + pitches.numel()};
    }
    int64_t below(int64_t n) { return std::uniform_int_distribution<int64_t>(0, n - 1)(random_); }
    double uniform() { return std::uniform_real_distribution<double>()(random_); }

    // Other microphones, rooms and bodies: a smooth random equaliser over all features of a note, a gain, and what no
    // neighbour shares, partials and noise each for itself.
    Tensor equalised(const Tensor& db, const Tensor& f0) {
        const auto notes = db.size(0);
        const auto place = torch::linspace(0, 1, noise_bands);
        auto curve = torch::zeros({notes, noise_bands});
        for (int k = 1; k <= 5; ++k) {
            const auto amount = torch::randn({notes, 1}) * (recipe_.equalise / std::sqrt(double(k)) / 2);
            curve += amount * torch::cos(place * (k * std::numbers::pi) + torch::rand({notes, 1}) * std::numbers::pi);
        }
        curve += torch::randn({notes, 1}) * 2;
        const auto noise = curve + torch::randn_like(curve) * recipe_.roughen;
        curve += torch::randn_like(curve) * recipe_.roughen;
        const auto at_harmonics = [&](double first, int count) {
            const auto hz = f0.unsqueeze(1) * (torch::arange(count) + first);
            const auto erb = [](const Tensor& f) { return 21.4 * torch::log10(1 + .00437 * f); };
            const double lo = 21.4 * std::log10(1 + .00437 * 30), hi = 21.4 * std::log10(1 + .00437 * 20000);
            const auto band = ((erb(hz) - lo) / (hi - lo) * (noise_bands - 1)).round().clamp(0, noise_bands - 1);
            return curve.gather(1, band.to(torch::kLong));
        };
        const auto shift = torch::cat({at_harmonics(1, low_partials), curve, noise, at_harmonics(.5, half_slots)}, 1);
        return torch::where(db > feature_floor + .5, (db + shift.unsqueeze(2)).clamp(feature_floor, 6), db);
    }

    // Some notes as a plane shows them to the network, at an even level.
    static Tensor levelled(const Tensor& db) {
        const auto power = torch::pow(10, db.slice(1, low_partials) / 10).sum(1);
        const auto level = raised(db, rise_of(10 * torch::log10(power)));
        return torch::where(torch::rand({db.size(0), 1, 1}) < level_share, level, db);
    }

    const Dataset& data_;
    const Recipe& recipe_;
    torch::Device device_;
    std::mt19937_64 random_;
    std::unordered_map<int64_t, std::vector<int64_t>> by_key_;
};

// What `network` makes of every `stride`th of the notes.
Held judge(Autoencoder& network, EarLoss& ear, const Sampler& sampler, int64_t notes, int64_t stride) {
    const torch::NoGradGuard no_grad;
    Held held;
    int64_t batches = 0;
    for (int64_t at = 0; at < notes; at += 8 * stride, ++batches) {
        const auto b = sampler.whole(at, 8, stride);
        const auto found = network->decode(network->encode(b.x, b.mask, b.c), b.c);
        const auto off = deviation(found, b.x, b.mask) * network_unit;
        auto attack = b.weight.clone();
        attack.slice(1, attack_frames) = 0;
        held.all += off.mean().item<double>();
        held.attack += off.slice(1, 0, attack_frames).mean().item<double>();
        held.ear += ear(found, b.x, b.pitches, b.weight).item<double>();
        held.ear_attack += ear(found, b.x, b.pitches, attack).item<double>();
    }
    for (double* mean : {&held.all, &held.attack, &held.ear, &held.ear_attack}) *mean /= double(batches);
    return held;
}

void average(Autoencoder& slow, Autoencoder& quick, int64_t step) {
    const torch::NoGradGuard no_grad;
    const double keep = std::min(averaging, double(step) / double(step + 10));
    auto to = slow->parameters();
    const auto from = quick->parameters();
    for (size_t i = 0; i < to.size(); ++i) to[i].mul_(keep).add_(from[i], 1 - keep);
}

} // namespace

Tensor deviation(const Tensor& found, const Tensor& wanted, const Tensor& mask) {
    const auto heard = torch::relu(wanted);
    const auto weight = mask.unsqueeze(2) * (.5 + heard / 4);
    const auto squares = ((torch::leaky_relu(found, .02) - heard).square() * weight).sum(1) / weight.sum(1);
    return (squares + smallest_square).sqrt();
}

Trained train(const Dataset& training, const Dataset& held_out, Autoencoder network, const Recipe& recipe,
              torch::Device device, const std::function<double(int64_t)>& done) {
    at::set_num_threads(recipe.threads);
    torch::manual_seed(1);
    Critic critic;
    network->to(device);
    critic->to(device);
    Trained result{Autoencoder(), 0, 0, {}};
    result.network->to(device);
    average(result.network, network, 0);
    std::vector<Tensor> inside, outside;
    for (const auto& p : network->named_parameters())
        (p.key().find("blocks") != std::string::npos && p.value().dim() > 1 ? inside : outside).push_back(p.value());
    const auto& stage = recipe.stage;
    Muon muon(inside);
    torch::optim::AdamW optimiser(outside, torch::optim::AdamWOptions(stage.rate).weight_decay(1e-4));
    torch::optim::AdamW critic_optimiser(critic->parameters(), torch::optim::AdamWOptions(5e-4).betas({.5, .9}));
    Sampler sampler(training, recipe, device);
    const Sampler unheard(held_out, recipe, device);
    EarLoss ear(device);

    const auto start = steady_clock::now();
    const auto minutes = [&] { return duration<double>(steady_clock::now() - start).count() / 60; };
    const auto report = [&](int64_t stride) {
        const auto& held = result.held_out = judge(result.network, ear, unheard, held_out.size(), stride);
        std::printf("step %ld, %.1f min: deviation %.3f dB, held out %.3f dB, attack %.3f; by ear %.3f, %.3f\n",
                    long(result.steps), minutes(), result.loss, held.all, held.attack, held.ear, held.ear_attack);
        std::fflush(stdout);
    };
    double share = 0, reported = 0;
    for (; (share = done(result.steps)) < 1; ++result.steps) {
        const double warm = std::min(1., double(result.steps + 1) / 50);
        const double rate = stage.rate * warm * (.49 * (1 + std::cos(std::numbers::pi * share)) + .02);
        for (auto& group : optimiser.param_groups()) group.options().set_lr(rate);

        const auto b = sampler.next();
        const int64_t half = b.x.size(0) / 2;
        const auto first = [half](const Tensor& t) { return t.slice(0, 0, half); };
        const auto second = [half](const Tensor& t) { return t.slice(0, half); };
        const auto amount =
            torch::rand({half / recipe.excerpts}, b.x.options()).repeat_interleave(recipe.excerpts) * .5;
        const auto a = amount.view({-1, 1, 1});
        const auto shared_mask = first(b.mask) * second(b.mask);
        Tensor decoded, mixed, verdict, embedding;
        {
            const HalfPrecision half_precision(device);
            embedding = network->encode(b.x, b.mask, b.c, recipe.excerpts);
            const auto noisy = blurred(embedding);
            const auto between = (1 - a) * first(embedding) + a * second(embedding);
            const auto both =
                network->decode(torch::cat({noisy, between}), torch::cat({b.c, first(b.c)})).to(torch::kFloat);
            decoded = both.slice(0, 0, 2 * half);
            mixed = both.slice(0, 2 * half);
            verdict = critic(mixed, shared_mask, first(b.c)).to(torch::kFloat);
        }
        const auto error = (deviation(decoded, b.x, b.mask) * b.weight).sum() / b.weight.sum();
        const double pressure = recipe.adversarial * std::min(1., double(result.steps) / 300);
        auto wrong = stage.features * error;
        if (stage.ear > 0) wrong = wrong + stage.ear / network_unit * ear(decoded, b.x, b.pitches, b.weight);
        const auto loss = wrong + 1e-3 * embedding.square().mean() + pressure * verdict.square().mean();
        optimiser.zero_grad();
        muon.zero_grad();
        loss.backward();
        torch::nn::utils::clip_grad_norm_(network->parameters(), 1.);
        optimiser.step();
        muon.step(rate);
        average(result.network, network, result.steps);

        Tensor critic_loss;
        {
            const HalfPrecision half_precision(device);
            const auto unmixed =
                mixture_taught * torch::relu(first(b.x)) + (1 - mixture_taught) * first(decoded).detach();
            const auto guesses = critic(torch::cat({mixed.detach(), unmixed}), torch::cat({shared_mask, first(b.mask)}),
                                        torch::cat({first(b.c), first(b.c)}))
                                     .to(torch::kFloat);
            critic_loss = (guesses.slice(0, 0, half) - amount).square().mean() + guesses.slice(0, half).square().mean();
        }
        critic_optimiser.zero_grad();
        critic_loss.backward();
        critic_optimiser.step();

        const double db = error.item<double>() * network_unit;
        result.loss = result.steps ? .995 * result.loss + .005 * db : db;
        if (share >= reported) {
            report(13); // a glance: every thirteenth note
            reported += .03;
        }
    }
    report(1);
    use_one_thread_per_operator();
    return result;
}

} // namespace timbrel::models
