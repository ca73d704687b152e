#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the commands of README.md and docs/manual. usage: pages_test.py BUILD

A command is an indented line that begins with `timbrel`, after `pw-jack` or not. Each runs in an empty folder that holds a
small demo bank and the sounds that the pages name. Bakes get a small grid, `play` runs without a sound card for a second.
Also checks that every option that a page names exists, and that every link leads to a file.
"""
import glob
import os
import re
import shlex
import subprocess
import sys
import tempfile

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
build = os.path.abspath(os.path.join(root, sys.argv[1]))
if not os.access(build + '/models/timbrel-bake', os.X_OK):
    print('timbrel-bake was not built')
    sys.exit(77)
PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', *glob.glob('docs/*.md', root_dir=root),
         *glob.glob('docs/manual/*.md', root_dir=root), *glob.glob('models/weights/*.md', root_dir=root)]
SMALL = '--grid 2 --pitches 60 --velocities 90 --seconds 1'
FONT = '/usr/share/sounds/sf2/FluidR3_GM.sf2'
faults = []
environment = {**os.environ, 'PATH': f'{build}/host:{os.environ["PATH"]}', 'LV2_PATH': f'{build}/plugin/lv2/bundle'}


def run(command, folder):
    return subprocess.run(['bash', '-c', command], cwd=folder, env=environment, capture_output=True, text=True, timeout=300,
                          stdin=subprocess.DEVNULL)


def prepared(command):
    """The command as it runs here; None for one that is tested elsewhere."""
    words = shlex.split(command)
    if words[0] != 'timbrel':
        return None
    if words[1] in ('train', 'evaluate') and not any(w.endswith('.timbrel') for w in words):
        return None  # takes minutes to hours; tests/models covers it
    if '.ts' in command:
        return None  # needs a model that others made; tests/models/torchscript_test.cc covers it
    if words[1] in ('bake', 'map') or words[1:3] == ['bench', 'bake']:
        return f'{command} {SMALL}'
    if words[1] == 'doctor':
        return f'{command}; [ $? -le 1 ]'  # 1: it found something to fix
    if words[1] == 'play':
        options = '' if '--driver' in words else ' --driver dummy'
        return f'timeout -s INT 2 {command.replace(" --connect", "")}{options} --no-window; [ $? = 124 ] || [ $? = 0 ]'
    return command


def run_commands(page, text, folder):
    variables = ''
    for line in re.findall(r'^    (\S.*)$', text, re.M):
        line = re.sub(r'\s+#.*', '', line).removeprefix('pw-jack ')
        if re.match(r'(export )?\w+=\S+$', line):
            variables += line + '; '
        elif line.startswith('timbrel '):
            command = prepared(line)
            if command is None:
                continue
            result = run(variables + command, folder)
            if result.returncode:
                faults.append(f'{page}: {line}\n    {(result.stdout + result.stderr).strip()[-500:]}')


def help_texts():
    text = ''
    for command in ('play', 'render', 'info', 'doctor', 'pack', 'unpack', 'merge', 'export', 'bake', 'bench bake', 'map', 'blend', 'plot',
                    'train', 'evaluate'):
        text += run(f'timbrel {command} --help', root).stdout
    return set(re.findall(r'--[a-z][a-z0-9-]*', text))


def check_options(page, text, known):
    for code in re.findall(r'`([^`\n]+)`|^    (timbrel .*)$', text, re.M):
        code = code[0] or code[1]
        if code.startswith(('--', 'timbrel ')):
            for option in re.findall(r'(?<!\S)--[a-z][a-z0-9-]*', code):
                if option not in known:
                    faults.append(f'{page}: there is no {option}')


def check_links(page, text):
    for target in re.findall(r'\]\(([^)#:]+)(?:#[^)]*)?\)', text):
        if not os.path.exists(os.path.join(root, os.path.dirname(page), target)):
            faults.append(f'{page}: no file {target}')
    for target in re.findall(r'`((?:common|plugin|host|models|tests|scripts|docs|ttl|demo)/[\w./-]+)`', text):
        if not os.path.exists(os.path.join(root, target)):
            faults.append(f'{page}: no file {target}')


def prepare(folder):
    os.symlink(build, folder + '/build')
    for command in (f'timbrel bake --nw {FONT}:0:73 --ne {FONT}:0:52 --sw {FONT}:0:12 --se {FONT}:0:0 {SMALL} -o demo.timbrel',
                    'espeak-ng -w words.wav "the sounds between the sounds"',
                    'sox -n -r 48000 -c 2 chords.wav synth 2 sawtooth 220 sawtooth 277 sawtooth 330 gain -9',
                    'sox -n -r 48000 -c 2 drums.wav synth 0.1 noise fade 0 0.1 0.09 pad 0 0.4 repeat 3 gain -6',
                    'cp chords.wav strings.wav',
                    'mkdir sounds && cp words.wav chords.wav drums.wav sounds'):
        result = run(command, folder)
        if result.returncode:
            sys.exit(f'{command}: {result.stderr}')


with tempfile.TemporaryDirectory() as folder:
    prepare(folder)
    options = help_texts() | {'--suite', '--benchmark', '--render'}
    for page in PAGES:
        with open(os.path.join(root, page)) as file:
            text = file.read()
        run_commands(page, text, folder)
        check_options(page, text, options)
        check_links(page, text)
print(*faults, sep='\n')
sys.exit(bool(faults))
