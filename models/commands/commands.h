// What timbrel-bake can be asked to do. Each function adds its subcommand, with everything it takes, to the program.
// They throw std::exception with one line that tells what is wrong and what to do.
#pragma once

#include <CLI/CLI.hpp>

namespace timbrel::models {

void add_bake_command(CLI::App& program);
void add_blend_command(CLI::App& program);
void add_plot_command(CLI::App& program);
void add_train_command(CLI::App& program);
void add_evaluate_command(CLI::App& program);

// Throws CLI::ValidationError when one of the outputs is one of the files that are read, or another output. Empty names
// are none.
void keep_apart(const std::vector<std::string>& outputs, const std::vector<std::string>& inputs);

// Throws std::runtime_error when no file can be created where `output` shall be: told before long work, not after it.
void must_be_writable(const std::string& output);

} // namespace timbrel::models
