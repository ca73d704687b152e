#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the structure of the sources. usage: layers.py BUILD

- Includes follow the arrows below and make no circle. The picture in ARCHITECTURE.md shows some of them.
- Every file is in the namespace of its library.
- No folder holds more than 25 sources, no source more than 400 lines, no function more than 60.
- libTorch is in the offline program only: a host's process crashes as soon as two plugins bring their own.
"""
import glob
import os
import re
import subprocess
import sys

os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# A folder and those that it may include. common and its folders may be included by all, tests may include all.
ARROWS = {
    'common': '',
    'common/programs': '',
    'common/text': '',
    'plugin/engine/core': '',
    'plugin/engine/dsp': 'plugin/engine/core',
    'plugin/engine/bank': 'plugin/engine/core plugin/engine/dsp',
    'plugin/engine/midi': 'plugin/engine/core plugin/engine/dsp',
    'plugin/engine/modulation': 'plugin/engine/core plugin/engine/dsp',
    'plugin/engine/motion': 'plugin/engine/core plugin/engine/dsp plugin/engine/modulation',
    'plugin/engine/space': 'plugin/engine/core plugin/engine/dsp',
    'plugin/engine/streaming': 'plugin/engine/bank plugin/engine/core',
    'plugin/engine/voice': 'plugin/engine/bank plugin/engine/core plugin/engine/dsp plugin/engine/midi '
                           'plugin/engine/modulation plugin/engine/motion plugin/engine/streaming',
    'plugin/engine': 'plugin/engine/*',
    'plugin/lv2/shared': 'plugin/engine/*',
    'plugin/lv2/presets': 'plugin/engine/core plugin/lv2/shared',
    'plugin/lv2/ttl': 'plugin/engine/core plugin/lv2/shared',
    'plugin/lv2': 'plugin/engine plugin/engine/* plugin/lv2/shared',
    'plugin/ui/paint': '',
    'plugin/ui/scene': 'plugin/engine/bank plugin/engine/core plugin/ui/paint',
    'plugin/ui/widgets': 'plugin/engine/core plugin/lv2/shared plugin/ui/paint plugin/ui/scene',
    'plugin/ui/editing': 'plugin/engine/core plugin/ui/scene',
    'plugin/ui/input': 'plugin/engine/core plugin/ui/editing plugin/ui/scene plugin/ui/widgets',
    'plugin/ui/presets': 'plugin/engine/core plugin/lv2/presets plugin/lv2/shared plugin/ui/scene',
    'plugin/ui/baking': 'plugin/lv2/shared plugin/ui/scene',
    'plugin/ui/window': 'plugin/engine/bank plugin/engine/core plugin/lv2/shared plugin/ui/*',
    'host/lv2/atoms': 'plugin/lv2/shared',
    'host/lv2': 'host/lv2/atoms plugin/engine/core plugin/engine/midi plugin/lv2/presets plugin/lv2/shared',
    'host/bank_tools': 'plugin/engine/bank plugin/lv2/shared',
    'host/export': 'host/bank_tools plugin/engine/bank',
    'host/render': 'host/bank_tools host/lv2 host/lv2/atoms plugin/engine/core plugin/lv2/shared',
    'host/player/jack_server': '',
    'host/player/osc': '',
    'host/player/midi': 'host/lv2 host/lv2/atoms plugin/engine/core plugin/engine/midi',
    'host/player': 'host/bank_tools host/lv2 host/lv2/atoms host/player/jack_server host/player/midi host/player/osc plugin/engine/core plugin/lv2/shared',
    'host/cli': 'host/* plugin/engine/bank plugin/lv2/shared',
    'models/audio/io': '',
    'models/audio/analysis': 'models/audio/io',
    'models/audio/knobs': 'host/lv2 models/audio/analysis models/audio/io models/audio/sources',
    'models/audio/pictures': 'models/audio/analysis models/audio/io plugin/engine/bank',
    'models/audio/sources': 'host/lv2 models/audio/analysis models/audio/io',
    'models/audio/blend': 'models/audio/analysis models/audio/io models/audio/pictures',
    'models/recipe': '',
    'models/tensor': 'models/audio/io',
    'models/spectral': 'models/audio/analysis models/tensor',
    'models/synthesis': 'models/spectral models/tensor',
    'models/analysis': 'models/spectral models/synthesis models/tensor',
    'models/torchscript': 'models/audio/io models/audio/sources models/tensor',
    'models/network': 'models/recipe models/spectral models/tensor',
    'models/morph': 'models/analysis models/audio/analysis models/audio/sources models/network models/recipe '
                    'models/spectral models/synthesis models/tensor models/torchscript',
    'models/training': 'models/analysis models/audio/analysis models/audio/knobs models/audio/sources models/network '
                       'models/recipe models/spectral models/tensor',
    'models/training/trainers': 'models/audio/analysis models/network models/recipe models/tensor models/training',
    'models/bake': 'models/audio/sources models/morph models/network models/recipe models/spectral models/synthesis models/tensor '
                   'models/torchscript models/training plugin/engine/bank',
    'models/landscape': 'models/audio/sources models/morph models/network models/spectral models/tensor',
    'models/evaluation/spaces': 'models/audio/analysis models/spectral models/tensor',
    'models/evaluation': 'models/analysis models/audio/* models/bake models/evaluation/spaces models/morph models/network '
                         'models/landscape models/recipe models/spectral models/synthesis models/tensor models/training',
    'models/evaluation/corners': 'models/analysis models/audio/* models/evaluation/spaces models/morph models/recipe models/spectral '
                                 'models/synthesis models/tensor models/training',
    'models/evaluation/truth': 'models/audio/* models/evaluation models/morph models/network models/recipe '
                               'models/spectral models/synthesis models/tensor models/training',
    'models/commands': 'models/audio/* models/bake models/evaluation models/evaluation/corners models/evaluation/truth '
                       'models/landscape models/morph models/network models/recipe models/tensor models/torchscript '
                       'models/training models/training/trainers plugin/engine/bank',
    'models/pch': '',
    'demo': 'host/render',
}
NAMESPACES = {'common': 'timbrel', 'plugin/engine': 'timbrel::engine', 'plugin/lv2': 'timbrel::lv2',
              'plugin/ui': 'timbrel::ui', 'host': 'timbrel::host', 'models/audio': 'timbrel::audio',
              'models': 'timbrel::models'}
MOST_SOURCES = 25
MOST_LINES = 400
MOST_FUNCTION_LINES = 60

faults = []


def allowed(folder, other):
    for pattern in ARROWS[folder].split():
        if other == pattern or pattern.endswith('/*') and other.startswith(pattern[:-1]):
            return True
    return other.split('/')[0] == 'common' and folder != 'common'


def circle(arrows):
    """A path of folders that ends where it began, or None."""
    done, path = set(), []

    def visit(folder):
        if folder in path:
            return path[path.index(folder):] + [folder]
        if folder in done:
            return None
        path.append(folder)
        found = next((c for c in map(visit, sorted(arrows.get(folder, ()))) if c), None)
        path.pop()
        done.add(folder)
        return found

    return next((c for c in map(visit, sorted(arrows)) if c), None)


def namespace_of(path):
    return next((n for folder, n in sorted(NAMESPACES.items(), reverse=True) if path.startswith(folder + '/')), None)


# What may contain braces that open no block.
OPAQUE = re.compile(r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\''
                    r'|^[ \t]*#(?:\\\n|[^\n])*', re.S | re.M)
SCOPE = re.compile(r'(?:(?:static|const|constexpr|inline|typedef)\s+)*(?:namespace|class|struct|union|enum)\b|extern\s*$')


def functions(text):
    """The first and the last line of every function outside of other functions, or None if the braces do not match."""
    text = OPAQUE.sub(lambda found: re.sub(r'[^\n]', ' ', found[0]), text)
    found, open_braces, begin = [], [], 0  # begin: where the declaration before the next brace begins
    for brace in re.finditer('[{};]', text):
        at = brace.start()
        inside = any(kind == 'function' for kind, _ in open_braces)
        if brace[0] == '{':
            head = text[begin:at]
            name = re.sub(r'^\s*template\s*<[^(]*?>(?=\s*\w)|\[\[.*?\]\]', ' ', head, flags=re.S).strip()
            kind = 'scope' if SCOPE.match(name) else 'function' if ')' in head else 'values'
            open_braces.append((kind, begin + len(head) - len(head.lstrip())))
        elif brace[0] == '}':
            if not open_braces:
                return None
            kind, first = open_braces.pop()
            if kind == 'function' and not any(kind == 'function' for kind, _ in open_braces):
                if text[at + 1:].lstrip()[:1] in ('{', ','):  # a member's initial value; the body follows
                    begin = first
                    continue
                found.append((text.count('\n', 0, first) + 1, text.count('\n', 0, at) + 1))
        if not inside or brace[0] != ';':
            begin = at + 1
    return None if open_braces else found


def check_functions(path, text):
    found = functions(text)
    if found is None:
        faults.append(f'{path}: its braces do not match')
    for first, last in found or ():
        if last - first >= MOST_FUNCTION_LINES:
            faults.append(f'{path}:{first}: a function of {last - first + 1} lines, {MOST_FUNCTION_LINES} at most')


def check_file(path, arrows):
    folder = os.path.dirname(path)
    with open(path) as file:
        text = file.read()
    lines = text.count('\n')
    if lines > MOST_LINES:
        faults.append(f'{path} has {lines} lines, {MOST_LINES} at most')
    check_functions(path, text)
    if path.startswith('tests/'):
        return
    if folder not in ARROWS:
        faults.append(f'{folder} has no entry in {sys.argv[0]}')
        return
    for included in re.findall(r'#include "([^"]+)"', text):
        other = os.path.dirname(included)
        if other == folder:
            continue
        arrows.setdefault(folder, set()).add(other)
        if not allowed(folder, other):
            faults.append(f'{path} must not include {included}')
    wanted = namespace_of(path)
    for found in re.findall(r'^namespace (timbrel[\w:]*) \{', text, re.M) if wanted else ():
        if found != wanted and not found.startswith(wanted + '::') or wanted == 'timbrel' and found != wanted:
            faults.append(f'{path} is in namespace {found}, not in {wanted}')


def check_sources():
    arrows, sources = {}, {}
    for top in ('common', 'plugin', 'host', 'models', 'demo', 'tests'):
        for path in sorted(glob.glob(top + '/**/*', recursive=True)):
            if path.endswith(('.cc', '.h')):
                sources.setdefault(os.path.dirname(path), []).append(path)
                check_file(path, arrows)
    for folder, paths in sources.items():
        if len(paths) > MOST_SOURCES:
            faults.append(f'{folder} holds {len(paths)} sources, {MOST_SOURCES} at most')
    found = circle(arrows)
    if found:
        faults.append('a circle of includes: ' + ' -> '.join(found))
    return arrows


def check_picture(page, arrows):
    """The trees in the page's picture: each folder includes those below it."""
    with open(page) as file:
        picture = file.read().split('```')[1]
    above = []  # the folder of each level, down to the last line
    for line in picture.splitlines():
        branch = re.match(r'([│ ]*)(?:[├└]── )?([\w/]+)', line)
        if not branch:
            continue
        level = line.index(branch[2]) // 4
        above[level:] = [branch[2]]
        if branch[2] not in ARROWS:
            faults.append(f'{page}: no folder {branch[2]}')
        elif level and branch[2] not in arrows.get(above[level - 1], ()):
            faults.append(f'{page}: {above[level - 1]} does not include {branch[2]}')


def check_torch(build):
    named = subprocess.run(['grep', '-rIil', 'torch', 'host', 'plugin', 'common'], capture_output=True, text=True).stdout
    if named:
        faults.append('libTorch is named in: ' + ' '.join(named.split()))
    binaries = [path for folder in ('host', 'plugin') for path in glob.glob(f'{build}/{folder}/**/*', recursive=True)
                if path.endswith('.so') or os.path.basename(path) == 'timbrel']
    if not binaries:
        faults.append(f'neither plugin nor player was built in {build}')
    for path in filter(os.path.isfile, binaries):
        if re.search('libtorch|libc10', subprocess.run(['ldd', path], capture_output=True, text=True).stdout):
            faults.append(f'{path} links libTorch')


check_picture('ARCHITECTURE.md', check_sources())
check_torch(sys.argv[1])
print(*faults, sep='\n')
sys.exit(bool(faults))
