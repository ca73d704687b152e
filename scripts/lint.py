#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""clang-tidy over the code that runs in a host's process. usage: lint.py BUILD

A source that several targets compile is checked once, as its library compiles it. A check without findings is noted in the
user's cache under a hash of all that it read: source, headers, compiler command, .clang-tidy, version. It is not repeated
while these stay the same.
"""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "timbrel" / "clang-tidy"
KEPT_DAYS = 30  # an unused note is removed after this time


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def commands_of(build):
    """A compiler command for each source."""
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(os.path.normpath(os.path.join(entry["directory"], entry["file"])))
        if source.is_relative_to(ROOT) and source.relative_to(ROOT).parts[0] in ("common", "plugin"):
            if source not in commands or not entry["output"].startswith("tests/"):
                commands[source] = entry
    return commands


def headers_of(build):
    """What each object was compiled from, as Ninja knows it."""
    headers, latest = {}, []
    for line in output_of("ninja", "-C", str(build), "-t", "deps").splitlines():
        if line.startswith(" "):
            latest.append(os.path.normpath(build / line.strip()))
        elif line.endswith("(VALID)"):
            latest = headers.setdefault(line.split(": #deps")[0], [])
        else:
            latest = []
    return headers


@functools.lru_cache(None)
def hash_of(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def note_of(entry, headers, settings):
    """The file that notes a check without findings; None if it is not known what the check reads."""
    read = headers.get(entry["output"])
    if not read or not all(map(os.path.exists, read)):
        return None
    names = [os.path.relpath(path, ROOT) if path.startswith(str(ROOT)) else path for path in read]
    text = [settings, entry["command"].replace(str(ROOT), ""), *names, *map(hash_of, read)]
    return CACHE / hashlib.sha256("\n".join(text).encode()).hexdigest()


def check(source, note, folder):
    """Whether clang-tidy finds nothing in a source."""
    if note and note.exists():
        note.touch()
        return True
    command = ["clang-tidy", "-p", folder, "--quiet", "--extra-arg=-Wno-unknown-warning-option", source]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    print(done.stdout, end="", flush=True)
    passed = done.returncode == 0
    if passed and note:
        note.touch()
    return passed


def main(build):
    if not shutil.which("clang-tidy"):
        print("clang-tidy is not installed")
        return 77
    CACHE.mkdir(parents=True, exist_ok=True)
    for note in CACHE.iterdir():
        if note.stat().st_mtime < time.time() - KEPT_DAYS * 86400:
            note.unlink(missing_ok=True)
    commands, headers = commands_of(build), headers_of(build)
    settings = output_of("clang-tidy", "--version") + (ROOT / ".clang-tidy").read_text()
    notes = [note_of(entry, headers, settings) for entry in commands.values()]
    known = sum(note is not None and note.exists() for note in notes)
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        (pathlib.Path(folder) / "compile_commands.json").write_text(json.dumps(list(commands.values())))
        passed = list(pool.map(check, commands, notes, [folder] * len(notes)))
    print(f"{len(passed)} sources, {known} known to have no finding; findings in {passed.count(False)}")
    return 0 if commands and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
