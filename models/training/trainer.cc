// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/trainer.h"

#include "common/units.h"
#include "models/recipe/recipe.h"
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

// Enables autocast to bfloat16 for convolutions during its lifetime. Sums and losses stay in single precision.
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
    Tensor x, mask, c;            // features in network units, [rows, …]; conditions [rows, 8]
    std::vector<int64_t> pitches; // MIDI pitch of each row
    Tensor weight;                // [rows, frames]
};

// Draws augmented batches from a data set.
class BatchSampler {
  public:
    BatchSampler(const Dataset& data, const TrainingOptions& options, torch::Device device)
        : data_(data), options_(options), device_(device), random_(uint64_t(training_recipe().training_seed)) {
        for (int64_t i = 0; i < data.size(); ++i) by_key_[data.key[i].item<int64_t>()].push_back(i);
    }

    // A random batch. Rows are excerpts, those of a note adjacent. Note i of the second half is the partner with which
    // note i of the first half is interpolated: the same pitch, velocity and excerpts of a random instrument.
    Batch next() {
        const int half = int(training_recipe().batch_notes) / 2;
        std::vector<int64_t> notes(2 * half);
        std::vector<Tensor> rows_of(2 * half), weight;
        for (int i = 0; i < half; ++i) {
            notes[i] = random_index(data_.size());
            const auto& same_key = by_key_[data_.key[notes[i]].item<int64_t>()];
            notes[half + i] = same_key[random_index(int64_t(same_key.size()))];
            std::vector<Tensor> first, second;
            for (int e = 0; e < training_recipe().excerpts; ++e) {
                const auto from = excerpt_start(e);
                const auto to = from + training_recipe().excerpt_frames;
                first.push_back(data_.db[notes[i]].slice(1, from, to));
                weight.push_back(1 + (options_.stage.attack_weight - 1) *
                                         (torch::arange(from, to) < training_recipe().attack_frames));
                second.push_back(data_.db[notes[half + i]].slice(1, from, to));
            }
            rows_of[i] = torch::cat(first, 1);
            rows_of[half + i] = torch::cat(second, 1);
        }
        const auto index = torch::tensor(notes);
        const auto f0 = data_.f0.index_select(0, index);
        const auto rows = [&](const Tensor& t) {
            return t.repeat_interleave(training_recipe().excerpts, 0).to(device_);
        };
        Batch b;
        b.pitches = pitches_of(data_.key.index_select(0, index).repeat_interleave(training_recipe().excerpts));
        b.weight = torch::stack(weight).repeat({2, 1}).to(device_);
        b.mask = rows(data_.mask.index_select(0, index));
        b.c = rows(make_conditioning(f0, data_.velocity.index_select(0, index)));
        const auto x = to_network_units(randomly_levelled(equalised(torch::stack(rows_of).to(torch::kFloat), f0)));
        b.x = x.view({x.size(0), feature_count, training_recipe().excerpts, training_recipe().excerpt_frames})
                  .transpose(1, 2)
                  .reshape({-1, feature_count, training_recipe().excerpt_frames})
                  .to(device_);
        return b;
    }

    // `count` whole notes without augmentation: every `stride`th from `first` on.
    Batch whole_notes(int64_t first, int64_t count, int64_t stride) const {
        const auto range = [&](const Tensor& t) { return t.slice(0, first, first + count * stride, stride); };
        const auto db = range(data_.db);
        return {to_network_units(db.to(torch::kFloat)).to(device_), range(data_.mask).to(device_),
                make_conditioning(range(data_.f0), range(data_.velocity)).to(device_), pitches_of(range(data_.key)),
                torch::ones({db.size(0), db.size(2)}, device_)};
    }

  private:
    static std::vector<int64_t> pitches_of(const Tensor& key) {
        const auto pitches = (key / 128).to(torch::kCPU, torch::kLong).contiguous();
        return {pitches.data_ptr<int64_t>(), pitches.data_ptr<int64_t>() + pitches.numel()};
    }
    int64_t random_index(int64_t n) { return std::uniform_int_distribution<int64_t>(0, n - 1)(random_); }
    double random_unit() { return std::uniform_real_distribution<double>()(random_); }
    int64_t excerpt_start(int excerpt) {
        if (excerpt == 0 && random_unit() < training_recipe().onset_probability) return 0;
        return random_index(data_.db.size(2) - training_recipe().excerpt_frames);
    }

