#include "host/cli/tool_commands.h"

#include "common/output_guard.h"
#include "host/bank_tools/bank_lookup.h"
#include "host/bank_tools/merge.h"
#include "host/bank_tools/packed_bank.h"
#include "host/export/export.h"

#include <map>
#include <string>
#include <vector>

namespace timbrel::host {

namespace {

void add_pack(CLI::App& app) {
    static std::string bank, out;
    CLI::App* const command = app.add_subcommand("pack", "make a bank small for sharing");
    command->add_option("bank", bank, "a bank file or the name of an installed bank")->type_name("BANK")->required();
    command->add_option("-o,--out", out, "the file to write")->type_name("FILE")->required();
    command->callback([] {
        const std::string chosen = choose_bank(bank);
        keep_apart(out, {chosen});
        pack(chosen, out);
    });
}

void add_unpack(CLI::App& app) {
    static std::string packed, out;
    CLI::App* const command = app.add_subcommand("unpack", "make the same bank again of a packed one");
    command->add_option("file", packed, "a packed bank")->type_name("FILE")->required();
    command->add_option("-o,--out", out, "the bank to write")->type_name("BANK")->required();
    command->callback([] {
        keep_apart(out, {packed});
        unpack(packed, out);
    });
}

void add_merge(CLI::App& app) {
    static std::vector<std::string> shards;
    static std::string out;
    CLI::App* const command = app.add_subcommand("merge", "put a bank together from shards");
    command->add_option("shards", shards, "what timbrel bake --shard I/N has written, all N")
        ->type_name("SHARD")
        ->required();
    command->add_option("-o,--out", out, "the bank to write")->type_name("BANK")->required();
    command->callback([] {
        for (const std::string& shard : shards) keep_apart(out, {shard});
        merge_shards(shards, out);
    });
}

void add_export(CLI::App& app) {
    static ExportOrder order;
    static const std::map<std::string, ExportFormat> formats{
        {"sfz", ExportFormat::sfz},     {"dspreset", ExportFormat::dspreset}, {"wav", ExportFormat::wav},
        {"serum", ExportFormat::serum}, {"surge", ExportFormat::surge},       {"vital", ExportFormat::vital}};
    CLI::App* const command = app.add_subcommand("export", "write a bank in another instrument's format");
    command->add_option("bank", order.bank, "a bank file or the name of an installed bank")
        ->type_name("BANK")
        ->required();
    command->add_option("--to", order.format, "sfz, dspreset (Decent Sampler), wav, serum, surge or vital")
        ->type_name("FORMAT")
        ->transform(CLI::CheckedTransformer(formats))
        ->required();
    command->add_option("-o,--out", order.out, "the folder to write into")->type_name("DIR")->required();
    command->add_option("--x", order.x, "one place from west to east; of a wavetable, a line from south to north")
        ->check(CLI::Range(0.0, 1.0));
    command->add_option("--y", order.y, "one place from south to north; of a wavetable, a line from west to east")
        ->check(CLI::Range(0.0, 1.0));
    command->add_option("--cells", order.cells, "sfz, dspreset: places along each side of the plane; 5 if left out")
        ->check(CLI::Range(2, 16));
    command->add_option("--resample", order.rate, "sfz, dspreset, wav: frames per second; the bank's if left out")
        ->check(CLI::Range(8000, 384000));
    command->add_option("--xy", order.xy, "wavetables: the walk across the plane, lines of seconds,x,y")
        ->type_name("PATH.csv");
    command->add_option("--frames", order.frames, "wavetables: periods; 256 if left out")->check(CLI::Range(2, 256));
    command->add_option("--pitch", order.pitch, "wavetables: MIDI note to take the periods from; 48 if left out")
        ->check(CLI::Range(0, 127));
    command->callback([] { export_bank(order); });
}

} // namespace

void add_tool_commands(CLI::App& app) {
    add_pack(app);
    add_unpack(app);
    add_merge(app);
    add_export(app);
}

} // namespace timbrel::host
