// SPDX-License-Identifier: GPL-3.0-or-later
// Models in TorchScript files: modules made here, with the habits of exports for nn~.
#include "common/error.h"
#include "common/units.h"
#include "models/bake/baker.h"
#include "models/morph/codec_model.h"
#include "models/tensor/audio_tensor.h"
#include "models/torchscript/codec_source.h"
#include "models/torchscript/sound_codec.h"
#include "models/torchscript/sphere.h"
#include "plugin/engine/bank/bank.h"
#include "tests/common/temporary_folder.h"
#include "tests/models/test_support.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <functional>

using namespace timbrel;
using namespace timbrel::models;
using namespace timbrel::test;

namespace {

using torch::jit::Module;

constexpr int64_t ratio = 64;

// Latents are blocks of 64 samples: what is encoded and decoded is the sound itself.
const std::string blocks = "x.reshape(x.shape[0], -1, 64).transpose(1, 2)";
const std::string sound = "z.transpose(1, 2).reshape(z.shape[0], 1, -1)";

std::string method(const std::string& name, const std::string& input, const std::string& body) {
    return "def " + name + "(self, " + input + ": Tensor) -> Tensor:\n" + body + "\n";
}

struct Codec {
    std::string type = "Codec";
    std::string encode = "    return " + blocks, decode = "    return " + sound;
    std::vector<int64_t> encode_params{1, 1, ratio, ratio}, decode_params{ratio, ratio, 1, 1};
    std::function<void(Module&)> add = [](Module&) {}; // buffers, attributes and other methods
};

struct Files {
    TemporaryFolder folder;

    std::string write(const Codec& codec, const std::string& name = "codec.ts") const {
        Module module(codec.type);
        module.register_buffer("encode_params", torch::tensor(codec.encode_params));
        module.register_buffer("decode_params", torch::tensor(codec.decode_params));
        codec.add(module);
        module.define(method("encode", "x", codec.encode) + method("decode", "z", codec.decode));
        module.save(folder.file(name));
        return folder.file(name);
    }