    // Augmentation that imitates other microphones, rooms and bodies: a random smooth equaliser over all features of a
    // note, a gain, and independent gains of each partial and noise band.
    Tensor equalised(const Tensor& db, const Tensor& f0) {
        const auto notes = db.size(0);
        const auto position = torch::linspace(0, 1, noise_bands);
        auto curve = torch::zeros({notes, noise_bands});
        for (int k = 1; k <= training_recipe().equaliser_terms; ++k) {
            const auto amount = torch::randn({notes, 1}) * (training_recipe().equaliser_db / std::sqrt(double(k)) / 2);
            curve +=
                amount * torch::cos(position * (k * std::numbers::pi) + torch::rand({notes, 1}) * std::numbers::pi);
        }
        curve += torch::randn({notes, 1}) * training_recipe().gain_db;
        const auto noise = curve + torch::randn_like(curve) * training_recipe().jitter_db;
        curve += torch::randn_like(curve) * training_recipe().jitter_db;
        const auto at_harmonics = [&](double first, int count) {
            const auto hz = f0.unsqueeze(1) * (torch::arange(count) + first);
            const auto erb = [](const Tensor& f) { return 21.4 * torch::log10(1 + .00437 * f); };
            const double low = hertz_to_erb_number(30), high = hertz_to_erb_number(20000);
            const auto band = ((erb(hz) - low) / (high - low) * (noise_bands - 1)).round().clamp(0, noise_bands - 1);
            return curve.gather(1, band.to(torch::kLong));
        };
        const auto shift =
            torch::cat({at_harmonics(1, low_partials), curve, noise, at_harmonics(.5, subharmonic_slots)}, 1);
        return torch::where(db > feature_floor + .5, (db + shift.unsqueeze(2)).clamp(feature_floor, 6), db);
    }

    // Brings some notes to an even level over time, as planes do before they encode.
    static Tensor randomly_levelled(const Tensor& db) {
        const auto power = torch::pow(10, db.slice(1, low_partials) / 10).sum(1);
        const auto level = normalise_level(db, normalising_gain(10 * torch::log10(power)));
        return torch::where(torch::rand({db.size(0), 1, 1}) < training_recipe().normalise_probability, level, db);
    }

    const Dataset& data_;
    const TrainingOptions& options_;
    torch::Device device_;
    std::mt19937_64 random_;
    std::unordered_map<int64_t, std::vector<int64_t>> by_key_;
};

// Reconstruction error of `network` on every `stride`th note.
HeldOutError evaluate_held_out(Autoencoder& network, ErbSpectralLoss& erb_loss, const BatchSampler& sampler,
                               int64_t notes, int64_t stride) {
    const torch::NoGradGuard no_grad;
    HeldOutError mean;
    int64_t batches = 0;
    for (int64_t first = 0; first < notes; first += training_recipe().evaluation_batch * stride, ++batches) {
        const auto b = sampler.whole_notes(first, training_recipe().evaluation_batch, stride);
        const auto decoded = network->decode(network->encode(b.x, b.mask, b.c), b.c);
        const auto error = deviation(decoded, b.x, b.mask) * network_unit_db;
        auto attack = b.weight.clone();
        attack.slice(1, training_recipe().attack_frames) = 0;
        mean.feature_db += error.mean().item<double>();
        mean.feature_attack_db += error.slice(1, 0, training_recipe().attack_frames).mean().item<double>();
        mean.erb_db += erb_loss(decoded, b.x, b.pitches, b.weight).item<double>();
        mean.erb_attack_db += erb_loss(decoded, b.x, b.pitches, attack).item<double>();
    }
    for (double* value : {&mean.feature_db, &mean.feature_attack_db, &mean.erb_db, &mean.erb_attack_db})
        *value /= double(batches);
    return mean;
}

// Updates the moving average of the weights; the first steps are averaged over a shorter time.
void update_average(Autoencoder& average, Autoencoder& network, int64_t step) {
    const torch::NoGradGuard no_grad;
    const double keep =
        std::min(training_recipe().average_decay, double(step) / double(step + training_recipe().average_warmup));
    auto to = average->parameters();
    const auto from = network->parameters();
    for (size_t i = 0; i < to.size(); ++i) to[i].mul_(keep).add_(from[i], 1 - keep);
}

