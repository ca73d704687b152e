// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/error.h"
#include "common/foreign_text.h"
#include "models/commands/bench_command.h"
#include "models/commands/commands.h"
#include "models/tensor/computation.h"

#include <cstdio>
#include <exception>
#include <string>

namespace {

// `advice` follows the text.
int fail(const char* text, const char* advice, int status) {
    std::fprintf(stderr, "timbrel-bake: %s%s\n", timbrel::printable(text, timbrel::max_printed_line).c_str(), advice);
    return status;
}

constexpr char usage_advice[] = " (--help explains the commands)";

} // namespace

int main(int argc, char** argv) {
    CLI::App program{"Bake sounds into banks for Timbrel; train and evaluate the network that does it.",
                     "timbrel-bake"};
    program.require_subcommand(1);
    timbrel::models::add_bake_command(
        program, [](const auto& recipe, const auto& shard, auto device, const auto& output, double minutes) {
            timbrel::models::bake(recipe, shard, device, output, minutes);
        });
    timbrel::models::add_blend_command(program);
    timbrel::models::add_map_command(program);
    timbrel::models::add_plot_command(program);
    timbrel::models::add_train_command(program);
    timbrel::models::add_evaluate_command(program);
    timbrel::models::add_serve_command(program);
    timbrel::models::add_bench_command(program);
    try {
        timbrel::models::prepare_computation();
        program.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) return program.exit(e); // help
        return fail(e.what(), usage_advice, 2);
    } catch (const timbrel::UsageError& e) {
        return fail(e.what(), usage_advice, 2);
    } catch (const std::exception& e) {
        return fail(e.what(), "", 1);
    }
}
