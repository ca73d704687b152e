#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# clang-tidy over the code that runs in a host's process.
# usage: lint.sh BUILD
cd "$(dirname "$0")/.." || exit 1
command -v clang-tidy >/dev/null || { echo 'clang-tidy is not installed'; exit 77; }
find common plugin -name '*.cc' -print0 |
    xargs -0 -P "$(nproc)" -n 4 clang-tidy -p "$1" --quiet --extra-arg=-Wno-unknown-warning-option 2>/dev/null