// Weight matrices of the hidden layers, which Muon optimises, or all other parameters, which AdamW optimises.
std::vector<Tensor> parameters_of(const Autoencoder& network, bool hidden) {
    std::vector<Tensor> parameters;
    for (const auto& p : network->named_parameters())
        if ((p.key().find("blocks") != std::string::npos && p.value().dim() > 1) == hidden)
            parameters.push_back(p.value());
    return parameters;
}

template<class Module>
Module on_device(Module module, torch::Device device) {
    module->to(device);
    return module;
}

class Trainer {
  public:
    Trainer(const Dataset& training, const Dataset& held_out, Autoencoder network, const TrainingOptions& options,
            torch::Device device)
        : options_(options), device_(device), network_(on_device(std::move(network), device)),
          critic_(on_device(Critic(), device)), muon_(parameters_of(network_, true)),
          adamw_(parameters_of(network_, false), torch::optim::AdamWOptions(options.stage.learning_rate)
                                                     .weight_decay(training_recipe().adamw_weight_decay)),
          critic_adamw_(critic_->parameters(),
                        torch::optim::AdamWOptions(training_recipe().critic_learning_rate)
                            .betas({training_recipe().critic_beta1, training_recipe().critic_beta2})),
          sampler_(training, options, device), held_out_sampler_(held_out, options, device),
          held_out_notes_(held_out.size()), erb_loss_(device) {
        result_.network->to(device);
        update_average(result_.network, network_, 0);
    }

    // One step of the network and of the critic, at a fraction of the training.
    void step(double progress) {
        const double warmup = std::min(1., double(result_.steps + 1) / training_recipe().warmup_steps);
        const double last = training_recipe().final_rate;
        const double decay = (1 - last) / 2 * (1 + std::cos(std::numbers::pi * progress)) + last;
        const double rate = options_.stage.learning_rate * warmup * decay;
        const auto b = sampler_.next();
        const auto f = forward(b);
        const auto error = (deviation(f.decoded, b.x, b.mask) * b.weight).sum() / b.weight.sum();
        update_network(b, f, error, rate);
        update_critic(b, f);
        const double db = error.item<double>() * network_unit_db;
        result_.training_db = result_.steps ? .995 * result_.training_db + .005 * db : db;
    }

    void count_step() { ++result_.steps; }
    const TrainingResult& result() const { return result_; }

    // Evaluates every `stride`th held-out note and prints a line.
    void report(int64_t stride) {
        result_.held_out = evaluate_held_out(result_.network, erb_loss_, held_out_sampler_, held_out_notes_, stride);
        const double minutes = duration<double>(steady_clock::now() - start_).count() / 60;
        const auto& e = result_.held_out;
        std::printf("step %ld, %.1f min: training %.3f dB, held out %.3f dB, attack %.3f; ERB %.3f dB, attack %.3f\n",
                    long(result_.steps), minutes, result_.training_db, e.feature_db, e.feature_attack_db, e.erb_db,
                    e.erb_attack_db);
        std::fflush(stdout);
    }

  private:
    struct Forward {
        Tensor embedding, decoded; // of all rows; decoded from the noisy embedding
        Tensor amount;             // [rows / 2] weight of the second note in the interpolation, 0 to ½
        Tensor interpolated;       // [rows / 2, …] decoded from the interpolated embedding
        Tensor shared_mask, guess; // guess: the critic's estimate of `amount`
    };

    static Tensor first_half(const Tensor& t) { return t.slice(0, 0, t.size(0) / 2); }
    static Tensor second_half(const Tensor& t) { return t.slice(0, t.size(0) / 2); }

    Forward forward(const Batch& b) {
        Forward f;
        f.amount = torch::rand({b.x.size(0) / 2 / training_recipe().excerpts}, b.x.options())
                       .repeat_interleave(training_recipe().excerpts) *
                   .5;
        const auto a = f.amount.view({-1, 1, 1});
        f.shared_mask = first_half(b.mask) * second_half(b.mask);
        const HalfPrecision half_precision(device_);
        f.embedding = network_->encode(b.x, b.mask, b.c, training_recipe().excerpts);
        const auto noisy = add_latent_noise(f.embedding, training_recipe().latent_noise);
        const auto between = (1 - a) * first_half(f.embedding) + a * second_half(f.embedding);
        const auto both =
            network_->decode(torch::cat({noisy, between}), torch::cat({b.c, first_half(b.c)})).to(torch::kFloat);
        f.decoded = both.slice(0, 0, b.x.size(0));
        f.interpolated = both.slice(0, b.x.size(0));
        f.guess = critic_(f.interpolated, f.shared_mask, first_half(b.c)).to(torch::kFloat);
        return f;
    }

