// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/recipe/recipe.h"

#include "common/error.h"
#include "models/recipe/installed_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <memory>
#include <span>
#include <utility>
#include <variant>

namespace timbrel::models {
namespace {

using nlohmann::json;

template<class Group>
struct Field {
    const char* name;
    std::variant<double Group::*, int64_t Group::*> member;
};

constexpr Field<Recipe::Morph> morph_fields[]{
    Field<Recipe::Morph>{"silence_range", &Recipe::Morph::silence_range},
    Field<Recipe::Morph>{"correction_smoothing", &Recipe::Morph::correction_smoothing},
    Field<Recipe::Morph>{"decoded_floor_margin", &Recipe::Morph::decoded_floor_margin},
    Field<Recipe::Morph>{"same_partial", &Recipe::Morph::same_partial},
    Field<Recipe::Morph>{"min_partial_strength", &Recipe::Morph::min_partial_strength},
    Field<Recipe::Morph>{"loop_fraction", &Recipe::Morph::loop_fraction},
    Field<Recipe::Morph>{"loop_tolerance", &Recipe::Morph::loop_tolerance},
    Field<Recipe::Morph>{"harmonic_weight", &Recipe::Morph::harmonic_weight},
    Field<Recipe::Morph>{"dynamic_range", &Recipe::Morph::dynamic_range},
    Field<Recipe::Morph>{"noise_margin", &Recipe::Morph::noise_margin},
    Field<Recipe::Morph>{"gate_range", &Recipe::Morph::gate_range},
    Field<Recipe::Morph>{"gate_slope", &Recipe::Morph::gate_slope},
    Field<Recipe::Morph>{"loudness_range", &Recipe::Morph::loudness_range},
    Field<Recipe::Morph>{"boost_range", &Recipe::Morph::boost_range},
    Field<Recipe::Morph>{"boost_fade", &Recipe::Morph::boost_fade},
    Field<Recipe::Morph>{"boost_iterations", &Recipe::Morph::boost_iterations},
    Field<Recipe::Morph>{"masking_range", &Recipe::Morph::masking_range},
    Field<Recipe::Morph>{"masking_fade", &Recipe::Morph::masking_fade},
    Field<Recipe::Morph>{"max_change", &Recipe::Morph::max_change},
    Field<Recipe::Morph>{"gap_filling_start", &Recipe::Morph::gap_filling_start},
    Field<Recipe::Morph>{"noise_mix_power", &Recipe::Morph::noise_mix_power},
    Field<Recipe::Morph>{"max_loudness_gain", &Recipe::Morph::max_loudness_gain},
    Field<Recipe::Morph>{"smooth_from", &Recipe::Morph::smooth_from},
    Field<Recipe::Morph>{"smooth_medium", &Recipe::Morph::smooth_medium},
    Field<Recipe::Morph>{"smooth_late", &Recipe::Morph::smooth_late},
    Field<Recipe::Morph>{"smooth_medium_width", &Recipe::Morph::smooth_medium_width},
    Field<Recipe::Morph>{"smooth_late_width", &Recipe::Morph::smooth_late_width},
    Field<Recipe::Morph>{"target_loudness", &Recipe::Morph::target_loudness},
    Field<Recipe::Morph>{"max_corner_gain", &Recipe::Morph::max_corner_gain},
    Field<Recipe::Morph>{"max_loudness_interaction", &Recipe::Morph::max_loudness_interaction},
    Field<Recipe::Morph>{"silent_level", &Recipe::Morph::silent_level},
    Field<Recipe::Morph>{"hold_margin", &Recipe::Morph::hold_margin},
    Field<Recipe::Morph>{"long_hold", &Recipe::Morph::long_hold},
    Field<Recipe::Morph>{"decay_tolerance", &Recipe::Morph::decay_tolerance},
    Field<Recipe::Morph>{"min_release_part", &Recipe::Morph::min_release_part},
    Field<Recipe::Morph>{"default_release", &Recipe::Morph::default_release},
    Field<Recipe::Morph>{"max_tilt", &Recipe::Morph::max_tilt},
    Field<Recipe::Morph>{"tilt_attack", &Recipe::Morph::tilt_attack},
    Field<Recipe::Morph>{"tilt_held_seconds", &Recipe::Morph::tilt_held_seconds},
    Field<Recipe::Morph>{"tilt_newton_steps", &Recipe::Morph::tilt_newton_steps},
    Field<Recipe::Morph>{"max_tilt_step", &Recipe::Morph::max_tilt_step},
    Field<Recipe::Morph>{"min_tilt_slope", &Recipe::Morph::min_tilt_slope},
    Field<Recipe::Morph>{"tilt_pivot", &Recipe::Morph::tilt_pivot},
    Field<Recipe::Morph>{"tilt_range", &Recipe::Morph::tilt_range},
    Field<Recipe::Morph>{"tilt_curvature", &Recipe::Morph::tilt_curvature},
    Field<Recipe::Morph>{"tilt_tolerance", &Recipe::Morph::tilt_tolerance},
    Field<Recipe::Morph>{"attack_level_window", &Recipe::Morph::attack_level_window},
    Field<Recipe::Morph>{"attack_span", &Recipe::Morph::attack_span},
    Field<Recipe::Morph>{"attack_gain_span", &Recipe::Morph::attack_gain_span},
    Field<Recipe::Morph>{"late_from", &Recipe::Morph::late_from},
    Field<Recipe::Morph>{"late_to", &Recipe::Morph::late_to},
    Field<Recipe::Morph>{"sustain_from", &Recipe::Morph::sustain_from},
    Field<Recipe::Morph>{"sustain_latest", &Recipe::Morph::sustain_latest},
    Field<Recipe::Morph>{"max_attack_gain", &Recipe::Morph::max_attack_gain},
    Field<Recipe::Morph>{"max_late_gain", &Recipe::Morph::max_late_gain},
    Field<Recipe::Morph>{"attack_curvature", &Recipe::Morph::attack_curvature},
    Field<Recipe::Morph>{"attack_tolerance", &Recipe::Morph::attack_tolerance},
    Field<Recipe::Morph>{"full_attack_correction", &Recipe::Morph::full_attack_correction},
    Field<Recipe::Morph>{"late_curvature", &Recipe::Morph::late_curvature},
    Field<Recipe::Morph>{"late_tolerance", &Recipe::Morph::late_tolerance},
    Field<Recipe::Morph>{"attack_bisections", &Recipe::Morph::attack_bisections},
};

constexpr Field<Recipe::Training> training_fields[]{
    Field<Recipe::Training>{"features_learning_rate", &Recipe::Training::features_learning_rate},
    Field<Recipe::Training>{"features_feature_weight", &Recipe::Training::features_feature_weight},
    Field<Recipe::Training>{"features_erb_weight", &Recipe::Training::features_erb_weight},
    Field<Recipe::Training>{"features_attack_weight", &Recipe::Training::features_attack_weight},
    Field<Recipe::Training>{"perceptual_learning_rate", &Recipe::Training::perceptual_learning_rate},
    Field<Recipe::Training>{"perceptual_feature_weight", &Recipe::Training::perceptual_feature_weight},
    Field<Recipe::Training>{"perceptual_erb_weight", &Recipe::Training::perceptual_erb_weight},
    Field<Recipe::Training>{"perceptual_attack_weight", &Recipe::Training::perceptual_attack_weight},
    Field<Recipe::Training>{"batch_notes", &Recipe::Training::batch_notes},
    Field<Recipe::Training>{"excerpts", &Recipe::Training::excerpts},
    Field<Recipe::Training>{"excerpt_frames", &Recipe::Training::excerpt_frames},
    Field<Recipe::Training>{"equaliser_db", &Recipe::Training::equaliser_db},
    Field<Recipe::Training>{"equaliser_terms", &Recipe::Training::equaliser_terms},
    Field<Recipe::Training>{"gain_db", &Recipe::Training::gain_db},
    Field<Recipe::Training>{"jitter_db", &Recipe::Training::jitter_db},
    Field<Recipe::Training>{"normalise_probability", &Recipe::Training::normalise_probability},
    Field<Recipe::Training>{"onset_probability", &Recipe::Training::onset_probability},
    Field<Recipe::Training>{"attack_frames", &Recipe::Training::attack_frames},
    Field<Recipe::Training>{"between_weight", &Recipe::Training::between_weight},
    Field<Recipe::Training>{"parameter_triple_fraction", &Recipe::Training::parameter_triple_fraction},
    Field<Recipe::Training>{"velocity_triple_fraction", &Recipe::Training::velocity_triple_fraction},
    Field<Recipe::Training>{"chain_settings", &Recipe::Training::chain_settings},
    Field<Recipe::Training>{"chains_per_family", &Recipe::Training::chains_per_family},
    Field<Recipe::Training>{"pair_learning_rate", &Recipe::Training::pair_learning_rate},
    Field<Recipe::Training>{"pair_group", &Recipe::Training::pair_group},
    Field<Recipe::Training>{"pair_groups", &Recipe::Training::pair_groups},
    Field<Recipe::Training>{"pair_attack_probability", &Recipe::Training::pair_attack_probability},
    Field<Recipe::Training>{"pair_half_way_probability", &Recipe::Training::pair_half_way_probability},
    Field<Recipe::Training>{"noise_gain_db", &Recipe::Training::noise_gain_db},
    Field<Recipe::Training>{"relative_error_offset", &Recipe::Training::relative_error_offset},
    Field<Recipe::Training>{"pair_feature_weight", &Recipe::Training::pair_feature_weight},
    Field<Recipe::Training>{"pair_penalty", &Recipe::Training::pair_penalty},
    Field<Recipe::Training>{"instrument_stride", &Recipe::Training::instrument_stride},
    Field<Recipe::Training>{"latent_penalty", &Recipe::Training::latent_penalty},
    Field<Recipe::Training>{"latent_noise", &Recipe::Training::latent_noise},
    Field<Recipe::Training>{"critic_weight", &Recipe::Training::critic_weight},
    Field<Recipe::Training>{"critic_original_weight", &Recipe::Training::critic_original_weight},
    Field<Recipe::Training>{"critic_learning_rate", &Recipe::Training::critic_learning_rate},
    Field<Recipe::Training>{"critic_beta1", &Recipe::Training::critic_beta1},
    Field<Recipe::Training>{"critic_beta2", &Recipe::Training::critic_beta2},
    Field<Recipe::Training>{"critic_warmup_steps", &Recipe::Training::critic_warmup_steps},
    Field<Recipe::Training>{"adamw_weight_decay", &Recipe::Training::adamw_weight_decay},
    Field<Recipe::Training>{"warmup_steps", &Recipe::Training::warmup_steps},
    Field<Recipe::Training>{"final_learning_rate", &Recipe::Training::final_learning_rate},
    Field<Recipe::Training>{"max_gradient_norm", &Recipe::Training::max_gradient_norm},
    Field<Recipe::Training>{"average_decay", &Recipe::Training::average_decay},
    Field<Recipe::Training>{"average_warmup", &Recipe::Training::average_warmup},
    Field<Recipe::Training>{"feature_sqrt_epsilon", &Recipe::Training::feature_sqrt_epsilon},
    Field<Recipe::Training>{"silent_feature_weight", &Recipe::Training::silent_feature_weight},
    Field<Recipe::Training>{"loud_feature_weight", &Recipe::Training::loud_feature_weight},
    Field<Recipe::Training>{"below_floor_slope", &Recipe::Training::below_floor_slope},
    Field<Recipe::Training>{"training_seed", &Recipe::Training::training_seed},
    Field<Recipe::Training>{"evaluation_batch", &Recipe::Training::evaluation_batch},
    Field<Recipe::Training>{"report_stride", &Recipe::Training::report_stride},
    Field<Recipe::Training>{"report_interval", &Recipe::Training::report_interval},
    Field<Recipe::Training>{"erb_sqrt_epsilon", &Recipe::Training::erb_sqrt_epsilon},
    Field<Recipe::Training>{"erb_leakage_bins", &Recipe::Training::erb_leakage_bins},
    Field<Recipe::Training>{"erb_noise_lines", &Recipe::Training::erb_noise_lines},
    Field<Recipe::Training>{"muon_momentum", &Recipe::Training::muon_momentum},
    Field<Recipe::Training>{"muon_weight_decay", &Recipe::Training::muon_weight_decay},
    Field<Recipe::Training>{"muon_update_rms", &Recipe::Training::muon_update_rms},
    Field<Recipe::Training>{"muon_iterations", &Recipe::Training::muon_iterations},
    Field<Recipe::Training>{"muon_quintic_a", &Recipe::Training::muon_quintic_a},
    Field<Recipe::Training>{"muon_quintic_b", &Recipe::Training::muon_quintic_b},
    Field<Recipe::Training>{"muon_quintic_c", &Recipe::Training::muon_quintic_c},
    Field<Recipe::Training>{"pitch_step", &Recipe::Training::pitch_step},
    Field<Recipe::Training>{"lowest_pitch", &Recipe::Training::lowest_pitch},
    Field<Recipe::Training>{"highest_pitch", &Recipe::Training::highest_pitch},
    Field<Recipe::Training>{"lowest_bass_pitch", &Recipe::Training::lowest_bass_pitch},
    Field<Recipe::Training>{"highest_bass_pitch", &Recipe::Training::highest_bass_pitch},
    Field<Recipe::Training>{"soft_velocity", &Recipe::Training::soft_velocity},
    Field<Recipe::Training>{"default_velocity", &Recipe::Training::default_velocity},
    Field<Recipe::Training>{"hard_velocity", &Recipe::Training::hard_velocity},
    Field<Recipe::Training>{"training_hold", &Recipe::Training::training_hold},
    Field<Recipe::Training>{"training_release", &Recipe::Training::training_release},
    Field<Recipe::Training>{"pitch_check_notes", &Recipe::Training::pitch_check_notes},
    Field<Recipe::Training>{"pitch_check_seconds", &Recipe::Training::pitch_check_seconds},
    Field<Recipe::Training>{"required_confidence", &Recipe::Training::required_confidence},
    Field<Recipe::Training>{"pitch_tolerance", &Recipe::Training::pitch_tolerance},
    Field<Recipe::Training>{"audible_peak", &Recipe::Training::audible_peak},
    Field<Recipe::Training>{"fine_tune_batch_notes", &Recipe::Training::fine_tune_batch_notes},
    Field<Recipe::Training>{"fine_tune_max_excerpt", &Recipe::Training::fine_tune_max_excerpt},
    Field<Recipe::Training>{"fine_tune_onset_fraction", &Recipe::Training::fine_tune_onset_fraction},
    Field<Recipe::Training>{"fine_tune_learning_rate", &Recipe::Training::fine_tune_learning_rate},
    Field<Recipe::Training>{"fine_tune_warmup_steps", &Recipe::Training::fine_tune_warmup_steps},
    Field<Recipe::Training>{"fine_tune_max_gradient_norm", &Recipe::Training::fine_tune_max_gradient_norm},
    Field<Recipe::Training>{"fine_tune_average_decay", &Recipe::Training::fine_tune_average_decay},
    Field<Recipe::Training>{"fine_tune_average_warmup", &Recipe::Training::fine_tune_average_warmup},
    Field<Recipe::Training>{"fine_tune_excerpt_seed", &Recipe::Training::fine_tune_excerpt_seed},
    Field<Recipe::Training>{"fine_tune_noise_seed", &Recipe::Training::fine_tune_noise_seed},
};

// Keys, and what they were called before; recipes with the old ones load, too.
constexpr std::pair<const char*, const char*> renamed_keys[]{{"correction_smoothing", "residual_smoothing"},
                                                             {"max_loudness_interaction", "max_twist"},
                                                             {"tilt_range", "tilt_reach"},
                                                             {"tilt_curvature", "tilt_bend"},
                                                             {"tilt_tolerance", "tilt_slack"},
                                                             {"attack_curvature", "attack_bend"},
                                                             {"attack_tolerance", "attack_slack"},
                                                             {"late_curvature", "late_bend"},
                                                             {"late_tolerance", "late_slack"},
                                                             {"gap_filling_start", "gap_from"},
                                                             {"pitch_check_notes", "probe_count"},
                                                             {"pitch_check_seconds", "probe_seconds"},
                                                             {"final_learning_rate", "final_rate"},
                                                             {"parameter_triple_fraction", "knob_share"},
                                                             {"velocity_triple_fraction", "touch_share"}};

void rename_old_keys(json& group) {
    for (const auto& [key, old_key] : renamed_keys)
        if (group.is_object() && group.contains(old_key) && !group.contains(key)) {
            group[key] = group[old_key];
            group.erase(old_key);
        }
}

// The number of an entry {"value": …}; `where` is its file and key.
const json& value_of(const json& entry, const std::string& where) {
    if (!entry.is_object() || !entry.contains("value")) throw Error(where + " has no value");
    const auto& value = entry["value"];
    if (!value.is_number()) throw Error(where + " is not a number");
    return value;
}

template<class Group>
void set(Group& group, const Field<Group>& field, const json& value, const std::string& where) {
    if (const auto* real = std::get_if<double Group::*>(&field.member))
        group.*(*real) = value.get<double>();
    else if (value.is_number_integer())
        group.*(*std::get_if<int64_t Group::*>(&field.member)) = value.get<int64_t>();
    else
        throw Error(where + " is not a whole number");
}

template<class Group>
void read_group(Group& group, std::span<const Field<Group>> fields, const json& recipe, const std::string& name,
                const std::string& path) {
    const auto found = recipe.find(name);
    if (found == recipe.end() || !found->is_object()) throw Error(path + ": the group " + name + " is missing");
    const auto where = [&](const std::string& key) { return path + ": " + name + "." + key; };
    for (const auto& field : fields) {
        const auto entry = found->find(field.name);
        if (entry == found->end()) throw Error(where(field.name) + " is missing");
        set(group, field, value_of(*entry, where(field.name)), where(field.name));
    }
    for (const auto& [key, entry] : found->items())
        if (std::ranges::none_of(fields, [&key](const auto& field) { return field.name == key; }))
            throw Error(where(key) + " is unknown");
}

std::unique_ptr<const Recipe> chosen;

Recipe installed_recipe() {
    const auto path = find_installed_file("recipe.json");
    if (path.empty()) throw Error("recipe.json is not installed; give a file with --recipe");
    return load_recipe(path);
}

} // namespace

Recipe load_recipe(const std::string& path) {
    std::ifstream in(path);
    if (!in) throw Error(path + ": cannot be read");
    auto recipe = json::parse(in, nullptr, false);
    if (!recipe.is_object()) throw Error(path + ": is not a recipe in JSON");
    for (auto& group : recipe) rename_old_keys(group);
    for (const auto& [name, group] : recipe.items())
        if (name != "morph" && name != "training") throw Error(path + ": the group " + name + " is unknown");
    Recipe result;
    read_group<Recipe::Morph>(result.morph, (morph_fields), recipe, "morph", path);
    read_group<Recipe::Training>(result.training, (training_fields), recipe, "training", path);
    return result;
}

void use_recipe(const Recipe& recipe) { chosen = std::make_unique<const Recipe>(recipe); }

const Recipe& recipe() {
    if (chosen) return *chosen;
    static const Recipe installed = installed_recipe();
    return installed;
}

} // namespace timbrel::models
