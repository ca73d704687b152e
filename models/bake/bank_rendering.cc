// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/bake/bank_rendering.h"

#include "common/progress.h"
#include "common/units.h"
#include "models/bake/bank_cells.h"
#include "models/bake/bank_picture.h"
#include "models/bake/pitch_metadata.h"
#include "models/tensor/parallel.h"
#include "models/tensor/stage_timer.h"
#include "plugin/engine/bank/bank_writer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <future>
#include <optional>

namespace timbrel::models {
namespace {

// On the CPU few enough that what one operator leaves is still in the cache for the next; fewer of longer notes, so
// that these need no more memory.
int64_t cells_at_once(torch::Device device, int64_t hops) {
    constexpr int64_t seconds = 16, seconds_on_gpu = 256;
    return std::max<int64_t>(1, int64_t(double(device.is_cpu() ? seconds : seconds_on_gpu) * frames_per_second) / hops);
}

struct NoteJob {
    size_t pitch, velocity;      // indices in the recipe
    std::optional<uint32_t> row; // of the pitch in the bank; none where the note is for the picture only
};

// The note of the picture first.
std::vector<NoteJob> note_jobs(const PlaneRecipe& recipe, const std::vector<size_t>& pitches) {
    std::vector<NoteJob> jobs;
    const size_t shown = picture_note(recipe), hardest = recipe.velocities.size() - 1;
    if (std::ranges::find(pitches, shown) == pitches.end()) jobs.push_back({shown, hardest, {}});
    for (size_t row = 0; row < pitches.size(); ++row)
        for (size_t v = 0; v < recipe.velocities.size(); ++v) jobs.push_back({pitches[row], v, uint32_t(row)});
    const auto first =
        std::ranges::find_if(jobs, [&](const NoteJob& job) { return job.pitch == shown && job.velocity == hardest; });
    std::rotate(jobs.begin(), first, first + 1);
    return jobs;
}

engine::BankPlan bank_layout(const PlaneRecipe& recipe, const std::vector<size_t>& pitches,
                             const std::vector<OscillatorPlan>& plans) {
    engine::BankPlan layout;
    layout.rate = model_rate;
    layout.columns = uint16_t(recipe.columns());
    layout.rows = uint16_t(recipe.rows());
    layout.velocities.assign(recipe.velocities.begin(), recipe.velocities.end());
    for (const size_t p : pitches) {
        const auto& loop = plans[p].loop;
        layout.pitches.push_back(uint8_t(recipe.pitches[p]));
        layout.shapes.push_back({uint32_t(loop.end * hop), uint32_t(loop.start * hop), uint32_t(loop.end * hop)});
    }
    return layout;
}

struct StoredCell {
    engine::EncodedCell sound;
    float decay, release;
};

StoredCell stored_cell(const Rendering& rendering, const Tensor& sound, int64_t cell) {
    const auto stereo = (sound[cell].t() * db_to_amplitude(bank_level_db)).contiguous();
    return {engine::encode_cell({stereo.data_ptr<float>(), size_t(stereo.numel())}),
            float(rendering.decay[size_t(cell)]), float(rendering.release[size_t(cell)])};
}

class BankRendering {
  public:
    BankRendering(const PlaneSources& sources, NoteModelPtr model, torch::Device device)
        : sources_(sources), model_(std::move(model)), device_(device), weights_(cell_weights(sources.recipe())) {
        for (size_t p = 0; p < sources.recipe().pitches.size(); ++p) plans_.push_back(sources.plan(p));
    }