    std::string write_tone(const std::string& name, const Tensor& x) const {
        audio::write_audio(folder.file(name), to_audio(torch::stack({x, x})));
        return folder.file(name);
    }
};

// A burst and a tone, each in one channel.
Tensor two_channels() {
    auto burst = torch::zeros({12000});
    burst.slice(0, 3000, 3300) = .4;
    return torch::stack({burst, tones({1000}, {.3}, .25)});
}

// Refuses with one line that has the file's name and `text`.
void refuses(const std::function<void()>& work, const std::string& file, const std::string& text) {
    BOOST_CHECK_EXCEPTION(work(), Error, [&](const Error& error) {
        const std::string line = error.what();
        BOOST_TEST_MESSAGE(line);
        return line.find(file) != line.npos && line.find(text) != line.npos && line.find('\n') == line.npos;
    });
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(torchscript, Files)

BOOST_AUTO_TEST_CASE(any_length_is_encoded_and_decoded_in_both_channels) {
    SoundCodec codec(write({}));
    BOOST_TEST(codec.delay() == 0);
    for (const int64_t samples : {12000, 11999, 1}) {
        const auto x = two_channels().slice(1, 0, samples);
        BOOST_TEST(torch::equal(codec.pass(x), x));
    }
}

BOOST_AUTO_TEST_CASE(caches_begin_with_zeros_in_each_call_and_their_delay_is_trimmed) {
    Codec late;
    late.add = [](Module& m) { m.register_buffer("late_pad", torch::ones({1, 1, 1000})); };
    late.encode =
        "    y = torch.cat([self.late_pad, x], 2)\n    self.late_pad = y[:, :, -1000:]\n    x = y[:, :, :-1000]\n"
        "    return " +
        blocks;
    SoundCodec codec(write(late));
    BOOST_TEST(codec.delay() == 1000);
    const auto x = two_channels();
    for (int i = 0; i < 2; ++i) BOOST_TEST(torch::equal(codec.pass(x), x));
    BOOST_TEST(codec.encode(x).slice(1, 0, 15).abs().max().item<float>() == 0);
}

BOOST_AUTO_TEST_CASE(noise_of_a_decoder_is_the_same_each_time) {
    Codec noisy;
    noisy.decode = "    y = " + sound + "\n    return y + .1 * torch.randn_like(y)";
    SoundCodec codec(write(noisy)), again(write(noisy, "again.ts"));
    BOOST_TEST(codec.delay() == 0);
    const auto x = two_channels(), y = codec.pass(x);
    BOOST_TEST((y - x).std().item<double>() == .1, boost::test_tools::tolerance(.05));
    BOOST_TEST(torch::equal(codec.pass(x), y));
    BOOST_TEST(torch::equal(again.pass(x), y));
}

BOOST_AUTO_TEST_CASE(an_encoder_that_draws_is_used_without_its_noise) {
    Codec v1;
    v1.encode = "    z = " + blocks + "\n    return z + torch.randn_like(z)";
    v1.add = [](Module& m) {
        m.define("def encode_amortized(self, x: Tensor):\n    z = " + blocks + "\n    return z, torch.ones_like(z)\n");
    };
    SoundCodec codec(write(v1));
    BOOST_TEST(torch::equal(codec.pass(two_channels()), two_channels()));
}

BOOST_AUTO_TEST_CASE(both_channels_pass_a_stereo_model_at_once) {
    Codec swap;
    swap.encode_params = {2, 1, 2 * ratio, ratio}, swap.decode_params = {2 * ratio, ratio, 2, 1};
    swap.encode = "    return x.reshape(x.shape[0], 2, -1, 64).transpose(2, 3).reshape(x.shape[0], 128, -1)";
    swap.decode = "    return z.reshape(z.shape[0], 2, 64, -1).transpose(2, 3).reshape(z.shape[0], 2, -1).flip(1)";
    SoundCodec codec(write(swap));
    BOOST_TEST(torch::equal(codec.pass(two_channels()), two_channels().flip(0)));
}

BOOST_AUTO_TEST_CASE(a_model_of_another_rate_keeps_pitch_and_time) {
    const auto with = [&](const std::function<void(Module&)>& add) {
        Codec codec;
        codec.add = add;
        return write(codec);
    };
    const auto attribute = [](Module& m) { m.register_attribute("sr", c10::IntType::get(), 44100); };
    const auto buffer = [](Module& m) { m.register_buffer("sampling_rate", torch::tensor(22050)); };
    const auto unknown = [](Module& m) {
        m.register_buffer("sampling_rate", torch::tensor(44100));
        m.define("def get_sample_rate(self) -> int:\n    return -1\n");
    };
    BOOST_TEST(SoundCodec(with(buffer)).rate() == 22050);
    BOOST_TEST(SoundCodec(with(unknown)).rate() == 44100);
    BOOST_TEST(!SoundCodec(with([](Module&) {})).rate_known());
    SoundCodec codec(with(attribute));
    BOOST_TEST(codec.rate() == 44100);
    const auto x = two_channels();
    BOOST_TEST(difference_db(x[1].slice(0, 2000, 10000), codec.pass(x)[1].slice(0, 2000, 10000)) < -60);
    const auto bad = with([](Module& m) { m.register_attribute("sr", c10::IntType::get(), 1267073031); });
    refuses([&] { SoundCodec{bad}; }, bad, "sample rate is 1267073031 Hz");
}

BOOST_AUTO_TEST_CASE(a_mean_on_the_sphere_lies_on_the_shorter_arc) {
    const auto angles = torch::tensor({{.2f, -.4f}, {.9f, .1f}, {.9f, -.9f}});
    const auto points = angles_to_point(angles);
    BOOST_TEST((points.square().sum(0) - 1).abs().max().item<float>() < 1e-5);
    BOOST_TEST((point_to_angles(points) - angles).abs().max().item<float>() < 1e-5);
    const auto equator = torch::tensor({{0.f, 0.f}, {0.f, 0.f}, {.9f, -.9f}});
    const auto middle = point_to_angles(angles_to_point(equator).mean(1, true));
    BOOST_TEST(std::abs(middle[2].item<float>()) > .999);
    BOOST_TEST(std::abs(middle[0].item<float>()) < 1e-4);
    Codec spherical;
    spherical.type = "SphericalCodec";
    SoundCodec codec(write(spherical));
    BOOST_TEST(codec.latent_rows() == ratio + 1);
    BOOST_TEST((codec.pass(two_channels()) - two_channels()).abs().max().item<float>() < 1e-3);
}

BOOST_AUTO_TEST_CASE(what_is_no_autoencoder_of_sound_is_refused) {
    const auto opens = [](const std::string& file) { return [file] { SoundCodec{file}; }; };
    const auto text = folder.file("text.ts");
    write_text(text, "PKno archive");
    refuses(opens(text), text, "is no TorchScript file");
    write_text(text, "text");
    refuses(opens(text), text, "is no TorchScript file");
    refuses(opens(folder.file("none.ts")), "none.ts", "there is no such file");
    const std::string whole = read_text(write({}));
    for (size_t part = 1; part < 8; ++part) {
        write_text(text, whole.substr(0, whole.size() * part / 8));
        refuses(opens(text), text, "is no TorchScript file");
    }
    Codec codec;
    codec.decode_params = {ratio, ratio, 4, 1};
    const auto four = write(codec);
    refuses(opens(four), four, "decodes 4");
    codec.decode_params = {ratio / 2, ratio, 1, 1};
    refuses(opens(write(codec)), four, "do not fit");
    Module filter("Filter");
    filter.define("def forward(self, x: Tensor) -> Tensor:\n    return x\n");
    filter.save(four);
    refuses(opens(four), four, "has no method encode");
}

BOOST_AUTO_TEST_CASE(a_model_that_misbehaves_ends_in_one_line) {
    const auto misbehaves = [&](const std::string& body, const std::string& text) {
        Codec codec;
        codec.encode = body;
        const auto file = write(codec);
        ModelProcess process(file, {1, 0});
        refuses([&] { process.encode(torch::zeros({1, 4 * ratio})); }, file, text);
    };
    misbehaves("    while True:\n        x = x + 1\n    return x", "takes too long");
    misbehaves("    return torch.ones([68719476736])", "allocate");
    misbehaves("    return torch.from_file('/etc/hostname', False, 4)", "hostname");
    misbehaves("    return x", "encode makes [1, 1, 256] of [1, 1, 256] instead of [1, 64, 4]");
    misbehaves("    return " + blocks + " / 0", "not finite");
    misbehaves("    assert x.shape[0] == 0, 'not ready'\n    return x", "not ready");
}

BOOST_AUTO_TEST_CASE(a_corner_sounds_through_a_model) {
    Codec shaped; // x |x| has a third partial of a fifth of the first
    shaped.type = "DiscreteCodec";
    shaped.decode = "    y = " + sound + "\n    return y * y.abs()";
    const auto model = write(shaped);
    const auto tone = write_tone("tone-C4.wav", tones({note_to_hertz(60)}, {.5}, 2));
    const auto source = open_corner_source("gain=3:nn:" + model + "<" + tone);
    BOOST_TEST(source->name() == "tone-C4 through codec");
    const auto x = to_stereo_tensor(source->note(60, 100, 1, .5).audio)[0].slice(0, 12000, 36000);
    const double first = amplitude_at(x, note_to_hertz(60)), third = amplitude_at(x, 3 * note_to_hertz(60));
    BOOST_TEST(third / first == .2, boost::test_tools::tolerance(.02));
    const auto origin = source->provenance();
    BOOST_TEST(origin["file"] == model);
    BOOST_TEST(origin["source"]["file"] == "tone-C4.wav");
    BOOST_TEST(origin["hash"] != origin["source"]["hash"]);
    refuses([&] { CodecModel{model}; }, model, "discrete");
    refuses([&] { open_corner_source("nn:" + model); }, model, "write nn:FILE<SOURCE");
    refuses([&] { open_corner_source("nn:" + model + "<gain=2:" + tone); }, model, "in front of nn:");
}

// The second partial is strong in one corner and 30 dB weaker in the other. A mean in dB lies 15 dB below the strong
// one; this model decodes the mean of the waveforms, 6 dB below.
BOOST_AUTO_TEST_CASE(between_the_corners_of_a_bank_the_model_decides) {
    PlaneRecipe recipe;
    const double f0 = note_to_hertz(60);
    recipe.sources = {write_tone("a-C4.wav", tones({f0, 2 * f0}, {.2, .2}, 3)),
                      write_tone("b-C4.wav", tones({f0, 2 * f0}, {.2, .0063}, 3))};
    recipe.down = 1, recipe.grid = 3, recipe.pitches = {60}, recipe.velocities = {100}, recipe.seconds = 1;
    Codec late;
    late.add = [](Module& m) { m.register_buffer("late_pad", torch::zeros({1, 1, 3000})); };
    late.encode = "    x = torch.cat([self.late_pad, x], 2)[:, :, :x.shape[2]]\n    return " + blocks;
    recipe.model = write(late);
    const auto baked = [&](const std::string& name, double amount) {
        recipe.network_amount = amount;
        const auto path = folder.file(name);
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        bake(recipe, {}, torch::kCPU, path);
        return path;
    };
    const auto second_partial = [&](const engine::Bank& bank, uint32_t cell) {
        const auto pcm = bank.read_pcm(bank.entry(0, cell));
        std::vector<float> left;
        for (size_t i = 0; i < pcm.size(); i += 2) left.push_back(float(pcm[i]));
        const auto x = to_tensor(left).slice(0, 12000, 36000);
        return amplitude_db(amplitude_at(x, 2 * f0) / amplitude_at(x, f0));
    };
    const auto path = baked("1/b.timbrel", 1);
    const auto bank = engine::Bank::open(path);
    BOOST_TEST(bank->metadata()["model"]["name"] == "codec");
    BOOST_TEST(bank->metadata()["recipe"]["model"] == recipe.model);
    BOOST_TEST(std::abs(second_partial(*bank, 0)) < 1);
    BOOST_TEST(second_partial(*bank, 1) > -10);
    BOOST_TEST(second_partial(*bank, 1) < -4);
    BOOST_TEST(std::abs(second_partial(*bank, 2) + 30) < 1);
    BOOST_TEST((read_text(baked("2/b.timbrel", 1)) == read_text(path)));
    BOOST_TEST(second_partial(*engine::Bank::open(baked("3/b.timbrel", 0)), 1) < -13);
}

BOOST_AUTO_TEST_SUITE_END()
