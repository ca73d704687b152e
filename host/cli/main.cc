// SPDX-License-Identifier: GPL-3.0-or-later
// The command line of `timbrel`.
#include "common/error.h"
#include "common/foreign_text.h"
#include "host/bank_tools/bank_info.h"
#include "host/cli/doctor.h"
#include "host/cli/offline_exec.h"
#include "host/cli/tool_commands.h"
#include "host/render/renderer.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

#ifdef TIMBREL_PLAYER
#include "host/player/play.h"
#endif

namespace {

using namespace timbrel::host;

void add_tuning(CLI::App& command, TuningFiles& tuning) {
    CLI::Option* const scale =
        command.add_option("--tuning", tuning.scale, "tune by this Scala scale")->type_name("FILE.scl");
    command.add_option("--keyboard-map", tuning.map, "map the scale to keys by this Scala map")
        ->type_name("FILE.kbm")
        ->needs(scale);
}

#ifdef TIMBREL_PLAYER
void add_play(CLI::App& app) {
    static PlayOptions options;
    CLI::App* const command = app.add_subcommand("play", "play a bank live through JACK");
    CLI::Option* const bank =
        command
            ->add_option("bank", options.bank,
                         "a bank file or the name of an installed bank; the first installed bank by default")
            ->type_name("BANK");
    command->add_option("--plugin", options.plugin, "play another LV2 instrument instead")
        ->type_name("URI")
        ->excludes(bank);
    command->add_option("--midi", options.midi, "play from the MIDI sources whose names match, now or when they appear")
        ->type_name("PATTERN")
        ->allow_extra_args(false);
    command->add_flag_callback(
        "--list-midi",
        [] {
            list_midi();
            throw CLI::Success();
        },
        "list the MIDI sources and exit");
    command->add_flag_callback(
        "--list-banks",
        [] {
            list_banks();
            throw CLI::Success();
        },
        "list the banks with their MIDI program numbers and exit");
    command->add_flag("--connect", options.connect, "connect to the sound card and to its MIDI inputs");
    command
        ->add_option_function<std::string>(
            "--driver", [](const std::string&) { options.dummy = true; },
            "'dummy' plays without a sound card and without a running JACK server")
        ->type_name("dummy")
        ->check(CLI::IsMember({"dummy"}));
    command->add_option("--state", options.state, "start with this LV2 state, and save to it")->type_name("FILE");
    command->add_option("--preset", options.preset, "start with this preset")->type_name("NAME");
    command->add_option("--set", options.settings, "set a parameter")->type_name("NAME=VALUE")->allow_extra_args(false);
    command->add_option("--learn", options.learn, "assign the next MIDI controller that moves to a parameter")
        ->type_name("NAME")
        ->allow_extra_args(false);
    command->add_option("--forget", options.forget, "remove a parameter's MIDI controller")
        ->type_name("NAME")
        ->allow_extra_args(false);
    add_tuning(*command, options.tuning);
    CLI::Option* const osc =
        command
            ->add_option("--osc", options.osc,
                         "listen for Open Sound Control from this machine on a UDP port, or on another address")
            ->type_name("[ADDRESS:]PORT");
    command->add_flag("--osc-save", options.osc_save, "let Open Sound Control save new presets")->needs(osc);
    command->add_option("--record", options.record, "record into a WAV file")->type_name("OUT.wav");
    command->add_flag("!--no-window", options.window, "show a meter on the terminal instead of a window");
    command->callback([] { play(options); });
}
#endif

void add_render(CLI::App& app) {
    static RenderOptions options;
    CLI::App* const command = app.add_subcommand("render", "render a MIDI file with a bank to a WAV file");
    command->add_option("bank", options.bank, "a bank file or the name of an installed bank")
        ->type_name("BANK")
        ->required();
    command->add_option("song", options.song, "a Standard MIDI File")->type_name("SONG.mid")->required();
    command->add_option("-o,--out", options.out, "the file to write")->type_name("OUT.wav")->required();
    CLI::Option* const path =
        command->add_option("--xy", options.xy, "path across the plane: lines of seconds,x,y")->type_name("PATH.csv");
    command->add_option("--x", options.x, "fixed X, 0 west to 1 east")->check(CLI::Range(0.0, 1.0))->excludes(path);
    command->add_option("--y", options.y, "fixed Y, 0 south to 1 north")->check(CLI::Range(0.0, 1.0))->excludes(path);
    command->add_option("--rate", options.rate, "frames per second")
        ->check(CLI::Range(8000, 384000))
        ->capture_default_str();
    command->add_option("--block", options.block, "frames per block")
        ->check(CLI::Range(1, 8192))
        ->capture_default_str();
    command->add_option("--state", options.state, "start with this LV2 state")->type_name("FILE");
    command->add_option("--preset", options.preset, "start with this preset")->type_name("NAME");
    command->add_option("--set", options.settings, "set a parameter")->type_name("NAME=VALUE")->allow_extra_args(false);
    add_tuning(*command, options.tuning);
    command->add_flag("--programs", options.programs,
                      "let the song's program changes choose among the installed banks");
    command
        ->add_option("--skip-channels", options.skipped_channels, "leave out these MIDI channels, such as 10 or 9,10")
        ->type_name("N")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::Range(1, 16));
    command->add_flag("--float", options.float32, "write 32-bit float samples instead of 24-bit ones");
    command->callback([] { render(options); });
}

void add_info(CLI::App& app) {
    static std::string bank;
    static bool json = false, verify = false;
    CLI::App* const command = app.add_subcommand("info", "show the contents and the origin of a bank");
    command->add_option("bank", bank, "a bank file or the name of an installed bank")->type_name("BANK")->required();
    command->add_flag("--json", json, "print one JSON object");
    command->add_flag("--verify", verify, "verify the checksum of all sound data");
    command->callback([] { print_bank_info(bank, json, verify); });
}

void add_doctor(CLI::App& app) {
    static bool json = false;
    CLI::App* const command = app.add_subcommand("doctor", "check the audio setup and say how to fix problems");
    command->add_flag("--json", json, "print one JSON array");
    command->callback([] {
        if (!run_doctor(json)) throw CLI::RuntimeError(1);
    });
}

int fail(const char* text, int status) {
    std::fprintf(stderr, "timbrel: %s\n", timbrel::printable(text, timbrel::max_printed_line).c_str());
    return status;
}

} // namespace

int main(int count, char** arguments) {
    CLI::App app("Timbrel, a musical instrument that morphs between sounds");
    app.set_version_flag("--version", TIMBREL_VERSION);
    app.require_subcommand(1);
    app.footer("bake, bench, map, blend, plot, train and evaluate run in the program timbrel-bake;\n"
               "timbrel COMMAND --help describes each");
#ifdef TIMBREL_PLAYER
    add_play(app);
#endif
    add_render(app);
    add_info(app);
    add_doctor(app);
    add_tool_commands(app);
    try {
        if (count > 1 && is_offline_command(arguments[1])) exec_offline(arguments);
        if (count > 1 && arguments[1][0] != '-' &&
            app.get_subcommands([&](const CLI::App* a) { return a->get_name() == arguments[1]; }).empty())
            throw timbrel::UsageError(std::string(arguments[1]) + " is no command; timbrel --help lists them");
#ifdef TIMBREL_PLAYER
        // A session manager and a desktop start the program by its name alone.
        if (count == 1) {
            app.parse("play --connect");
            return 0;
        }
#endif
        app.parse(count, arguments);
        return 0;
    } catch (const CLI::Success& request) { // help, version or a list
        return app.exit(request);
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
