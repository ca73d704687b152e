#!/bin/bash
# Every source is as .clang-format would have it.
cd "$(dirname "$0")/.." || exit 1
find demo host models plugin tests -name '*.cc' -o -name '*.h' | xargs clang-format --dry-run -Werror
