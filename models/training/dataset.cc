#include "models/training/dataset.h"

#include "common/progress.h"
#include "models/analysis/analysis.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/tensor/parallel.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

namespace timbrel::models {
namespace {

namespace fs = std::filesystem;

constexpr int64_t half_bytes = 2;

std::string features_file(const std::string& path) { return path + ".f16"; }
std::string index_file(const std::string& path) { return path + ".pt"; }

struct Note {
    Tensor mask; // undefined for a note that is left out
    double f0;
    int velocity, key;
    size_t instrument;
};

// Removes what was begun, unless it is finished.
class PartialFile {
  public:
    explicit PartialFile(std::string name) : name_(std::move(name)), part_(name_ + ".part") { fs::remove(part_); }
    ~PartialFile() {
        std::error_code error;
        fs::remove(part_, error);
    }
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    const std::string& part() const { return part_; }
    void finish() const { fs::rename(part_, name_); }

  private:
    std::string name_, part_;
};

// Moves the rows of notes that are kept to the front; the notes likewise.
void close_gaps(Tensor& db, std::vector<Note>& notes) {
    int64_t kept = 0;
    for (size_t i = 0; i < notes.size(); ++i) {
        if (!notes[i].mask.defined()) continue;
        if (int64_t(i) != kept) db[kept].copy_(db[int64_t(i)]);
        ++kept;
    }
    std::erase_if(notes, [](const Note& n) { return !n.mask.defined(); });
}

std::vector<Tensor> index_of(const std::vector<Note>& notes) {
    std::vector<Tensor> mask;
    std::vector<double> f0, velocity;
    std::vector<int64_t> key, instrument;
    for (const auto& n : notes) {
        mask.push_back(n.mask);
        f0.push_back(n.f0);
        velocity.push_back(n.velocity);
        key.push_back(n.key);
        instrument.push_back(int64_t(n.instrument));
    }
    return {torch::stack(mask), tensor_of(f0), tensor_of(velocity), torch::tensor(key), torch::tensor(instrument)};
}

} // namespace

void write_dataset(const std::string& path, const std::vector<Instrument>& instruments,
                   std::vector<Take> (*takes_of)(const Instrument&), double hold, double release) {
    std::vector<size_t> first{0}; // note of each instrument
    for (const auto& i : instruments) first.push_back(first.back() + takes_of(i).size());
    const int64_t frames = std::lround((hold + release) * model_rate) / hop;
    const PartialFile features(features_file(path)), index(index_file(path));
    auto db = torch::from_file(features.part(), true, int64_t(first.back()) * feature_count * frames, torch::kHalf)
                  .view({-1, feature_count, frames});
    std::vector<Note> notes(first.back());
    std::vector<std::string> left_out(instruments.size());
    Progress progress("analysing", instruments.size());
    const auto listen = [&](size_t i) {
        const auto source = open_melodic(instruments[i]);
        const auto takes = takes_of(instruments[i]);
        for (size_t t = 0; t < takes.size(); ++t) {
            const auto& take = takes[t];
            const auto x = sound_of(*source, take, hold, release);
            if (x.abs().max().item<float>() < audible_peak) continue;
            const auto s = analyse(x, audio::hertz_of(take.pitch), torch::kCPU).spectrum;
            const auto f = features_of(s);
            db[int64_t(first[i] + t)].copy_(f.db);
            notes[first[i] + t] = {f.mask, s.f0, take.velocity, 128 * take.pitch + take.velocity, i};
        }
    };
    in_parallel(instruments.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad;
        try {
            listen(i);
        } catch (const audio::AudioError& error) {
            left_out[i] = error.what();
            for (size_t n = first[i]; n < first[i + 1]; ++n) notes[n] = {};
        }
        progress.step();
    });
    for (size_t i = 0; i < instruments.size(); ++i)
        if (!left_out[i].empty())
            std::fprintf(stderr, "timbrel-bake: left out %s, %s: %s\n", instruments[i].source.c_str(),
                         instruments[i].name.c_str(), left_out[i].c_str());
    close_gaps(db, notes);
    if (notes.empty()) throw std::runtime_error(path + ": none of the instruments can be heard");
    db = Tensor();
    fs::resize_file(features.part(), notes.size() * size_t(feature_count * frames * half_bytes));
    torch::save(index_of(notes), index.part());
    features.finish();
    index.finish();
}

bool has_dataset(const std::string& path) { return fs::exists(index_file(path)); }

Dataset load_dataset(const std::string& path) {
    std::vector<Tensor> index;
    torch::load(index, index_file(path));
    const auto notes = index.at(0).size(0);
    const auto numbers = int64_t(fs::file_size(features_file(path))) / half_bytes;
    if (notes == 0 || numbers % (notes * feature_count) != 0)
        throw std::runtime_error(features_file(path) + ": does not belong to " + index_file(path) + "; delete both");
    auto db = torch::from_file(features_file(path), false, numbers, torch::kHalf).view({notes, feature_count, -1});
    return {std::move(db), index.at(0), index.at(1), index.at(2), index.at(3), index.at(4)};
}

} // namespace timbrel::models
