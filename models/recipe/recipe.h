// SPDX-License-Identifier: GPL-3.0-or-later
// The constants of morphing and training. models/weights/recipe.json holds their values, with unit, source and the data
// that each was chosen on; `bake`, `train` and `evaluate` read it.
#pragma once

#include <cstdint>
#include <string>

namespace timbrel::models {

struct Recipe {
    struct Morph {
        double silence_range = 0;         // dB, above the feature floor, within which a corner counts as silent
        int64_t correction_smoothing = 0; // frames, over which the network's correction is averaged
        double decoded_floor_margin = 0;  // dB, above the feature floor, below which decoded levels are not compared
        double same_partial = 0;          // cents, within which the corners' partials share an oscillator
        double min_partial_strength = 0;  // fraction, amplitude re a corner's strongest partial, for its own oscillator
        double loop_fraction = 0;         // fraction, of a note's length that loops
        int64_t loop_tolerance = 0;       // percent, of the loop length, by which it may change to reduce detuning
        double harmonic_weight = 0;       // of the fundamental's detuning against that of an inharmonic partial
        double dynamic_range = 0;         // dB, below a corner's strongest partial that are mixed
        double noise_margin = 0;          // dB, by which noise may lie below dynamic_range
        double gate_range = 0;            // dB, above the floor, where the gate's knee lies
        double gate_slope = 0;            // dB per dB below the knee
        double loudness_range = 0;        // dB, below the maximum, where loudness is clamped
        double boost_range = 0;           // dB, below the maximum, over which the boost of loud moments fades out
        double boost_fade = 0;            // s, before the loop, in which the boost fades out
        int64_t boost_iterations = 0;     // steps, of the boost
        double masking_range = 0;         // dB, below a corner's strongest partial, where residual noise is inaudible
        double masking_fade = 0;          // dB, above masking_range, from where on it is fully audible
        double max_change = 0;            // dB/frame, limit of a partial's rise and fall
        int64_t gap_filling_start = 0;    // frames, after the start, which the limit of rise and fall spares
        double noise_mix_power = 0;       // exponent of the corner weights for the gains of the noises
        double max_loudness_gain = 0;     // dB, limit of the loudness correction
        double smooth_from = 0;           // frames, from where on gains are smoothed
        double smooth_medium = 0;         // frames, where the medium width is reached
        double smooth_late = 0;           // frames, where the late width is reached
        int64_t smooth_medium_width = 0;  // frames, over which gains are averaged after the attack
        int64_t smooth_late_width = 0;    // frames, over which gains are averaged late in the note
        double target_loudness = 0; // dB, BS.1770 loudness of a corner: mean over its hardest notes of their maxima
        double max_corner_gain = 0; // dB, limit of the gain that reaches target_loudness
        double max_loudness_interaction = 0; // dB, limit of the corners' loudness over one diagonal less the other
        double silent_level = 0;             // dB, loudness below which a corner is ignored in limiting the interaction
        double hold_margin = 0;              // s, held after the note's end
        double long_hold = 0;                // s, for which a note is held to measure whether it dies away
        double decay_tolerance = 0;          // ratio, of the decay in the loop and that of the long note
        double min_release_part = 0;         // s, after the key's release that a recording needs to show its release
        double default_release = 0;          // s, release of recordings that do not show theirs
        double max_tilt = 0;                 // dB/ERB, limit of the tilt
        double tilt_attack = 0;              // s, of a held note, left out of the centroid
        double tilt_held_seconds = 0;        // s, of a held note, included in the centroid
        int64_t tilt_newton_steps = 0;       // steps, of the search for the tilt
        double max_tilt_step = 0;            // dB/ERB, limit of one step
        double min_tilt_slope = 0;           // ERB²/dB, least slope of the centroid by the tilt that a step assumes
        double tilt_pivot = 0;               // Hz, where a tilt changes nothing
        double tilt_range = 0;               // ERB, from the pivot, where the tilt levels off
        double tilt_curvature = 0;           // of limit_to_monotone (soft_limit.h)
        double tilt_tolerance = 0;           // ERB, of limit_to_monotone
        int64_t attack_level_window = 0;     // ms, of attack levels
        int64_t attack_span = 0;             // ms, in which the attack time is measured
        int64_t attack_gain_span = 0;        // ms, that the attack gain changes
        double late_from = 0;                // s, start of the late level
        double late_to = 0;                  // s, end of the late level
        double sustain_from = 0;             // s, where the sustain gain starts …
        double sustain_latest = 0;         // fraction, … and no later than this fraction of the time before the loop
        double max_attack_gain = 0;        // dB, limit of the attack gain
        double max_late_gain = 0;          // dB, limit of the sustain gain
        double attack_curvature = 0;       // of limit_to_monotone
        double attack_tolerance = 0;       // of limit_to_monotone, in ln of the attack time
        double full_attack_correction = 0; // ln of the attack time; smaller corrections get a smaller gain
        double late_curvature = 0;         // of limit_to_monotone
        double late_tolerance = 0;         // dB, of limit_to_monotone
        int64_t attack_bisections = 0;     // steps, of the search for the attack gain
    } morph;
    struct Training {
        double features_learning_rate = 0;    // stage_features: learning rate after the warm-up
        double features_feature_weight = 0;   // weight of the feature loss
        double features_erb_weight = 0;       // weight of ErbSpectralLoss
        double features_attack_weight = 0;    // weight of each frame of the attack re later frames
        double perceptual_learning_rate = 0;  // stage_perceptual: learning rate after the warm-up
        double perceptual_feature_weight = 0; // weight of the feature loss
        double perceptual_erb_weight = 0;     // weight of ErbSpectralLoss
        double perceptual_attack_weight = 0;  // weight of each frame of the attack re later frames
        int64_t batch_notes = 0;              // notes, in each step
        int64_t excerpts = 0;                 // of each note
        int64_t excerpt_frames = 0;           // frames, of each excerpt
        double equaliser_db = 0;              // dB, augmentation: amplitude of the random smooth equaliser
        int64_t equaliser_terms = 0;          // augmentation: cosines of the equaliser
        double gain_db = 0;                   // dB, augmentation: random gain of a note
        double jitter_db = 0;                 // dB, augmentation: random gain of each single band and partial
        double normalise_probability = 0;     // fraction, augmentation: of notes brought to an even level
        double onset_probability = 0;         // fraction, of notes whose first excerpt starts at the onset
        int64_t attack_frames = 0;            // frames, of a note that count as its attack
        double between_weight = 0;            // of the loss on the sounds between, re those of reproduction
        double parameter_triple_fraction = 0; // fraction, of the groups of pairs in which a knob of an instrument moves
        double velocity_triple_fraction = 0;  // fraction, of the groups of pairs in which the velocity changes
        int64_t chain_settings = 0;           // of each chain of notes of an instrument with a knob
        int64_t chains_per_family = 0;        // of each family of instruments with knobs
        double pair_learning_rate = 0;        // AdamW and Muon, of the pair decoder
        int64_t pair_group = 0;               // rows, rows of one pitch in a batch of pairs
        int64_t pair_groups = 0;              // groups of rows in a batch of pairs
        double pair_attack_probability = 0;   // fraction, of a frame of the attack in a pair
        double pair_half_way_probability = 0; // fraction, of the position half way between two bodies
        double noise_gain_db = 0;             // dB, of the noise alone, random
        double relative_error_offset =
            0; // dB, added to the error of a mean in dB, by which the loss of a pair is divided
        double pair_feature_weight = 0;         // of the feature error of exact pairs
        double pair_penalty = 0;                // weight of the mean square of what the pair decoder adds
        int64_t instrument_stride = 0;          // instruments, every nth instrument of the corpus is trained on
        double latent_penalty = 0;              // weight of the mean square of the latent
        double latent_noise = 0;                // standard deviation of the noise in training on the latent
        double critic_weight = 0;               // of the critic's estimate on interpolations
        double critic_original_weight = 0;      // of the original in the critic's examples of no interpolation
        double critic_learning_rate = 0;        // AdamW
        double critic_beta1 = 0;                // AdamW
        double critic_beta2 = 0;                // AdamW
        double critic_warmup_steps = 0;         // steps, in which critic_weight is reached
        double adamw_weight_decay = 0;          // of the parameters that Muon does not train
        double warmup_steps = 0;                // steps, of the learning rate
        double final_learning_rate = 0;         // fraction, of the learning rate at the end of the cosine
        double max_gradient_norm = 0;           // limit of the gradient's norm
        double average_decay = 0;               // per step, of the moving average of the weights
        int64_t average_warmup = 0;             // steps, of the moving average
        double feature_sqrt_epsilon = 0;        // in the root of the feature loss
        double silent_feature_weight = 0;       // weight of a feature at its floor in the feature loss
        double loud_feature_weight = 0;         // weight added per network unit above the floor
        double below_floor_slope = 0;           // of levels below the floor in the feature loss
        int64_t training_seed = 0;              // of libTorch's generator and of the batches
        int64_t evaluation_batch = 0;           // notes, of a batch in interim reports
        int64_t report_stride = 0;              // notes, interim reports evaluate every 13th held-out note
        double report_interval = 0;             // fraction, of the training between reports
        double erb_sqrt_epsilon = 0;            // dB², in the root of ErbSpectralLoss
        int64_t erb_leakage_bins = 0;           // bins, to either side of a sinusoid
        int64_t erb_noise_lines = 0;            // sinusoids on either side of a noise band's centre
        double muon_momentum = 0;               // of the gradient
        double muon_weight_decay = 0;           // relative to the learning rate
        double muon_update_rms = 0;             // root mean square of an update
        int64_t muon_iterations = 0;            // steps, of the Newton-Schulz iteration
        double muon_quintic_a = 0;              // coefficient of the Newton-Schulz step
        double muon_quintic_b = 0;              // coefficient of the cube
        double muon_quintic_c = 0;              // coefficient of the fifth power
        int64_t pitch_step = 0;                 // semitones, between the keys of an instrument
        int64_t lowest_pitch = 0;               // MIDI, lowest key
        int64_t highest_pitch = 0;              // MIDI, highest key
        int64_t lowest_bass_pitch = 0;          // MIDI, lowest key of basses
        int64_t highest_bass_pitch = 0;         // MIDI, highest key of basses
        int64_t soft_velocity = 0;              // MIDI, of every second key
        int64_t default_velocity = 0;           // MIDI, of every key
        int64_t hard_velocity = 0;              // MIDI, of every second key
        double training_hold = 0;               // s, for which a note is held
        double training_release = 0;            // s, recorded after the key's release
        int64_t pitch_check_notes = 0;          // notes, that must be pitched, most of them
        double pitch_check_seconds = 0;         // s, of each of these notes
        double required_confidence = 0;         // fraction, of the pitch detector
        double pitch_tolerance = 0;             // semitones, of a detected pitch
        double audible_peak = 0;                // amplitude below which a note is silent
        int64_t fine_tune_batch_notes = 0;      // notes, in each step
        int64_t fine_tune_max_excerpt = 0;      // frames, of an excerpt
        double fine_tune_onset_fraction = 0;    // fraction, of the excerpts that start with the note
        double fine_tune_learning_rate = 0;     // AdamW, after the warm-up
        double fine_tune_warmup_steps = 0;      // steps, of the learning rate
        double fine_tune_max_gradient_norm = 0; // limit of the gradient's norm
        double fine_tune_average_decay = 0;     // per step, of the moving average of the weights
        int64_t fine_tune_average_warmup = 0;   // steps, of the moving average
        int64_t fine_tune_excerpt_seed = 0;     // of the excerpts
        int64_t fine_tune_noise_seed = 0;       // of libTorch's generator
    } training;
};

// Throws Error with one line that names the file and the key that is missing, unknown or of the wrong type.
// Threads: control, worker.
Recipe load_recipe(const std::string& path);

// Sets the recipe of the process. Thread: control, before any other use of the recipe.
void use_recipe(const Recipe& recipe);

// The recipe of the process; without use_recipe() the installed one, which the first call loads. Throws as load_recipe.
// Threads: control, worker.
const Recipe& recipe();
inline const Recipe::Morph& morph_recipe() { return recipe().morph; }
inline const Recipe::Training& training_recipe() { return recipe().training; }

} // namespace timbrel::models
