"""Adds up a Meson test log: the cases of Boost suites (which report in short form), one for any other program.

Prints 'N passed, N failed' last; the exit status tells whether all went well."""

import json
import re
import sys


def cases(test):
    """(passed, failed, skipped) of one program."""
    report = test.get("stdout", "") + test.get("stderr", "")
    passed = sum(int(n) for n in re.findall(r"^ *(\d+) test cases? out of \d+ passed", report, re.M))
    failed = sum(int(n) for n in re.findall(r"^ *(\d+) test cases? out of \d+ failed", report, re.M))
    if test["result"] == "SKIP":
        return 0, 0, 1
    if test["result"] in ("OK", "EXPECTEDFAIL"):
        return max(passed, 1), 0, 0
    return passed, max(failed, 1), 0


try:
    with open(sys.argv[1]) as log:
        tests = [json.loads(line) for line in log]
except OSError:
    tests = []
for test in tests:
    if test["result"] == "SKIP":
        print(f"skipped: {test['name']}")
    elif test["result"] not in ("OK", "EXPECTEDFAIL"):
        print(f"failed: {test['name']} ({test['result'].lower()})")
passed, failed, skipped = (sum(n) for n in zip(*map(cases, tests))) if tests else (0, 1, 0)
print(f"{len(tests)} programs in {sum(test['duration'] for test in tests):.0f} s, {skipped} skipped")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