    // Minimises the reconstruction losses and the critic's estimate on interpolations.
    void update_network(const Batch& b, const Forward& f, const Tensor& error, double rate) {
        const auto& stage = options_.stage;
        const double critic_weight = training_recipe().critic_weight *
                                     std::min(1., double(result_.steps) / training_recipe().critic_warmup_steps);
        auto reconstruction = stage.feature_weight * error;
        if (stage.erb_weight > 0)
            reconstruction =
                reconstruction + stage.erb_weight / network_unit_db * erb_loss_(f.decoded, b.x, b.pitches, b.weight);
        const auto loss = reconstruction + training_recipe().latent_penalty * f.embedding.square().mean() +
                          critic_weight * f.guess.square().mean();
        for (auto& group : adamw_.param_groups()) group.options().set_lr(rate);
        adamw_.zero_grad();
        muon_.zero_grad();
        loss.backward();
        torch::nn::utils::clip_grad_norm_(network_->parameters(), training_recipe().max_gradient_norm);
        adamw_.step();
        muon_.step(rate);
        update_average(result_.network, network_, result_.steps);
    }

    // Trains the critic to estimate `amount`, and 0 for notes that are not interpolated.
    void update_critic(const Batch& b, const Forward& f) {
        Tensor loss;
        {
            const HalfPrecision half_precision(device_);
            const auto plain = training_recipe().critic_original_weight * torch::relu(first_half(b.x)) +
                               (1 - training_recipe().critic_original_weight) * first_half(f.decoded).detach();
            const auto guesses =
                critic_(torch::cat({f.interpolated.detach(), plain}), torch::cat({f.shared_mask, first_half(b.mask)}),
                        torch::cat({first_half(b.c), first_half(b.c)}))
                    .to(torch::kFloat);
            loss = (first_half(guesses) - f.amount).square().mean() + second_half(guesses).square().mean();
        }
        critic_adamw_.zero_grad();
        loss.backward();
        critic_adamw_.step();
    }

    const TrainingOptions& options_;
    torch::Device device_;
    Autoencoder network_;
    Critic critic_; // constructed before result_, so that seeded weights are reproducible
    TrainingResult result_;
    Muon muon_;
    torch::optim::AdamW adamw_, critic_adamw_;
    BatchSampler sampler_;
    const BatchSampler held_out_sampler_;
    int64_t held_out_notes_;
    ErbSpectralLoss erb_loss_;
    steady_clock::time_point start_ = steady_clock::now();
};

} // namespace

TrainingStage stage_features() {
    const auto& r = training_recipe();
    return {r.features_learning_rate, r.features_feature_weight, r.features_erb_weight, r.features_attack_weight};
}

TrainingStage stage_perceptual() {
    const auto& r = training_recipe();
    return {r.perceptual_learning_rate, r.perceptual_feature_weight, r.perceptual_erb_weight,
            r.perceptual_attack_weight};
}

Tensor deviation(const Tensor& predicted, const Tensor& target, const Tensor& mask) {
    const auto audible = torch::relu(target);
    const auto weight =
        mask.unsqueeze(2) * (training_recipe().silent_feature_weight + audible * training_recipe().loud_feature_weight);
    const auto squares =
        ((torch::leaky_relu(predicted, training_recipe().below_floor_slope) - audible).square() * weight).sum(1) /
        weight.sum(1);
    return (squares + training_recipe().feature_sqrt_epsilon).sqrt();
}

TrainingResult train(const Dataset& training, const Dataset& held_out, Autoencoder network,
                     const TrainingOptions& options, torch::Device device,
                     const std::function<double(int64_t)>& progress) {
    at::set_num_threads(options.threads);
    torch::manual_seed(uint64_t(training_recipe().training_seed));
    Trainer trainer(training, held_out, std::move(network), options, device);
    double done = 0, next_report = 0;
    while ((done = progress(trainer.result().steps)) < 1) {
        trainer.step(done);
        if (done >= next_report) {
            trainer.report(training_recipe().report_stride);
            next_report += training_recipe().report_interval;
        }
        trainer.count_step();
    }
    trainer.report(1);
    use_one_thread_per_operator();
    return trainer.result();
}

} // namespace timbrel::models
