// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/trainers/trainer.h"

#include "models/recipe/recipe.h"
#include "models/tensor/computation.h"
#include "models/tensor/threads.h"
#include "models/training/feature_loss.h"
#include "models/training/muon.h"
#include "models/training/trainers/held_out_error.h"
#include "models/training/trainers/optimisation.h"

#include <ATen/autocast_mode.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <future>

namespace timbrel::models {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

// Enables autocast to bfloat16 for linear layers during its lifetime, where that is fast. Sums and losses stay in
// single precision.
class HalfPrecision {
  public:
    explicit HalfPrecision(torch::Device device) : device_(device.type()) {
        switch_to(multiplies_bfloat16(device));
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

// Notes to reproduce, and pairs with the sounds between them.
struct TrainingBatch {
    Batch notes;
    PairBatch pairs;
};

// Draws the next batch on a thread of its own while the network learns from the present one.
class Prefetcher {
  public:
    Prefetcher(BatchSampler& notes, PairSampler& pairs, torch::Device device)
        : notes_(notes), pairs_(pairs), device_(device) {
        request();
    }
    TrainingBatch next() {
        const auto batch = pending_.get();
        request();
        return {to_device(batch.notes, device_), to_device(batch.pairs, device_)};
    }

  private:
    void request() {
        pending_ = std::async(std::launch::async, [this] { return TrainingBatch{notes_.next(), pairs_.next()}; });
    }
    BatchSampler& notes_;
    PairSampler& pairs_;
    torch::Device device_;
    std::future<TrainingBatch> pending_;
};

// Those of encoder and decoder; the pair decoder is trained by itself (pair_trainer.h).
std::vector<Tensor> trained_parameters(const Autoencoder& network, bool hidden) {
    auto parameters = parameters_of(*network->encoder, hidden);
    for (auto& p : parameters_of(*network->decoder, hidden)) parameters.push_back(std::move(p));
    return parameters;
}

template<class Module>
Module on_device(Module module, torch::Device device) {
    module->to(device);
    return module;
}

class Trainer {
  public:
    Trainer(const TrainingData& data, Autoencoder network, const TrainingOptions& options, torch::Device device)
        : options_(options), device_(device), network_(on_device(std::move(network), device)),
          critic_(on_device(Critic(), device)), muon_(trained_parameters(network_, true)),
          adamw_(trained_parameters(network_, false), torch::optim::AdamWOptions(options.stage.learning_rate)
                                                          .weight_decay(training_recipe().adamw_weight_decay)),
          critic_adamw_(critic_->parameters(),
                        torch::optim::AdamWOptions(training_recipe().critic_learning_rate)
                            .betas({training_recipe().critic_beta1, training_recipe().critic_beta2})),
          notes_(data.notes, options.stage.attack_weight, uint64_t(training_recipe().training_seed)),
          pairs_(data.notes, data.chains, {.seed = uint64_t(training_recipe().training_seed)}),
          batches_(notes_, pairs_, device), erb_loss_(device), pair_loss_(device), held_out_(data.held_out, device),
          held_out_pairs_(data.held_out, data.held_out_chains, device) {
        result_.network->to(device);
        update_average(*result_.network, *network_, 0);
    }

    // One step of the network and of the critic, at a fraction of the training.
    void step(double progress) {
        const double rate = options_.stage.learning_rate * learning_rate_factor(result_.steps, progress);
        const auto b = batches_.next();
        const auto f = forward(b);
        const auto error = feature_loss(f.decoded, b.notes);
        // A gradient that overflows would destroy all weights, and the critic's after them; such a step is skipped.
        if (!update_network(b, f, error, rate)) {
            ++result_.skipped_steps;
            return;
        }
        update_critic(b.notes, f);
        const double db = error.item<double>() * network_unit_db;
        result_.training_db = result_.steps ? .995 * result_.training_db + .005 * db : db;
    }

    void count_step() { ++result_.steps; }
    const TrainingResult& result() const { return result_; }

    // Evaluates every `stride`th held-out note and prints a line.
    void report(int64_t stride) {
        result_.held_out = held_out_.measure(result_.network, erb_loss_, stride);
        result_.held_out_pairs = held_out_pairs_.measure(result_.network, pair_loss_, false);
        const double minutes = duration<double>(steady_clock::now() - start_).count() / 60;
        const auto& e = result_.held_out;
        std::printf("step %ld, %.1f min: training %.3f dB, held out %.3f dB, attack %.3f; ERB %.3f dB, attack %.3f; "
                    "error between to that of a mean in dB: bodies %.4f, knobs %.4f; %ld skipped\n",
                    long(result_.steps), minutes, result_.training_db, e.feature_db, e.feature_attack_db, e.erb_db,
                    e.erb_attack_db, result_.held_out_pairs.bodies, result_.held_out_pairs.knobs,
                    long(result_.skipped_steps));
        std::fflush(stdout);
    }

  private:
    struct Forward {
        Tensor embedding, decoded; // of the notes; decoded from the noisy embedding
        Tensor amount;             // [rows / 2] weight of the second note in the interpolation, 0 to ½
        Tensor interpolated;       // [rows / 2, …] decoded from the interpolated embedding
        Tensor shared_mask, guess; // guess: the critic's estimate of `amount`
        Tensor between;            // the sounds between of the pairs
    };

    Forward forward(const TrainingBatch& b) {
        Forward f;
        const HalfPrecision half_precision(device_);
        forward_notes(b.notes, f);
        f.between = decoded_between(network_, b.pairs);
        return f;
    }

    void forward_notes(const Batch& n, Forward& f) {
        f.amount = torch::rand({n.x.size(0) / 2 / training_recipe().excerpts}, n.x.options())
                       .repeat_interleave(training_recipe().excerpts) *
                   .5;
        f.shared_mask = first_half(n.mask) * second_half(n.mask);
        f.embedding = network_->encode(n.x, n.mask, n.c);
        const auto noisy = add_latent_noise(f.embedding, training_recipe().latent_noise);
        const auto decoded =
            network_->decode(torch::cat({noisy, mix_halves(f.embedding, f.amount)}), torch::cat({n.c, first_half(n.c)}))
                .to(torch::kFloat);
        f.decoded = decoded.slice(0, 0, n.x.size(0));
        f.interpolated = decoded.slice(0, n.x.size(0));
        f.guess = critic_(f.interpolated, f.shared_mask, first_half(n.c)).to(torch::kFloat);
    }

    static Tensor feature_loss(const Tensor& predicted, const Batch& target) {
        return (deviation(predicted, target.x, target.mask) * target.weight).sum() / target.weight.sum();
    }

    // The losses of the stage.
    Tensor reconstruction_loss(const Tensor& predicted, const Batch& target, const Tensor& feature_error) {
        const auto& stage = options_.stage;
        auto loss = stage.feature_weight * feature_error;
        if (stage.erb_weight > 0)
            loss = loss +
                   stage.erb_weight / network_unit_db * erb_loss_(predicted, target.x, target.pitches, target.weight);
        return loss;
    }

    // Minimises the reconstruction losses, the same losses on the sounds between, and the critic's estimate.
    // False where the gradient overflows; then nothing changes.
    bool update_network(const TrainingBatch& b, const Forward& f, const Tensor& error, double rate) {
        const double critic_weight = training_recipe().critic_weight *
                                     std::min(1., double(result_.steps) / training_recipe().critic_warmup_steps);
        const auto loss = reconstruction_loss(f.decoded, b.notes, error) +
                          training_recipe().between_weight * pair_loss_(f.between, b.pairs) +
                          training_recipe().latent_penalty * f.embedding.square().mean() +
                          critic_weight * f.guess.square().mean();
        for (auto& group : adamw_.param_groups()) group.options().set_lr(rate);
        adamw_.zero_grad();
        muon_.zero_grad();
        loss.backward();
        if (!std::isfinite(
                torch::nn::utils::clip_grad_norm_(network_->parameters(), training_recipe().max_gradient_norm)))
            return false;
        adamw_.step();
        muon_.step(rate);
        update_average(*result_.network, *network_, result_.steps);
        return true;
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
    BatchSampler notes_;
    PairSampler pairs_;
    Prefetcher batches_;
    ErbSpectralLoss erb_loss_;
    PairLoss pair_loss_;
    HeldOutNotes held_out_;
    HeldOutPairs held_out_pairs_;
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

TrainingResult train(const TrainingData& data, Autoencoder network, const TrainingOptions& options,
                     torch::Device device, const std::function<double(int64_t)>& progress,
                     const std::function<void(const TrainingResult&)>& checkpoint) {
    use_threads_per_operator(options.threads);
    torch::manual_seed(uint64_t(training_recipe().training_seed));
    Trainer trainer(data, std::move(network), options, device);
    double done = 0, next_report = 0;
    while ((done = progress(trainer.result().steps)) < 1) {
        trainer.step(done);
        if (done >= next_report) {
            trainer.report(training_recipe().report_stride);
            if (next_report > 0) checkpoint(trainer.result());
            next_report += training_recipe().report_interval;
        }
        trainer.count_step();
    }
    trainer.report(1);
    use_one_thread_per_operator();
    return trainer.result();
}

} // namespace timbrel::models
