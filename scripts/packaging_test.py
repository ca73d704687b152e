#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Debian packages of debian/ hold each installed file once, and are built from what scripts/packages lists.

usage: packaging_test.py BUILD
"""
import fnmatch
import json
import pathlib
import re
import subprocess
import sys

# Every Debian machine that builds packages has these, or debhelper brings them.
ALWAYS_THERE = {"g++", "ninja-build"}
# Only the demo needs these.
DEMO = {"fluid-soundfont-gm"}


def installed_files(build):
    """Paths below the prefix, without a leading slash."""
    prefix = json.loads(introspect(build, "--buildoptions"))
    prefix = next(option["value"] for option in prefix if option["name"] == "prefix")
    return sorted(path.removeprefix(prefix).lstrip("/") for path in json.loads(introspect(build, "--installed")).values())


def introspect(build, what):
    return subprocess.run(["meson", "introspect", build, what], check=True, capture_output=True, text=True).stdout


def packages_of(path, patterns):
    return [package for package, pattern in patterns
            if fnmatch.fnmatch("usr/" + path, pattern) or ("usr/" + path).startswith(pattern + "/")]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if not pathlib.Path(sys.argv[1], "models/timbrel-bake").exists():
        print("timbrel-bake was not built")
        sys.exit(77)
    faults = []
    root = pathlib.Path(__file__).resolve().parent.parent
    patterns = [(file.stem, line.split()[0])
                for file in root.glob("debian/*.install") for line in file.read_text().splitlines()]
    files = installed_files(sys.argv[1])
    if not files:
        faults.append("meson installs nothing")
    for path in files:
        packages = packages_of(path, patterns)
        if len(packages) != 1:
            faults.append(f"{path} is in {' and '.join(packages) or 'no package'}")
    for package, pattern in patterns:
        if not any(packages_of(path, [(package, pattern)]) for path in files):
            faults.append(f"debian/{package}.install: no file is installed as {pattern}")
    control = (root / "debian/control").read_text()
    needed = set(re.search(r"Build-Depends:\n((?: .*\n)+)", control)[1].replace(",", "").split())
    needed -= {"debhelper-compat", "(=", "13)"}
    listed = {line.split()[1] for line in (root / "scripts/packages").read_text().splitlines() if line.startswith("play")}
    for package in sorted(needed ^ (listed - ALWAYS_THERE - DEMO)):
        faults.append(f"{package} is in only one of scripts/packages and the build dependencies of debian/control")
    print("\n".join(faults) or f"{len(files)} files, each in one package")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
