// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/trainers/pair_trainer.h"

#include "models/recipe/recipe.h"
#include "models/tensor/threads.h"
#include "models/training/muon.h"
#include "models/training/trainers/optimisation.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <future>

namespace timbrel::models {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

// A batch and its sounds between without the pair decoder.
struct DecodedBatch {
    PairBatch pairs;
    Tensor decoded;
};

class PairTrainer {
  public:
    PairTrainer(const TrainingData& data, Autoencoder network, torch::Device device)
        : device_(device), network_(std::move(network)), muon_(parameters_of(*network_->pairs, true)),
          adamw_(parameters_of(*network_->pairs, false),
                 torch::optim::AdamWOptions(training_recipe().pair_learning_rate)
                     .weight_decay(training_recipe().adamw_weight_decay)),
          sampler_(data.notes, data.chains, {.seed = uint64_t(training_recipe().training_seed)}), loss_(device),
          held_out_(data.held_out, data.held_out_chains, device) {
        const torch::NoGradGuard no_grad;
        const auto from = network_->named_parameters();
        for (auto& p : result_.network->named_parameters()) p.value().copy_(from[p.key()]);
        network_->to(device);
        result_.network->to(device);
        request();
    }

    void step(double progress) {
        const auto& r = training_recipe();
        const double rate = r.pair_learning_rate * learning_rate_factor(result_.steps, progress);
        const auto [batch, decoded] = pending_.get();
        request();
        const auto between = paired_between(network_, batch, decoded);
        const auto loss = loss_(between, batch) + r.pair_penalty * (between - decoded).square().mean();
        for (auto& group : adamw_.param_groups()) group.options().set_lr(rate);
        adamw_.zero_grad();
        muon_.zero_grad();
        loss.backward();
        if (!std::isfinite(torch::nn::utils::clip_grad_norm_(network_->pairs->parameters(), r.max_gradient_norm)))
            return; // an overflow would destroy all weights
        adamw_.step();
        muon_.step(rate);
        update_average(*result_.network->pairs, *network_->pairs, result_.steps);
        const double value = loss.item<double>();
        result_.loss = result_.steps ? .99 * result_.loss + .01 * value : value;
    }

    void count_step() { ++result_.steps; }
    const PairTrainingResult& result() const { return result_; }

    void report() {
        result_.held_out = held_out_.measure(result_.network, loss_, true);
        std::printf("step %ld, %.1f min: training loss %.4f; held out, error to that of a mean in dB: bodies %.4f, "
                    "knobs %.4f\n",
                    long(result_.steps), duration<double>(steady_clock::now() - start_).count() / 60, result_.loss,
                    result_.held_out.bodies, result_.held_out.knobs);
        std::fflush(stdout);
    }

  private:
    // Draws the next batch on a thread of its own while the network learns from the present one.
    void request() {
        pending_ = std::async(std::launch::async, [this] {
            const torch::NoGradGuard no_grad;
            DecodedBatch batch{to_device(sampler_.next(), device_), {}};
            batch.decoded = decoded_between(result_.network, batch.pairs);
            return batch;
        });
    }

    torch::Device device_;
    Autoencoder network_;
    PairTrainingResult result_;
    Muon muon_;
    torch::optim::AdamW adamw_;
    PairSampler sampler_;
    PairLoss loss_;
    HeldOutPairs held_out_;
    std::future<DecodedBatch> pending_;
    steady_clock::time_point start_ = steady_clock::now();
};

} // namespace

PairTrainingResult train_pairs(const TrainingData& data, Autoencoder network, int threads, torch::Device device,
                               const std::function<double(int64_t)>& progress,
                               const std::function<void(const PairTrainingResult&)>& checkpoint) {
    use_threads_per_operator(threads);
    torch::manual_seed(uint64_t(training_recipe().training_seed));
    PairTrainer trainer(data, std::move(network), device);
    double done = 0, next_report = 0;
    while ((done = progress(trainer.result().steps)) < 1) {
        trainer.step(done);
        if (done >= next_report) {
            trainer.report();
            if (next_report > 0) checkpoint(trainer.result());
            next_report += training_recipe().report_interval;
        }
        trainer.count_step();
    }
    trainer.report();
    use_one_thread_per_operator();
    return trainer.result();
}

} // namespace timbrel::models
