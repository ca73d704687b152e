// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/torchscript/scripted_model.h"

#include "common/error.h"

#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/version.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

namespace timbrel::models {
namespace {

constexpr double min_rate = 8000, max_rate = 192000; // Hz; other numbers are no sample rates
constexpr int64_t max_numbers = 4096, max_ratio = 65536;
constexpr uint64_t generator_seed = 1;

// The cause in a message of libTorch, which may have many lines: the one after the traceback of the model, else the
// first.
std::string cause(const std::string& message) {
    std::istringstream lines(message);
    std::string first, error;
    for (std::string line; std::getline(lines, line);) {
        if (const size_t begin = line.find_first_not_of(" \t\r"); begin != line.npos) line.erase(0, begin);
        if (line.empty()) continue;
        if (first.empty()) first = line;
        if (constexpr std::string_view mark = "RuntimeError: "; line.starts_with(mark))
            error = line.substr(mark.size());
    }
    return error.empty() ? first : error;
}

// Runs `work`, whose exceptions become one line.
template<class Work>
auto with_one_line(const char* activity, const Work& work) {
    const auto fail = [activity](const std::string& message) {
        throw Error(std::string(activity) + ": " + cause(message));
    };
    try {
        return work();
    } catch (const Error&) {
        throw;
    } catch (const c10::Error& error) {
        fail(error.what_without_backtrace());
    } catch (const std::exception& error) {
        fail(error.what());
    }
    throw Error(activity); // not reached
}

std::optional<std::string> unknown_operator(const std::string& message) {
    constexpr std::string_view mark = "Unknown builtin op: ";
    const size_t at = message.find(mark);
    if (at == message.npos) return {};
    const size_t begin = at + mark.size();
    return message.substr(begin, message.find_first_of(".\n", begin) - begin);
}

torch::jit::Module load(const std::string& archive) {
    try {
        std::istringstream stream(archive);
        auto module = torch::jit::load(stream, torch::kCPU);
        module.eval();
        return module;
    } catch (const c10::Error& error) {
        const std::string message = error.what_without_backtrace();
        if (const auto name = unknown_operator(message))
            throw Error("uses the operator " + *name +
                        ", which libTorch " TORCH_VERSION
                        " does not have; export it with that version or an older one, or build Timbrel with a newer "
                        "libTorch (-Dtorch_prefix)");
        throw Error("is no TorchScript file that libTorch " TORCH_VERSION " can read: " + cause(message));
    } catch (const std::exception& error) {
        throw Error("is no TorchScript file that libTorch " TORCH_VERSION " can read: " + cause(error.what()));
    }
}

// {in channels, in ratio, out channels, out ratio} of a method.
std::array<int64_t, 4> parameters_of(const torch::jit::Module& module, const std::string& method) {
    const std::string name = method + "_params";
    if (!module.find_method(method) || !module.hasattr(name) || !module.attr(name).isTensor())
        throw Error("has no method " + method + " with " + name + ", so it is no autoencoder as nn~ plays it");
    const Tensor values = module.attr(name).toTensor();
    if (values.numel() != 4) throw Error(name + " has " + std::to_string(values.numel()) + " numbers instead of 4");
    const auto numbers = values.to(torch::kCPU, torch::kLong).contiguous().view({-1});
    std::array<int64_t, 4> result{};
    std::copy_n(numbers.data_ptr<int64_t>(), 4, result.begin());
    return result;
}

std::optional<double> number_in(const c10::IValue& value) {
    if (value.isInt() || value.isDouble()) return value.toScalar().toDouble();
    if (value.isTensor() && value.toTensor().numel() == 1) return value.toTensor().item<double>();
    if (value.isTuple() && value.toTupleRef().elements().size() == 1)
        return number_in(value.toTupleRef().elements()[0]); // an attribute of nn~
    return {};
}

// Where exports of different ages keep their sample rate. 0: nowhere.
double rate_of(const torch::jit::Module& module) {
    std::optional<double> rate;
    if (module.find_method("get_sample_rate")) rate = number_in(module.get_method("get_sample_rate")({}));
    const auto look_at = [&](const torch::jit::Module& where, const char* name) {
        if ((!rate || *rate <= 0) && where.hasattr(name)) rate = number_in(where.attr(name));
    };
    look_at(module, "sr");
    look_at(module, "sampling_rate");
    if (module.hasattr("_rave") && module.attr("_rave").isModule())
        look_at(module.attr("_rave").toModule(), "sampling_rate");
    if (!rate || *rate <= 0) return 0;
    if (*rate < min_rate || *rate > max_rate)
        throw Error("says that its sample rate is " + std::to_string(int64_t(*rate)) + " Hz");
    return *rate;
}

LatentKind kind_of(const torch::jit::Module& module) {
    const std::string type = module.type()->name()->qualifiedName();
    if (type.find("Discrete") != type.npos) return LatentKind::discrete;
    return type.find("Spherical") != type.npos ? LatentKind::spherical : LatentKind::linear;
}

// Exports for live use keep the end of each block for the next one.
bool is_cache(const std::string& name) {
    const std::string_view last = std::string_view(name).substr(name.rfind('.') + 1);
    return last.ends_with("pad") || last == "z_buffer" || last == "out_buffer" || last == "previous_timbre" ||
           last == "last_zsem";
}

const Tensor& finite(const Tensor& output, const char* method) {
    if (!output.isfinite().all().item<bool>()) throw Error(std::string(method) + " gives numbers that are not finite");
    return output;
}

} // namespace

ScriptedModel::ScriptedModel(const std::string& archive) : module_(load(archive)) {
    const torch::NoGradGuard no_grad;
    torch::jit::setGraphExecutorOptimize(false); // else the first runs compute differently than later ones
    const auto encode = parameters_of(module_, "encode"), decode = parameters_of(module_, "decode");
    shape_.in_channels = encode[0], shape_.out_channels = decode[2];
    shape_.numbers = encode[2], shape_.ratio = encode[3];
    const auto one_or_two = [](int64_t channels) { return channels == 1 || channels == 2; };
    if (!one_or_two(shape_.in_channels) || !one_or_two(shape_.out_channels))
        throw Error("encodes " + std::to_string(encode[0]) + " and decodes " + std::to_string(decode[2]) +
                    " channels of sound; give a model of one or two");
    if (encode[1] != 1 || decode[3] != 1 || decode[0] != encode[2] || decode[1] != encode[3] || shape_.numbers < 1 ||
        shape_.numbers > max_numbers || shape_.ratio < 1 || shape_.ratio > max_ratio)
        throw Error("has an encode_params and a decode_params that do not fit each other");
    shape_.rate = with_one_line("its sample rate cannot be read", [&] { return rate_of(module_); });
    shape_.kind = kind_of(module_);
    for (const auto& buffer : module_.named_buffers())
        if (is_cache(buffer.name)) buffer.value.zero_();
    if (module_.find_method("encode_amortized")) encoder_ = "encode_amortized"; // the same without noise, and its width
}

Tensor ScriptedModel::encode(const Tensor& sound) const {
    auto latents = run(encoder_, sound, {1, shape_.numbers, sound.size(1) / shape_.ratio});
    if (shape_.kind == LatentKind::spherical) latents = latents.nan_to_num(0); // silence may have no direction
    return finite(latents, encoder_);
}

Tensor ScriptedModel::decode(const Tensor& latents) const {
    return finite(run("decode", latents, {1, shape_.out_channels, latents.size(1) * shape_.ratio}), "decode");
}

Tensor ScriptedModel::run(const char* method, const Tensor& input, const std::vector<int64_t>& sizes) const {
    const torch::NoGradGuard no_grad;
    const auto output = with_one_line(method, [&] {
        auto module = module_.deepcopy();
        torch::manual_seed(generator_seed);
        auto result = module.run_method(method, input.unsqueeze(0));
        if (result.isTuple() && !result.toTupleRef().elements().empty()) result = result.toTupleRef().elements()[0];
        if (!result.isTensor()) throw Error(std::string(method) + " gives no tensor");
        return result.toTensor().to(torch::kCPU, torch::kFloat).contiguous();
    });
    if (output.sizes() != sizes) {
        std::ostringstream text;
        text << method << " makes " << output.sizes() << " of " << input.unsqueeze(0).sizes() << " instead of "
             << torch::IntArrayRef(sizes);
        throw Error(text.str());
    }
    return output[0];
}

} // namespace timbrel::models
