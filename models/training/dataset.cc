// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/dataset.h"

#include "common/atomic_file.h"
#include "common/progress.h"
#include "common/units.h"
#include "models/analysis/analysis.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/tensor/parallel.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace timbrel::models {
namespace {

namespace fs = std::filesystem;

constexpr int64_t bytes_per_half = 2;

std::string features_file(const std::string& path) { return path + ".f16"; }
std::string index_file(const std::string& path) { return path + ".pt"; }

struct DatasetEntry {
    Tensor mask; // undefined for a skipped note
    double f0;
    int velocity, key;
    int64_t instrument;
};

// Removes skipped notes: moves the rows and entries of the others to the front.
void compact(Tensor& db, std::vector<DatasetEntry>& entries) {
    int64_t kept = 0;
    for (size_t i = 0; i < entries.size(); ++i) {
        if (!entries[i].mask.defined()) continue;
        if (int64_t(i) != kept) db[kept].copy_(db[int64_t(i)]);
        ++kept;
    }
    std::erase_if(entries, [](const DatasetEntry& e) { return !e.mask.defined(); });
}

// The contents of PATH.pt, in the order of Dataset's members after `db`.
std::vector<Tensor> index_tensors(const std::vector<DatasetEntry>& entries) {
    std::vector<Tensor> mask;
    std::vector<double> f0, velocity;
    std::vector<int64_t> key, instrument;
    for (const auto& e : entries) {
        mask.push_back(e.mask);
        f0.push_back(e.f0);
        velocity.push_back(e.velocity);
        key.push_back(e.key);
        instrument.push_back(e.instrument);
    }
    return {torch::stack(mask), to_tensor(f0), to_tensor(velocity), torch::tensor(key), torch::tensor(instrument)};
}

} // namespace

void write_dataset(const std::string& path, const std::vector<NoteGroup>& groups, double seconds) {
    std::vector<size_t> first_entry{0}; // of each group
    for (const auto& g : groups) first_entry.push_back(first_entry.back() + g.largest_count);
    const int64_t frames = std::lround(seconds * model_rate) / hop;
    AtomicFile features(features_file(path)), index(index_file(path));
    auto db =
        torch::from_file(features.part_path(), true, int64_t(first_entry.back()) * feature_count * frames, torch::kHalf)
            .view({-1, feature_count, frames});
    std::vector<DatasetEntry> entries(first_entry.back());
    std::vector<std::string> skip_reason(groups.size());
    Progress progress("analysing", groups.size());
    parallel_for(groups.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad;
        size_t next = first_entry[i];
        try {
            groups[i].render([&](const SoundNote& note) {
                const auto s = analyse(note.sound, note_to_hertz(note.pitch), torch::kCPU).spectrum;
                const auto f = extract_features(s);
                db[int64_t(next)].copy_(f.db);
                entries[next++] = {f.mask, s.f0, note.velocity, 128 * note.pitch + note.velocity, groups[i].instrument};
            });
        } catch (const audio::AudioError& error) {
            skip_reason[i] = error.what();
            for (size_t e = first_entry[i]; e < first_entry[i + 1]; ++e) entries[e] = {};
        }
        progress.step();
    });
    for (size_t i = 0; i < groups.size(); ++i)
        if (!skip_reason[i].empty())
            std::fprintf(stderr, "timbrel-bake: skipped %s: %s\n", groups[i].name.c_str(), skip_reason[i].c_str());
    compact(db, entries);
    if (entries.empty()) throw std::runtime_error(path + ": no instrument is audible");
    db = Tensor();
    fs::resize_file(features.part_path(), entries.size() * size_t(feature_count * frames * bytes_per_half));
    // By a stream, because libTorch refuses file names like those of temporary files.
    std::ofstream stream(index.part_path(), std::ios::binary);
    torch::save(index_tensors(entries), stream);
    stream.close();
    if (!stream) throw Error(index_file(path) + ": could not be written; the disk may be full");
    features.finish_unsynced();
    index.finish_unsynced();
}

std::vector<NoteGroup> instrument_groups(const std::vector<CorpusInstrument>& instruments,
                                         std::vector<TrainingNote> (*notes_of)(const CorpusInstrument&), double hold,
                                         double release) {
    std::vector<NoteGroup> groups;
    for (const auto& instrument : instruments) {
        const auto notes = notes_of(instrument);
        groups.push_back({instrument.source + ", " + instrument.name, int64_t(groups.size()), notes.size(),
                          [instrument, notes, hold, release](const auto& put) {
                              const auto source = open_pitched_source(instrument);
                              for (const auto& note : notes)
                                  if (const auto x = render_note(*source, note, hold, release);
                                      x.abs().max().template item<float>() >= audible_peak())
                                      put({x, note.pitch, note.velocity});
                          }});
    }
    return groups;
}

bool has_dataset(const std::string& path) { return fs::exists(index_file(path)); }

Dataset load_dataset(const std::string& path) {
    std::vector<Tensor> index;
    torch::load(index, index_file(path));
    const auto notes = index.at(0).size(0);
    const auto values = int64_t(fs::file_size(features_file(path))) / bytes_per_half;
    if (notes == 0 || values % (notes * feature_count) != 0)
        throw std::runtime_error(features_file(path) + ": does not match " + index_file(path) + "; delete both");
    auto db = torch::from_file(features_file(path), false, values, torch::kHalf).view({notes, feature_count, -1});
    return {std::move(db), index.at(0), index.at(1), index.at(2), index.at(3), index.at(4)};
}

} // namespace timbrel::models
