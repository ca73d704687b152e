#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Checks that all sources are formatted by .clang-format.
cd "$(dirname "$0")/.." || exit 1
find common demo host models plugin tests -name '*.cc' -o -name '*.h' | xargs clang-format --dry-run -Werror
