#!/bin/bash
# Every source is as .clang-format would have it.
cd "$(dirname "$0")/.." || exit 1
git ls-files -z '*.cc' '*.cpp' '*.h' | xargs -0 clang-format --dry-run -Werror
