// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/cli/tool_commands.h"

#include "common/output_guard.h"
#include "host/bank_tools/bank_lookup.h"
#include "host/bank_tools/merge.h"
#include "host/bank_tools/packed_bank.h"
#include "host/export/export.h"

#include <string>
#include <vector>

namespace timbrel::host {

namespace {

void add_pack(CLI::App& app) {
    static std::string bank, out;
    CLI::App* const command = app.add_subcommand("pack", "compress a bank for sharing");
    command->add_option("bank", bank, "a bank file or the name of an installed bank")->type_name("BANK")->required();
    command->add_option("-o,--out", out, "the file to write")->type_name("FILE")->required();
    command->callback([] {
        const std::string path = resolve_bank(bank);
        reject_overwrite(out, {path});
        pack(path, out);
    });
}

void add_unpack(CLI::App& app) {
    static std::string packed, out;
    CLI::App* const command = app.add_subcommand("unpack", "restore a packed bank");
    command->add_option("file", packed, "a packed bank")->type_name("FILE")->required();
    command->add_option("-o,--out", out, "the bank to write")->type_name("BANK")->required();
    command->callback([] {
        reject_overwrite(out, {packed});
        unpack(packed, out);
    });
}

void add_merge(CLI::App& app) {
    static std::vector<std::string> shards;
    static std::string out;
    CLI::App* const command = app.add_subcommand("merge", "join shards into one bank");
    command->add_option("shards", shards, "all N files written by timbrel bake --shard I/N")
        ->type_name("SHARD")
        ->required();
    command->add_option("-o,--out", out, "the bank to write")->type_name("BANK")->required();
    command->callback([] {
        reject_overwrite(out, shards);
        merge_shards(shards, out);
    });
}

void add_export(CLI::App& app) {
    static ExportOptions options;
    CLI::App* const command = app.add_subcommand("export", "write a bank in another instrument's format");
    command->add_option("bank", options.bank, "a bank file or the name of an installed bank")
        ->type_name("BANK")
        ->required();
    command->add_option("--to", options.format, export_formats())->type_name("FORMAT")->required();
    command->add_option("-o,--out", options.out, "the folder to write into")->type_name("DIR")->required();
    command->add_option("--x", options.x, "fixed X, 0 west to 1 east; for a wavetable, a line from south to north")
        ->check(CLI::Range(0.0, 1.0));
    command->add_option("--y", options.y, "fixed Y, 0 south to 1 north; for a wavetable, a line from west to east")
        ->check(CLI::Range(0.0, 1.0));
    const auto help = [](const char* option, const char* text) { return formats_with(option) + ": " + text; };
    command
        ->add_option("--cells", options.cells,
                     help("--cells", "sampled positions along each side of the plane; 3 by default for sfz, else 5"))
        ->check(CLI::Range(2, 16));
    command->add_flag("--all-velocities", options.all_velocities,
                      help("--all-velocities", "crossfade all velocity layers, for twice the voices; by default the "
                                               "hardest is taken for all"));
    command->add_option("--resample", options.rate, help("--resample", "frames per second; the bank's by default"))
        ->check(CLI::Range(8000, 384000));
    command->add_option("--xy", options.xy, help("--xy", "path across the plane, lines of seconds,x,y"))
        ->type_name("PATH.csv");
    command->add_option("--frames", options.frames, help("--frames", "number of frames; 256 by default, 257 for vital"))
        ->check(CLI::Range(2, 256));
    command->add_option("--pitch", options.pitch, help("--pitch", "MIDI note to take the frames from; 48 by default"))
        ->check(CLI::Range(0, 127));
    command->callback([] { export_bank(options); });
}

} // namespace

void add_tool_commands(CLI::App& app) {
    add_pack(app);
    add_unpack(app);
    add_merge(app);
    add_export(app);
}

} // namespace timbrel::host