    void render(const std::vector<size_t>& pitches, nlohmann::json metadata, const std::string& output,
                const std::function<void(size_t, size_t)>& on_note) {
        const auto& recipe = sources_.recipe();
        const auto jobs = note_jobs(recipe, pitches);
        size_t hops = 0;
        for (const size_t p : pitches) hops += size_t(sources_.hops(p)) * recipe.velocities.size();
        Progress progress("baking", hops, on_note);
        parallel_for(jobs.size(), [&](size_t i) {
            if (i == 0)
                render_picture_note(jobs[i], [&](const Tensor& bands) {
                    metadata["picture"] = picture(bands, recipe.pitches[jobs[i].pitch]);
                    const auto tracks = pitch_tracks(sources_, pitches, plans_);
                    if (!tracks.empty()) metadata["pitch_tracks"] = tracks.description();
                    writer_ = std::make_unique<engine::BankWriter>(output, bank_layout(recipe, pitches, plans_),
                                                                   metadata, tracks.bytes());
                });
            else
                render_note(jobs[i]);
            if (jobs[i].row) progress.step(size_t(sources_.hops(jobs[i].pitch)));
        });
        const StageTimer timer(Stage::write);
        writer_->finish();
    }

  private:
    // Calls use(first cell, rendering, sound [cells, 2, frames] on the CPU) until all cells of a note are rendered.
    void for_cells(const NoteJob& job, const std::function<void(int64_t, const Rendering&, const Tensor&)>& use) const {
        const PlaneNote note(model_, sources_.corners(job.pitch)[job.velocity],
                             sources_.setting(job.pitch, job.velocity), plans_[job.pitch], device_);
        const int64_t step = cells_at_once(device_, sources_.hops(job.pitch));
        for (int64_t from = 0; from < weights_.size(0); from += step) {
            const auto rendering = note.render(weights_.slice(0, from, std::min(from + step, weights_.size(0))));
            const StageTimer timer(Stage::write);
            use(from, rendering, rendering.sound.to(torch::kCPU));
        }
    }

    void put(const NoteJob& job, int64_t cell, const StoredCell& stored) const {
        writer_->put_encoded(*job.row, uint32_t(job.velocity), uint32_t(cell), stored.sound.pcm, stored.sound.gain,
                             stored.decay, stored.release);
    }

    // Keeps the note until `open`, which is given the bands of all cells, has opened the writer.
    void render_picture_note(const NoteJob& job, const std::function<void(const Tensor&)>& open) {
        try {
            std::vector<StoredCell> kept;
            std::vector<Tensor> bands;
            for_cells(job, [&](int64_t, const Rendering& rendering, const Tensor& sound) {
                bands.push_back(picture_bands(sound));
                for (int64_t cell = 0; job.row && cell < sound.size(0); ++cell)
                    kept.push_back(stored_cell(rendering, sound, cell));
            });
            open(torch::cat(bands));
            opened_.set_value();
            for (size_t cell = 0; cell < kept.size(); ++cell) put(job, int64_t(cell), kept[cell]);
        } catch (...) {
            if (!writer_) opened_.set_exception(std::current_exception());
            throw;
        }
    }

    void render_note(const NoteJob& job) const {
        for_cells(job, [&](int64_t first, const Rendering& rendering, const Tensor& sound) {
            is_open_.get();
            for (int64_t cell = 0; cell < sound.size(0); ++cell)
                put(job, first + cell, stored_cell(rendering, sound, cell));
        });
    }

    const PlaneSources& sources_;
    NoteModelPtr model_;
    torch::Device device_;
    Tensor weights_;
    std::vector<OscillatorPlan> plans_; // of each pitch
    std::unique_ptr<engine::BankWriter> writer_;
    std::promise<void> opened_; // the writer exists, or cannot be made
    std::shared_future<void> is_open_ = opened_.get_future().share();
};

} // namespace

void render_bank(const PlaneSources& sources, const NoteModelPtr& model, torch::Device device,
                 const std::vector<size_t>& pitches, nlohmann::json metadata, const std::string& output,
                 const std::function<void(size_t done, size_t total)>& on_note) {
    BankRendering(sources, model, device).render(pitches, std::move(metadata), output, on_note);
}

} // namespace timbrel::models
