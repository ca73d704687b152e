#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs Timbrel for hours and prints what it measures.

usage: soak.py BUILD [PART [MINUTES]]

  render   music with random automation through `timbrel render`, with the plugin under AddressSanitizer: 120 minutes
           of music
  play     `timbrel play` on a dummy JACK server at 64 frames, with 128 voices and a change of bank every second: 60
           minutes
  file     a bank's file that changes under 32 sounding voices: 500 times each kind; MINUTES is that number here

BUILD is a finished build with tests. Without PART all three run. The last line of each says whether it passed.
"""
import array
import math
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time

PARTS = {"render": 120, "play": 60, "file": 500}
RATE = 48000
LOUDEST = 10 ** (12 / 20) * 1.001  # what the safety limiter lets through


def quantity(number):
    """A variable-length quantity of a MIDI file."""
    out = [number & 0x7F]
    while number := number >> 7:
        out.insert(0, number & 0x7F | 0x80)
    return bytes(out)


def automation(dice):
    """The messages of one random movement of a controller."""
    channel = dice.randrange(4)
    kind = dice.randrange(6)
    value = dice.randrange(128)
    if kind < 3:  # any parameter, by NRPN
        messages = [(99, 0), (98, dice.randrange(70)), (6, value), (38, dice.randrange(128))]
    elif kind == 3:
        messages = [(dice.choice((1, 7, 10, 11, 16, 17, 64, 66, 67, 74)), value)]
    else:
        return [bytes((0xE0 | channel if kind == 4 else 0xA0 | channel, dice.randrange(128), value))]
    return [bytes((0xB0 | channel, number, data)) for number, data in messages]


def write_song(path, minutes):
    """Random notes and automation; a tick is a millisecond."""
    dice = random.Random(1)
    events = []
    for start in range(0, minutes * 60000, 100):
        for _ in range(dice.randrange(3)):
            channel, key, at = dice.randrange(4), dice.randrange(24, 100), start + dice.randrange(100)
            events.append((at, bytes((0x90 | channel, key, dice.randrange(1, 128)))))
            events.append((at + dice.randrange(50, 3000), bytes((0x80 | channel, key, 64))))
        events += [(start, message) for message in automation(dice)]
        if start % 60000 == 0:  # nothing stays silent or muted for the rest of the song
            events += [(start, bytes((0xB0 | channel, 121, 0))) for channel in range(4)]
            events += [(start, bytes((0xB0, number, data))) for number, data in ((99, 0), (98, 3), (6, 106), (38, 0))]
    track, now = bytearray(b"\x00\xff\x51\x03\x0f\x42\x40"), 0
    for at, message in sorted(events, key=lambda event: event[0]):
        track += quantity(at - now) + message
        now = at
    track += b"\x00\xff\x2f\x00"
    path.write_bytes(b"MThd" + struct.pack(">IHHH", 6, 0, 1, 1000) + b"MTrk" + struct.pack(">I", len(track)) + track)


def write_path(path, minutes):
    dice = random.Random(2)
    seconds, lines = 0.0, []
    while seconds < minutes * 60:
        lines.append(f"{seconds:.3f},{dice.random():.4f},{dice.random():.4f}\n")
        seconds += dice.choice((0.05, 0.3, 1.0, 3.0))
    path.write_text("".join(lines))


def memory_of(process):
    """Kilobytes of its own memory, without files."""
    try:
        for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def measure(path):
    """Frames, peak, and whether all samples are finite, of a WAV file of 32-bit floats."""
    peak, frames, finite = 0.0, 0, True
    with open(path, "rb") as file:
        head = file.read(4096)
        file.seek(head.index(b"data") + 8)
        while block := file.read(1 << 22):
            samples = array.array("f", block[: len(block) // 4 * 4])
            finite = finite and math.isfinite(sum(samples))
            peak = max(peak, max(samples), -min(samples))
            frames += len(samples) // 2
    return frames, peak, finite


def verdict(part, passed):
    print(f"soak {part}: {'passed' if passed else 'FAILED'}", flush=True)
    return passed


def sanitized_bundle(build, folder):
    """The plugin under AddressSanitizer in a bundle of its own. Returns the environment that plays it."""
    bundle = folder / "timbrel.lv2"
    shutil.copytree(build / "plugin/lv2/bundle/timbrel.lv2", bundle, ignore=shutil.ignore_patterns("*.p"))
    shutil.copy(build / "tests/plugin/lv2/timbrel-address.so", bundle / "timbrel.so")
    libraries = [
        subprocess.run(["g++", f"-print-file-name={name}"], check=True, capture_output=True, text=True).stdout.strip()
        for name in ("libasan.so", "libubsan.so")
    ]
    return {
        "LV2_PATH": str(folder),
        "LD_PRELOAD": ":".join(libraries),
        # The quarantine of freed memory would look like a leak for the first hour.
        "ASAN_OPTIONS": "halt_on_error=1:detect_leaks=0:quarantine_size_mb=8",
        "UBSAN_OPTIONS": "halt_on_error=1",
        "PATH": "/usr/bin:/bin",
    }


def render(build, minutes):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        environment = sanitized_bundle(build, folder)
        song, path, bank, out = (folder / file for file in ("song.mid", "path.csv", "bank.timbrel", "out.wav"))
        subprocess.run([build / "tests/plugin/engine/write-bank", bank], check=True)
        write_song(song, minutes)
        write_path(path, minutes)
        start = time.monotonic()
        command = [build / "host/timbrel", "render", bank, song, "--xy", path, "--float", "--out", out]
        process = subprocess.Popen(command, env=environment)
        used = []
        while process.poll() is None:
            used.append(memory_of(process.pid))
            time.sleep(0.2)
        if process.returncode != 0:
            print(f"timbrel render ended with {process.returncode}")
            return verdict("render", False)
        used = [kilobytes for kilobytes in used if kilobytes > 0]
        begin, end = max(used[len(used) // 8 : len(used) // 4 + 1]), max(used[-(len(used) // 4 + 1) :])
        frames, peak, finite = measure(out)
        print(
            f"{frames / RATE / 60:.1f} minutes of music in {(time.monotonic() - start) / 60:.1f}; memory in the second "
            f"eighth {begin} kB, in the last quarter {end} kB; peak {20 * math.log10(peak):+.2f} dBFS; "
            f"{'all samples finite' if finite else 'SAMPLES THAT ARE NOT FINITE'}"
        )
        whole = frames >= minutes * 60 * RATE
        return verdict("render", whole and finite and 0 < peak <= LOUDEST and end <= begin + max(begin // 50, 4096))


def play(build, minutes):
    folder = build / "tests/host"
    targets = [f"tests/host/{name}" for name in ("endurance-benchmark", "control-client", "libcallback-watch.so")]
    subprocess.run(["ninja", "-C", build, *targets], check=True, stdout=subprocess.DEVNULL)
    environment = {**os.environ, "LV2_PATH": str(build / "plugin/lv2/bundle")}
    done = subprocess.run([folder / "endurance-benchmark", str(minutes)], env=environment)
    return verdict("play", done.returncode == 0)


def file(build, times):
    tests = build / "tests/plugin/engine"
    disk = [tests / "broken-disk"] if (tests / "broken-disk").exists() else []
    done = subprocess.run([tests / "test-engine-changing_file", "--log_level=test_suite", "--", str(times), *disk])
    return verdict("file", done.returncode == 0)


def main(arguments):
    if not arguments or arguments[0].startswith("-") or any(part not in PARTS for part in arguments[1:2]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    build = pathlib.Path(arguments[0]).resolve()
    parts = arguments[1:2] or list(PARTS)
    runs = {"render": render, "play": play, "file": file}
    passed = [runs[part](build, int(arguments[2]) if len(arguments) > 2 else PARTS[part]) for part in parts]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
