// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/error.h"
#include "models/commands/commands.h"
#include "models/tensor/threads.h"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
    CLI::App program{"Bake sounds into banks for Timbrel; train and evaluate the network that does it.",
                     "timbrel-bake"};
    program.require_subcommand(1);
    timbrel::models::add_bake_command(program);
    timbrel::models::add_blend_command(program);
    timbrel::models::add_plot_command(program);
    timbrel::models::add_train_command(program);
    timbrel::models::add_evaluate_command(program);
    try {
        timbrel::models::use_one_thread_per_operator();
        program.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) return program.exit(e); // help
        std::fprintf(stderr, "timbrel-bake: %s (--help explains the commands)\n", e.what());
        return 2;
    } catch (const timbrel::UsageError& e) {
        std::fprintf(stderr, "timbrel-bake: %s (--help explains the commands)\n", e.what());
        return 2;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "timbrel-bake: %s\n", e.what());
        return 1;
    }
}
