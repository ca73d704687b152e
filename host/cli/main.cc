// The command line of `timbrel`.
#include "common/error.h"
#include "host/bank_tools/bank_info.h"
#include "host/cli/doctor.h"
#include "host/cli/offline_exec.h"
#include "host/cli/tool_commands.h"
#include "host/player/player.h"
#include "host/render/renderer.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

namespace {

using namespace timbrel::host;

void add_tuning(CLI::App& command, TuningChoice& tuning) {
    CLI::Option* const scale =
        command.add_option("--tuning", tuning.scale, "tune by this scale of Scala's")->type_name("FILE.scl");
    command.add_option("--keyboard-map", tuning.map, "and this map of its notes to keys")
        ->type_name("FILE.kbm")
        ->needs(scale);
}

void add_play(CLI::App& app) {
    static PlayOrder order;
    CLI::App* const command = app.add_subcommand("play", "play a bank live through JACK");
    CLI::Option* const bank =
        command
            ->add_option("bank", order.bank,
                         "a bank file or the name of an installed bank; the first there is if left out")
            ->type_name("BANK");
    command->add_option("--plugin", order.plugin, "play another LV2 instrument instead")
        ->type_name("URI")
        ->excludes(bank);
    command->add_option("--midi", order.midi, "play from the MIDI sources whose names match, whenever they are there")
        ->type_name("PATTERN")
        ->allow_extra_args(false);
    command->add_flag_callback(
        "--list-midi",
        [] {
            list_midi();
            throw CLI::Success();
        },
        "list the MIDI sources and end");
    command->add_flag_callback(
        "--list-banks",
        [] {
            list_banks();
            throw CLI::Success();
        },
        "list the banks with their MIDI program numbers and end");
    command->add_flag("--connect", order.connect, "connect to the sound card and to its MIDI inputs");
    command
        ->add_option_function<std::string>(
            "--driver", [](const std::string&) { order.dummy = true; },
            "'dummy' plays without a sound card or a server that runs")
        ->type_name("dummy")
        ->check(CLI::IsMember({"dummy"}));
    command->add_option("--state", order.state, "begin with this LV2 state, and save to it when asked")
        ->type_name("FILE");
    command->add_option("--preset", order.preset, "begin with this preset")->type_name("NAME");
    command->add_option("--set", order.settings, "set a parameter")->type_name("NAME=VALUE")->allow_extra_args(false);
    command->add_option("--learn", order.learn, "let a parameter learn the MIDI controller that moves next")
        ->type_name("NAME")
        ->allow_extra_args(false);
    command->add_option("--forget", order.forget, "let a parameter forget its MIDI controller")
        ->type_name("NAME")
        ->allow_extra_args(false);
    add_tuning(*command, order.tuning);
    command->add_option("--osc", order.osc_port, "take Open Sound Control at this UDP port")
        ->type_name("PORT")
        ->check(CLI::Range(1, 65535));
    command->add_option("--record", order.record, "record into a WAV file")->type_name("OUT.wav");
    command->add_flag("!--no-window", order.window, "show no window, but a meter on the terminal");
    command->callback([] { play(order); });
}

void add_render(CLI::App& app) {
    static RenderOrder order;
    CLI::App* const command = app.add_subcommand("render", "render a MIDI file with a bank to a WAV file");
    command->add_option("bank", order.bank, "a bank file or the name of an installed bank")
        ->type_name("BANK")
        ->required();
    command->add_option("song", order.song, "a Standard MIDI File")->type_name("SONG.mid")->required();
    command->add_option("-o,--out", order.out, "the file to write")->type_name("OUT.wav")->required();
    CLI::Option* const way =
        command->add_option("--xy", order.xy, "the way across the plane: lines of seconds,x,y")->type_name("PATH.csv");
    command->add_option("--x", order.x, "place from west to east")->check(CLI::Range(0.0, 1.0))->excludes(way);
    command->add_option("--y", order.y, "place from south to north")->check(CLI::Range(0.0, 1.0))->excludes(way);
    command->add_option("--rate", order.rate, "frames per second")
        ->check(CLI::Range(8000, 384000))
        ->capture_default_str();
    command->add_option("--block", order.block, "frames per block")->check(CLI::Range(1, 8192))->capture_default_str();
    command->add_option("--state", order.state, "begin with this LV2 state")->type_name("FILE");
    command->add_option("--preset", order.preset, "begin with this preset")->type_name("NAME");
    command->add_option("--set", order.settings, "set a parameter")->type_name("NAME=VALUE")->allow_extra_args(false);
    add_tuning(*command, order.tuning);
    command->add_flag("--float", order.float32, "write 32-bit float samples instead of 24-bit ones");
    command->callback([] { render(order); });
}

void add_info(CLI::App& app) {
    static std::string bank;
    static bool json = false, verify = false;
    CLI::App* const command = app.add_subcommand("info", "say what is in a bank and where it came from");
    command->add_option("bank", bank, "a bank file or the name of an installed bank")->type_name("BANK")->required();
    command->add_flag("--json", json, "print one JSON object");
    command->add_flag("--verify", verify, "compare all sound with its checksum");
    command->callback([] { print_bank_info(bank, json, verify); });
}

void add_doctor(CLI::App& app) {
    static bool json = false;
    CLI::App* const command = app.add_subcommand("doctor", "check what playing needs, and say how to mend it");
    command->add_flag("--json", json, "print one JSON array");
    command->callback([] {
        if (!print_health(json)) throw CLI::RuntimeError(1);
    });
}

int fail(const char* text, int status) {
    std::fprintf(stderr, "timbrel: %s\n", text);
    return status;
}

} // namespace

int main(int count, char** arguments) {
    CLI::App app("Timbrel, an instrument whose sounds lie between sounds");
    app.set_version_flag("--version", TIMBREL_VERSION);
    app.require_subcommand(1);
    app.footer("bake, blend, plot, train and evaluate are carried out by timbrel-bake;\n"
               "timbrel COMMAND --help explains each");
    add_play(app);
    add_render(app);
    add_info(app);
    add_doctor(app);
    add_tool_commands(app);
    try {
        if (count > 1 && is_offline_command(arguments[1])) hand_over(arguments);
        if (count > 1 && arguments[1][0] != '-' &&
            app.get_subcommands([&](const CLI::App* a) { return a->get_name() == arguments[1]; }).empty())
            throw timbrel::UsageError(std::string(arguments[1]) + " is no command; timbrel --help lists them");
        app.parse(count, arguments);
        return 0;
    } catch (const CLI::Success& wish) {
        return app.exit(wish);
    } catch (const CLI::RuntimeError& end) {
        return end.get_exit_code();
    } catch (const CLI::ParseError& error) {
        return fail((std::string(error.what()) + "; timbrel --help explains the commands").c_str(), 2);
    } catch (const timbrel::UsageError& error) {
        return fail(error.what(), 2);
    } catch (const std::exception& error) {
        return fail(error.what(), 1);
    }
}
