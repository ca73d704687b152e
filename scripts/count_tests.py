# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the results in Meson test logs: each case of a Boost suite (in short report format), one for any other program.
The last result of a test counts.

The last line is 'N passed, N failed'; the exit status is 1 if a test failed. With --again, prints only the names of the
failed tests that involve third-party servers and hosts."""

import json
import re
import sys


def cases(test):
    """Returns (passed, failed, skipped) of one program."""
    report = test.get("stdout", "") + test.get("stderr", "")
    passed = sum(int(n) for n in re.findall(r"^ *(\d+) test cases? out of \d+ passed", report, re.M))
    failed = sum(int(n) for n in re.findall(r"^ *(\d+) test cases? out of \d+ failed", report, re.M))
    if test["result"] == "SKIP":
        return 0, 0, 1
    if test["result"] in ("OK", "EXPECTEDFAIL"):
        return max(passed, 1), 0, 0
    return passed, max(failed, 1), 0


def succeeded(test):
    return test["result"] in ("OK", "EXPECTEDFAIL", "SKIP")


def read(path):
    try:
        with open(path) as log:
            return [json.loads(line) for line in log]
    except OSError:
        return []


if sys.argv[1] == "--again":
    failed = [test["name"].split(" / ")[-1] for test in read(sys.argv[2]) if not succeeded(test)]
    print(*(name for name in failed if re.match("(host|daws)-", name)), sep="\n")
    sys.exit()
latest = {}
for path in sys.argv[1:]:
    for test in read(path):
        if test["name"] in latest:
            print(f"tried again: {test['name']}")
        latest[test["name"]] = test
tests = list(latest.values())
for test in tests:
    if test["result"] == "SKIP":
        print(f"skipped: {test['name']}")
    elif not succeeded(test):
        print(f"failed: {test['name']} ({test['result'].lower()})")
passed, failed, skipped = (sum(n) for n in zip(*map(cases, tests))) if tests else (0, 1, 0)
print(f"{len(tests)} programs in {sum(test['duration'] for test in tests):.0f} s, {skipped} skipped")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
