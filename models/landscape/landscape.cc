// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/landscape/landscape.h"

#include "common/error.h"
#include "common/foreign_text.h"
#include "common/progress.h"
#include "models/audio/sources/file_search.h"
#include "models/audio/sources/source.h"
#include "models/landscape/embedding.h"
#include "models/tensor/parallel.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <numeric>

namespace timbrel::models {
namespace {

constexpr int drum_kits = 120; // the first bank of them
constexpr MapSize largest_default{6, 4};
constexpr int random_draws = 1000;

std::string size_text(const MapSize& size) { return std::to_string(size.columns) + "x" + std::to_string(size.rows); }

// The largest map that `sounds` fill, the squarest among equals.
MapSize default_size(size_t sounds) {
    MapSize best{1, 1};
    for (int rows = 1; rows <= largest_default.rows; ++rows)
        for (int columns = rows; columns <= largest_default.columns; ++columns)
            if (const MapSize size{columns, rows}; size.places() <= sounds && size.places() >= best.places())
                best = size;
    return best;
}

MapSize checked_size(std::optional<MapSize> wanted, size_t sounds) {
    const MapSize size = wanted.value_or(default_size(sounds));
    if (sounds < 2) throw Error("a map needs two sounds at least; found: " + std::to_string(sounds));
    if (size.places() > sounds)
        throw Error("a map of " + size_text(size) + " needs " + std::to_string(size.places()) + " sounds; found: " +
                    std::to_string(sounds) + "; give --size " + size_text(default_size(sounds)) + " or less");
    return size;
}

struct EmbeddedSound {
    std::string notation, name;
    Tensor embedding; // undefined if the sound cannot be used
    std::string problem;
};

EmbeddedSound embed(audio::Source& source, const std::string& notation, const NoteModel& model, torch::Device device) {
    EmbeddedSound sound{notation, source.name(), {}, {}};
    try {
        const auto notes = compared_notes(source);
        if (is_silent(notes))
            sound.problem = notation + ": is silent";
        else
            sound.embedding = note_embedding(notes, model, device);
    } catch (const std::exception& error) {
        sound.problem = error.what();
    }
    return sound;
}

// Opens on this thread, since opening shows progress, and compares on all.
std::vector<EmbeddedSound> embed_all(const std::vector<std::string>& sounds, const NoteModel& model,
                                     torch::Device device) {
    std::vector<EmbeddedSound> embedded(sounds.size());
    std::vector<std::unique_ptr<audio::Source>> sources(sounds.size());
    for (size_t i = 0; i < sounds.size(); ++i) try {
            sources[i] = audio::open_source(sounds[i]);
        } catch (const std::exception& error) {
            embedded[i].problem = error.what();
        }
    Progress progress("comparing", sounds.size());
    parallel_for(sounds.size(), [&](size_t i) {
        if (sources[i]) embedded[i] = embed(*sources[i], sounds[i], model, device);
        sources[i].reset();
        progress.step();
    });
    return embedded;
}

// Places those of `embeddings` that spread_over() chooses; indices of sounds.
Placement placed(const std::vector<Tensor>& embeddings, const DistanceTable& distances, const MapSize& size) {
    const auto chosen = spread_over(distances, size.places());
    std::vector<Tensor> rows;
    for (const size_t i : chosen) rows.push_back(embeddings[i]);
    Placement placement = place_on_map(torch::stack(rows), size);
    for (size_t& sound : placement) sound = chosen[sound];
    return placement;
}

// Cuts or fills a text to a number of characters.
std::string column(const std::string& text, size_t width) {
    const std::string shown = printable(text, width - 1);
    const auto characters = size_t(std::ranges::count_if(shown, [](char c) { return (c & 0xc0) != 0x80; }));
    return shown + std::string(width - std::min(width, characters), ' ');
}

std::string distance_text(double distance) {
    char text[16];
    std::snprintf(text, sizeof text, "%8.2f", distance);
    return text;
}

std::string describe_place(const Landscape& l, size_t place) {
    constexpr size_t name_width = 28;
    const auto columns = size_t(l.size.columns), x = place % columns, y = place / columns;
    const auto distance_to = [&](bool exists, size_t other) {
        return exists ? distance_text(l.distances(l.placement[place], l.placement[other])) : std::string("       -");
    };
    return column(std::to_string(x + 1) + "," + std::to_string(y + 1), 8) +
           column(l.names[l.placement[place]], name_width) + distance_to(x > 0, place - 1) +
           distance_to(x + 1 < columns, place + 1) + distance_to(y > 0, place - columns) +
           distance_to(place + columns < l.placement.size(), place + columns) + "\n";
}

} // namespace

std::vector<std::string> list_sounds(const std::string& folder_or_font) {
    if (std::filesystem::is_directory(folder_or_font)) return audio::files_in(folder_or_font);
    const std::string font = audio::find_font(folder_or_font);
    std::error_code error;
    if (!std::filesystem::is_regular_file(font, error))
        throw Error(folder_or_font + ": neither a folder nor an SF2 or SF3 font");
    std::vector<std::string> sounds;
    for (const auto& preset : audio::list_presets(font))
        if (preset.bank < drum_kits)
            sounds.push_back(folder_or_font + ":" + std::to_string(preset.bank) + ":" + std::to_string(preset.program));
    return sounds;
}

Landscape make_landscape(const std::vector<std::string>& sounds, std::optional<MapSize> size, const NoteModelPtr& model,
                         torch::Device device) {
    Landscape l;
    std::vector<Tensor> embeddings;
    for (const auto& sound : embed_all(sounds, *model, device)) {
        if (!sound.embedding.defined()) {
            l.left_out.push_back(sound.problem);
            continue;
        }
        l.sounds.push_back(sound.notation);
        l.names.push_back(sound.name);
        embeddings.push_back(sound.embedding);
    }
    l.size = checked_size(size, l.sounds.size());
    l.distances = DistanceTable(torch::stack(embeddings));
    l.placement = placed(embeddings, l.distances, l.size);
    return l;
}

std::string describe(const Landscape& l) {
    std::string text = "place   sound                           west    east   north   south\n";
    for (size_t place = 0; place < l.placement.size(); ++place) text += describe_place(l, place);
    for (size_t sound = 0; sound < l.sounds.size(); ++sound) {
        if (std::ranges::count(l.placement, sound)) continue;
        const size_t nearest =
            *std::ranges::min_element(l.placement, {}, [&](size_t p) { return l.distances(sound, p); });
        text += column("none", 8) + column(l.names[sound], 28) + "like " + printable(l.names[nearest]) + "," +
                distance_text(l.distances(sound, nearest)) + "\n";
    }
    std::vector<size_t> used = l.placement;
    DistanceTable placed(used.size());
    for (size_t a = 0; a < used.size(); ++a)
        for (size_t b = 0; b < a; ++b) placed.set(a, b, l.distances(used[a], used[b]));
    std::iota(used.begin(), used.end(), 0);
    const double ours = neighbour_distance(placed, l.size, used),
                 random = random_neighbour_distance(placed, l.size, random_draws);
    char line[160];
    std::snprintf(line, sizeof line, "neighbours' distance: %.2f on the mean; %.2f of the %.2f of random placements\n",
                  ours, random > 0 ? ours / random : 1, random);
    return text + line;
}

} // namespace timbrel::models
