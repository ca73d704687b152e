#include "host/tool_commands.h"

#include "host/bank/merge.h"
#include "host/bank/packed_bank.h"
#include "host/bank_choice.h"
#include "host/same_file.h"

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

} // namespace

void add_tool_commands(CLI::App& app) {
    add_pack(app);
    add_unpack(app);
    add_merge(app);
}

} // namespace timbrel::host
